#include "transcript/cue_lines.h"

#include <algorithm>
#include <limits>

namespace ironscribe::transcript {
namespace {

// What a break inside a cue costs, against lines of unequal length: one a third longer than the
// mean beside one a third shorter costs 2 * kUnevenCost / 9.
constexpr double kUnevenCost = 5;

double BreakCost(BreakGrade grade) {
  switch (grade) {
    case BreakGrade::kSentence:
      return 0;
    case BreakGrade::kClause:
      return 0.2;
    case BreakGrade::kPlain:
      return 1.5;
    case BreakGrade::kPoor:
      return 3;
  }
  return 0;
}

// Finds the cheapest division into a fixed number of lines: best_[line][unit] is the cost of the
// first `line` lines when they hold the first `unit` units.
class LineDivider {
 public:
  LineDivider(std::span<const CueUnit> units, int max_columns, int num_lines)
      : units_(units),
        max_columns_(max_columns),
        mean_columns_(std::max(1.0, static_cast<double>(ColumnsOf(units)) / num_lines)),
        best_(static_cast<size_t>(num_lines) + 1, std::vector<Step>(units.size() + 1)) {
    best_[0][0].cost = 0;
    for (size_t line = 1; line < best_.size(); ++line) {
      for (size_t begin = 0; begin < units.size(); ++begin) Extend(line, begin);
    }
  }

  std::vector<std::string> Lines() const {
    std::vector<std::string> lines(best_.size() - 1);
    size_t end = units_.size();
    for (size_t line = best_.size() - 1; line > 0; --line) {
      const size_t begin = best_[line][end].begin;
      for (size_t i = begin; i < end; ++i) {
        if (i > begin && units_[i].space_before) lines[line - 1] += ' ';
        lines[line - 1] += units_[i].text;
      }
      end = begin;
    }
    return lines;
  }

 private:
  struct Step {
    double cost = std::numeric_limits<double>::infinity();
    size_t begin = 0;
  };

  // Tries every line `line` that starts with unit `begin`.
  void Extend(size_t line, size_t begin) {
    const double before = best_[line - 1][begin].cost;
    if (before == std::numeric_limits<double>::infinity()) return;
    int columns = 0;
    for (size_t end = begin + 1; end <= units_.size(); ++end) {
      const CueUnit& unit = units_[end - 1];
      columns += end == begin + 1 ? unit.columns : AddedColumns(unit);
      if (columns > max_columns_) break;
      const double off = (columns - mean_columns_) / mean_columns_;
      double cost = before + kUnevenCost * off * off;
      if (end < units_.size()) cost += BreakCost(unit.break_after);
      Step& step = best_[line][end];
      if (cost < step.cost) step = {cost, begin};
    }
  }

  const std::span<const CueUnit> units_;
  const int max_columns_;
  const double mean_columns_;
  std::vector<std::vector<Step>> best_;
};

}  // namespace

int LineFiller::Add(const CueUnit& unit) {
  const int columns = columns_ + AddedColumns(unit);
  if (num_lines_ == 0 || columns > max_columns_) {
    ++num_lines_;
    columns_ = unit.columns;
  } else {
    columns_ = columns;
  }
  return num_lines_;
}

std::vector<std::string> BreakLines(std::span<const CueUnit> units, int max_columns) {
  LineFiller filler(max_columns);
  int num_lines = 0;
  for (const CueUnit& unit : units) num_lines = filler.Add(unit);
  if (num_lines == 0) return {};
  return LineDivider(units, max_columns, num_lines).Lines();
}

}  // namespace ironscribe::transcript
