#include "transcript/cue_split.h"

#include <algorithm>
#include <limits>

#include "transcript/cue_lines.h"

namespace ironscribe::transcript {
namespace {

// Prices of what a viewer dislikes, in units of one more cue. They were set by hand on recordings
// of read and spontaneous English so that, in this order: no rule is broken for the sake of a nicer
// break; a cue that must end inside a sentence ends at a comma; sentences share a cue where they
// fit into one line, but the end of one does not share it with the beginning of the next.
constexpr double kCue = 1;
constexpr double kTooFast = 4, kTooFastPerExcess = 12;
constexpr double kTooShort = 5, kTooShortPerMissing = 5;
constexpr double kClauseBreak = 0.7, kPlainBreak = 2.5, kPoorBreak = 4.5;
// The recogniser's own segments end where it heard an end.
constexpr double kSegmentEndRefund = 0.4;
constexpr double kSentenceInside = 0.4, kSentenceInsideApart = 1.6;
// Silence inside a cue is a break not taken; the price grows with its share of a whole pause.
constexpr int64_t kNoticedSilenceMs = 250;
constexpr double kSilenceInside = 2;
// A word or two alone that end no sentence look lost.
constexpr int kLonelyColumns = 12;
constexpr double kLonely = 1.5;

constexpr int64_t kForever = std::numeric_limits<int64_t>::max() / 4;

// What is known of the cue that holds the units from `first` to the current one.
struct Candidate {
  int64_t start_ms = 0;
  int num_lines = 0;
  int columns = 0;
  int sentences_inside = 0;
  double silence_inside = 0;  // In pauses.
};

double BreakPrice(const CueUnit& unit) {
  double price = 0;
  switch (unit.break_after) {
    case BreakGrade::kSentence:
      return 0;
    case BreakGrade::kClause:
      price = kClauseBreak;
      break;
    case BreakGrade::kPlain:
      price = kPlainBreak;
      break;
    case BreakGrade::kPoor:
      price = kPoorBreak;
      break;
  }
  return unit.ends_segment ? price - kSegmentEndRefund : price;
}

class CueSplitter {
 public:
  CueSplitter(std::span<const CueUnit> units, const CueRules& rules)
      : units_(units), rules_(rules), best_(units.size() + 1) {}

  std::vector<size_t> Split() {
    best_[0].cost = 0;
    for (size_t first = 0; first < units_.size(); ++first) Extend(first);
    std::vector<size_t> ends;
    for (size_t end = units_.size(); end > 0; end = best_[end].begin) ends.push_back(end);
    std::reverse(ends.begin(), ends.end());
    return ends;
  }

 private:
  struct Step {
    double cost = std::numeric_limits<double>::infinity();
    size_t begin = 0;
  };

  // Tries every cue that starts with unit `first`; the one of this unit alone is always allowed.
  void Extend(size_t first) {
    LineFiller filler(rules_.max_line_columns);
    Candidate cue{.start_ms = units_[first].start_ms};
    for (size_t i = first; i < units_.size(); ++i) {
      if (i > first && !Include(units_[i - 1], units_[i], cue)) return;
      cue.num_lines = filler.Add(units_[i]);
      if (cue.num_lines > rules_.max_lines) return;
      if (i > first && units_[i].end_ms - cue.start_ms > rules_.max_ms()) return;
      cue.columns += i == first ? units_[i].columns : AddedColumns(units_[i]);
      const double cost = best_[first].cost + Cost(cue, i);
      if (cost < best_[i + 1].cost) best_[i + 1] = {cost, first};
    }
  }

  // Takes note of the place between two units of one cue; false when it must be cut there.
  bool Include(const CueUnit& before, const CueUnit& unit, Candidate& cue) const {
    const int64_t silence_ms = unit.start_ms - before.end_ms;
    if (silence_ms >= rules_.pause_ms()) return false;
    if (silence_ms > kNoticedSilenceMs) {
      cue.silence_inside +=
          static_cast<double>(silence_ms) / static_cast<double>(rules_.pause_ms());
    }
    if (before.break_after == BreakGrade::kSentence) ++cue.sentences_inside;
    return true;
  }

  double Cost(const Candidate& cue, size_t last) const {
    const CueUnit& unit = units_[last];
    const bool is_end = last + 1 == units_.size();
    const int64_t next_ms = is_end ? kForever : units_[last + 1].start_ms;
    const int64_t room_ms = next_ms - rules_.gap_ms - cue.start_ms;
    const int64_t spoken_ms = unit.end_ms - cue.start_ms;
    const int64_t shown_ms = std::clamp<int64_t>(std::max(spoken_ms, rules_.WantedMs(cue.columns)),
                                                 1, std::max<int64_t>(1, room_ms));
    const bool pause_behind = is_end || next_ms - unit.end_ms >= rules_.pause_ms();
    const bool sentence_behind = unit.break_after == BreakGrade::kSentence || pause_behind;
    double cost = kCue + (pause_behind ? 0 : BreakPrice(unit));
    const bool in_one_line = sentence_behind && cue.num_lines == 1;
    cost += cue.sentences_inside * (in_one_line ? kSentenceInside : kSentenceInsideApart);
    cost += cue.silence_inside * kSilenceInside;
    if (!sentence_behind && cue.columns < kLonelyColumns) cost += kLonely;
    const double excess =
        cue.columns * 1000.0 / (static_cast<double>(shown_ms) * rules_.max_columns_per_second) - 1;
    if (excess > 0) cost += kTooFast + kTooFastPerExcess * std::min(excess, 1.0);
    if (shown_ms < rules_.min_ms()) {
      const double share = static_cast<double>(shown_ms) / static_cast<double>(rules_.min_ms());
      cost += kTooShort + kTooShortPerMissing * (1 - share);
    }
    return cost;
  }

  const std::span<const CueUnit> units_;
  const CueRules& rules_;
  std::vector<Step> best_;  // Of the units before each index.
};

}  // namespace

std::vector<size_t> SplitIntoCues(std::span<const CueUnit> units, const CueRules& rules) {
  return CueSplitter(units, rules).Split();
}

}  // namespace ironscribe::transcript
