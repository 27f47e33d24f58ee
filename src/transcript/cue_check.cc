#include "transcript/cue_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "transcript/display_width.h"

namespace ironscribe::transcript {
namespace {

struct FaultWords {
  CueFault fault;
  std::string_view name;
  std::string_view unit;
  std::string_view bound;
};
constexpr FaultWords kFaults[] = {
    {CueFault::kNoText, "no text", "lines", "at least"},
    {CueFault::kLineTooWide, "line too wide", "columns", "at most"},
    {CueFault::kTooManyLines, "too many lines", "lines", "at most"},
    {CueFault::kTooFast, "too fast", "columns a second", "at most"},
    {CueFault::kTooShort, "too short", "s", "at least"},
    {CueFault::kTooLong, "too long", "s", "at most"},
    {CueFault::kOutOfOrder, "out of order", "s", "at least"},
    {CueFault::kOverlap, "overlap", "s", "at most"},
    {CueFault::kGapTooSmall, "gap too small", "ms", "at least"},
};

const FaultWords& WordsOf(CueFault fault) {
  const auto* found = std::find_if(std::begin(kFaults), std::end(kFaults),
                                   [&](const FaultWords& words) { return words.fault == fault; });
  return found == std::end(kFaults) ? kFaults[0] : *found;
}

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

class CueChecker {
 public:
  CueChecker(std::span<const Cue> cues, const CueRules& rules) : cues_(cues), rules_(rules) {}

  std::vector<CueViolation> Check() {
    for (index_ = 0; index_ < cues_.size(); ++index_) {
      CheckText(cues_[index_]);
      CheckTime(cues_[index_]);
      if (index_ > 0) CheckOrder(cues_[index_ - 1], cues_[index_]);
    }
    return std::move(violations_);
  }

 private:
  void Add(CueFault fault, double value, double limit) {
    violations_.push_back({index_, fault, value, limit});
  }

  void CheckText(const Cue& cue) {
    const auto filled = std::count_if(cue.lines.begin(), cue.lines.end(),
                                      [](const CueLine& line) { return !line.text.empty(); });
    const auto num_lines = static_cast<int>(cue.lines.size());
    if (filled == 0 || filled < num_lines) {
      Add(CueFault::kNoText, static_cast<double>(filled), std::max(1, num_lines));
    }
    if (num_lines > rules_.max_lines) {
      Add(CueFault::kTooManyLines, num_lines, rules_.max_lines);
    }
    for (const CueLine& line : cue.lines) {
      const int columns = DisplayColumns(line);
      if (columns > rules_.max_line_columns) {
        Add(CueFault::kLineTooWide, columns, rules_.max_line_columns);
      }
    }
  }

  void CheckTime(const Cue& cue) {
    const int64_t length_ms = cue.end_ms - cue.start_ms;
    if (length_ms <= 0) {
      Add(CueFault::kOutOfOrder, Seconds(cue.end_ms), Seconds(cue.start_ms));
      return;
    }
    if (length_ms < rules_.min_ms()) {
      Add(CueFault::kTooShort, Seconds(length_ms), rules_.min_seconds);
    }
    if (length_ms > rules_.max_ms()) {
      Add(CueFault::kTooLong, Seconds(length_ms), rules_.max_seconds);
    }
    const int columns = ReadColumns(cue);
    if (length_ms < rules_.ReadingMs(columns)) {
      Add(CueFault::kTooFast, columns / Seconds(length_ms), rules_.max_columns_per_second);
    }
  }

  void CheckOrder(const Cue& before, const Cue& cue) {
    const int64_t gap_ms = cue.start_ms - before.end_ms;
    if (cue.start_ms < before.start_ms) {
      Add(CueFault::kOutOfOrder, Seconds(cue.start_ms), Seconds(before.start_ms));
    } else if (gap_ms < 0) {
      Add(CueFault::kOverlap, Seconds(-gap_ms), 0);
    } else if (gap_ms < rules_.gap_ms) {
      Add(CueFault::kGapTooSmall, static_cast<double>(gap_ms), static_cast<double>(rules_.gap_ms));
    }
  }

  const std::span<const Cue> cues_;
  const CueRules& rules_;
  size_t index_ = 0;
  std::vector<CueViolation> violations_;
};

}  // namespace

std::string_view CueFaultName(CueFault fault) { return WordsOf(fault).name; }

std::vector<CueViolation> CheckCues(std::span<const Cue> cues, const CueRules& rules) {
  return CueChecker(cues, rules).Check();
}

std::string DescribeViolation(const CueViolation& violation, std::span<const Cue> cues) {
  const FaultWords& words = WordsOf(violation.fault);
  const int64_t ms = cues[violation.cue].start_ms;
  return fmt::format("cue {} at {:02}:{:02}:{:02}.{:03}: {}, {:.4g} {} ({} {:.4g})",
                     violation.cue + 1, ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000,
                     words.name, violation.value, words.unit, words.bound, violation.limit);
}

}  // namespace ironscribe::transcript
