#include "decoding/wfst/look_ahead.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

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

// Steps that double: what is looked for is mostly near.
int64_t LowerBound(std::span<const Arc> arcs, int64_t begin, Label label) {
  const auto less = [](const Arc& arc, Label value) { return arc.input < value; };
  const auto num_arcs = static_cast<int64_t>(arcs.size());
  int64_t step = 1, end = begin;
  while (end < num_arcs && arcs[static_cast<size_t>(end)].input < label) {
    begin = end + 1;
    end += step;
    step *= 2;
  }
  const auto last = arcs.begin() + std::min(end, num_arcs);
  return std::lower_bound(arcs.begin() + begin, last, label, less) - arcs.begin();
}

using IntervalIterator = std::span<const LabelInterval>::iterator;

IntervalIterator FirstEndingBehind(IntervalIterator at, IntervalIterator last, Label label) {
  const auto ends = [](Label value, const LabelInterval& interval) { return value < interval.end; };
  IntervalIterator end = at;
  for (int64_t step = 1; end < last && end->end <= label; step *= 2) {
    at = end + 1;
    end += std::min<int64_t>(step, last - end);
  }
  return std::upper_bound(at, end, label, ends);
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

ReachClasses ClassesOf(const formats::openfst::Reachability& reach) {
  ReachClasses classes;
  std::map<std::vector<std::pair<Label, Label>>, int32_t> known;
  for (size_t state = 0; state + 1 < reach.begins.size(); ++state) {
    std::vector<std::pair<Label, Label>> key;
    const auto intervals = reach.Of(static_cast<StateId>(state));
    for (const LabelInterval& interval : intervals) key.emplace_back(interval.begin, interval.end);
    const auto [found, is_new] =
        known.try_emplace(std::move(key), static_cast<int32_t>(classes.begins.size()));
    classes.class_of.push_back(found->second);
    if (!is_new) continue;
    classes.begins.push_back(static_cast<uint32_t>(classes.intervals.size()));
    classes.intervals.insert(classes.intervals.end(), intervals.begin(), intervals.end());
  }
  classes.begins.push_back(static_cast<uint32_t>(classes.intervals.size()));
  return classes;
}

BusiestAhead LookFromBusiest(const LookAhead& look_ahead, const GraphView& words,
                             size_t num_classes) {
  BusiestAhead busiest;
  size_t most = 0;
  for (size_t state = 0; state < words.finals.size(); ++state) {
    const size_t arcs = words.ArcsOf(static_cast<StateId>(state)).size();
    if (arcs <= most) continue;
    most = arcs;
    busiest.words = static_cast<StateId>(state);
  }
  if (busiest.words < 0) return busiest;
  for (size_t i = 0; i < num_classes; ++i) {
    busiest.by_class.push_back(look_ahead.At(static_cast<int32_t>(i), busiest.words));
  }
  return busiest;
}

bool LookAhead::Reaches(int32_t reach_class, Label label) const {
  return Contains(reach_.Of(reach_class), label);
}

Ahead LookAhead::At(int32_t reach_class, StateId words) const {
  const std::span<const LabelInterval> intervals = reach_.Of(reach_class);
  const std::span<const Arc> arcs = words_.ArcsOf(words);
  const Range range = Reached(intervals, arcs, sum_begins_[static_cast<size_t>(words)]);
  const float final = words_.Final(words);
  const bool reaches_end = final != kInfinity && Contains(intervals, reach_.final_label);
  if (range.begin < 0 && !reaches_end) return {};
  if (!reaches_end && range.end - range.begin == 1) {
    return {.weight = 0, .only = static_cast<int32_t>(range.begin)};
  }
  float weight = range.begin >= 0 ? range.weight : final;
  if (reaches_end) weight = std::min(weight, final);
  return {.weight = weight, .only = Ahead::kSeveral};
}

// Walks arcs and intervals, both in order, from one arc that lies in an interval to the next. With
// few arcs to many intervals OpenFst adds arcs one by one, else by the stored sums.
LookAhead::Range LookAhead::Reached(std::span<const LabelInterval> intervals,
                                    std::span<const Arc> arcs, int32_t sum_begin) const {
  if (2 * arcs.size() < intervals.size()) sum_begin = -1;
  Range range;
  const auto num_arcs = static_cast<int64_t>(arcs.size());
  auto interval = intervals.begin();
  int64_t begin = 0;
  while (begin < num_arcs) {
    const Label label = arcs[static_cast<size_t>(begin)].input;
    interval = FirstEndingBehind(interval, intervals.end(), label);
    if (interval == intervals.end()) break;
    if (label < interval->begin) {
      begin = LowerBound(arcs, begin, interval->begin);
      continue;
    }
    const int64_t end = LowerBound(arcs, begin, interval->end);
    if (range.begin < 0) range.begin = begin;
    range.end = end;
    range.weight = Sum(range.weight, arcs, sum_begin, begin, end);
    begin = end;
    ++interval;
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
