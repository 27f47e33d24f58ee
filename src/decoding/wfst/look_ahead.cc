#include "decoding/wfst/look_ahead.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::decoding::wfst {
namespace {

// OpenFst's defaults (accumulator.h).
constexpr int64_t kMinArcs = 20;
constexpr int64_t kPeriod = 10;

double LogAdd(double a, double b) {
  if (a == kInfinity) return b;
  return a > b ? b - std::log(1.0 + std::exp(b - a)) : a - std::log(1.0 + std::exp(a - b));
}

float LogAddFloat(float a, float b) {
  if (a == kInfinity) return b;
  return static_cast<float>(LogAdd(a, b));
}

// Of negative logarithms a < b.
float LogSubtract(double a, double b) {
  if (b == kInfinity) return static_cast<float>(a);
  return static_cast<float>(a - std::log(1.0 - std::exp(a - b)));
}

bool Contains(std::span<const LabelInterval> intervals, Label label) {
  const auto behind = std::upper_bound(
      intervals.begin(), intervals.end(), label,
      [](Label value, const LabelInterval& interval) { return value < interval.begin; });
  return behind != intervals.begin() && label < (behind - 1)->end;
}

int64_t LowerBound(std::span<const Arc> arcs, int64_t begin, Label label) {
  const auto found =
      std::lower_bound(arcs.begin() + begin, arcs.end(), label,
                       [](const Arc& arc, Label value) { return arc.input < value; });
  return found - arcs.begin();
}

}  // namespace

ArcSums SumArcs(const GraphView& graph) {
  ArcSums result;
  for (size_t state = 0; state < graph.finals.size(); ++state) {
    const std::span<const Arc> arcs = graph.ArcsOf(static_cast<StateId>(state));
    if (static_cast<int64_t>(arcs.size()) < kMinArcs) {
      result.begins.push_back(-1);
      continue;
    }
    result.begins.push_back(static_cast<int32_t>(result.sums.size()));
    double sum = std::numeric_limits<double>::infinity();
    result.sums.push_back(sum);
    for (size_t i = 0; i < arcs.size(); ++i) {
      sum = LogAdd(sum, arcs[i].weight);
      if ((i + 1) % kPeriod == 0) result.sums.push_back(sum);
    }
  }
  return result;
}

bool LookAhead::Reaches(StateId lexicon, Label label) const {
  return Contains(reach_.Of(lexicon), label);
}

LookAhead::Result LookAhead::At(StateId lexicon, StateId words) const {
  const std::span<const LabelInterval> intervals = reach_.Of(lexicon);
  const std::span<const Arc> arcs = words_.ArcsOf(words);
  const Range range = 2 * arcs.size() < intervals.size()
                          ? FewArcs(intervals, arcs)
                          : FewIntervals(intervals, arcs, sum_begins_[static_cast<size_t>(words)]);
  const float final = words_.Final(words);
  const bool reaches_end = final != kInfinity && Contains(intervals, reach_.final_label);
  Result result;
  result.reaches = range.begin >= 0 || reaches_end;
  if (range.begin >= 0) {
    if (range.end - range.begin == 1 && !reaches_end) {
      result.only = &arcs[static_cast<size_t>(range.begin)];
      return result;
    }
    result.weight = range.weight;
  }
  if (reaches_end) result.weight = range.begin >= 0 ? std::min(result.weight, final) : final;
  return result;
}

LookAhead::Range LookAhead::FewArcs(std::span<const LabelInterval> intervals,
                                    std::span<const Arc> arcs) const {
  Range range;
  for (size_t i = 0; i < arcs.size(); ++i) {
    if (arcs[i].input == 0 || !Contains(intervals, arcs[i].input)) continue;
    if (range.begin < 0) range.begin = static_cast<int64_t>(i);
    range.end = static_cast<int64_t>(i) + 1;
    range.weight = LogAddFloat(range.weight, arcs[i].weight);
  }
  return range;
}

LookAhead::Range LookAhead::FewIntervals(std::span<const LabelInterval> intervals,
                                         std::span<const Arc> arcs, int32_t sum_begin) const {
  Range range;
  int64_t end = 0;
  for (const LabelInterval& interval : intervals) {
    const int64_t begin = LowerBound(arcs, end, interval.begin);
    end = LowerBound(arcs, begin, interval.end);
    if (begin == static_cast<int64_t>(arcs.size())) break;
    if (end == begin) continue;
    if (range.begin < 0) range.begin = begin;
    range.end = end;
    range.weight = Sum(range.weight, arcs, sum_begin, begin, end);
  }
  return range;
}

float LookAhead::Sum(float weight, std::span<const Arc> arcs, int32_t sum_begin, int64_t begin,
                     int64_t end) const {
  int64_t stored_begin = end, stored_end = end;
  int64_t first = 0, last = 0;
  if (sum_begin >= 0) {
    first = begin > 0 ? (begin - 1) / kPeriod + 1 : 0;
    last = end / kPeriod;
    stored_begin = first * kPeriod;
    stored_end = last * kPeriod;
  }
  for (int64_t i = begin; i < std::min(stored_begin, end); ++i) {
    weight = LogAddFloat(weight, arcs[static_cast<size_t>(i)].weight);
  }
  if (stored_begin < stored_end) {
    const double with = sums_[static_cast<size_t>(sum_begin + last)];
    const double without = sums_[static_cast<size_t>(sum_begin + first)];
    if (with < without) weight = LogAddFloat(weight, LogSubtract(with, without));
  }
  for (int64_t i = std::max(stored_begin, stored_end); i < end; ++i) {
    weight = LogAddFloat(weight, arcs[static_cast<size_t>(i)].weight);
  }
  return weight;
}

}  // namespace ironscribe::decoding::wfst
