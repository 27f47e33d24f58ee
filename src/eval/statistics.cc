#include "eval/statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "base/random.h"

namespace ironscribe::eval {
namespace {

constexpr double kLowQuantile = 0.025;
constexpr double kHighQuantile = 0.975;

double Ratio(double errors, double length) { return errors / std::max(length, 1.0); }

// Below 2^53 groups NextUnit reaches every one.
size_t Draw(Random& random, size_t count) {
  return std::min(count - 1, static_cast<size_t>(random.NextUnit() * static_cast<double>(count)));
}

// Of sorted values.
double SortedQuantile(std::span<const double> values, double fraction) {
  if (values.empty()) return 0;
  const double position = fraction * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, values.size() - 1);
  const double part = position - static_cast<double>(below);
  return values[below] + part * (values[above] - values[below]);
}

// What went wrong before the n-th word of the reference and at it; behind the last word there is a
// slot without a word.
struct Slot {
  int64_t insertions = 0;
  bool has_word = false;
  bool is_error = false;
};

std::vector<Slot> SlotsOf(std::span<const Edit> edits) {
  std::vector<Slot> slots(1);
  for (const Edit& edit : edits) {
    if (edit.kind == EditKind::kInsertion) {
      ++slots.back().insertions;
    } else {
      slots.back().has_word = true;
      slots.back().is_error = edit.kind != EditKind::kHit;
      slots.emplace_back();
    }
  }
  return slots;
}

// Words both have right between two segments.
constexpr int kGoodWords = 2;

}  // namespace

Interval BootstrapInterval(std::span<const RateGroup> groups, const BootstrapOptions& options) {
  if (groups.size() < 2) {
    const double rate = groups.empty() ? 0 : Ratio(groups[0].errors, groups[0].length);
    return {rate, rate};
  }
  Random random(options.seed);
  std::vector<double> rates;
  rates.reserve(static_cast<size_t>(options.replicates));
  for (int i = 0; i < options.replicates; ++i) {
    double errors = 0;
    double length = 0;
    for (size_t drawn = 0; drawn < groups.size(); ++drawn) {
      const RateGroup& group = groups[Draw(random, groups.size())];
      errors += group.errors;
      length += group.length;
    }
    rates.push_back(Ratio(errors, length));
  }
  std::sort(rates.begin(), rates.end());
  return {SortedQuantile(rates, kLowQuantile), SortedQuantile(rates, kHighQuantile)};
}

PairedBootstrap ComparePaired(std::span<const PairedGroup> groups,
                              const BootstrapOptions& options) {
  double errors = 0;
  double length = 0;
  for (const PairedGroup& group : groups) {
    errors += group.errors_b - group.errors_a;
    length += group.length;
  }
  PairedBootstrap result;
  result.difference = Ratio(errors, length);
  result.interval = {result.difference, result.difference};
  result.probability_better = 0.5;
  if (groups.size() < 2 || options.replicates < 1) return result;
  Random random(options.seed);
  std::vector<double> differences;
  differences.reserve(static_cast<size_t>(options.replicates));
  double better = 0;
  for (int i = 0; i < options.replicates; ++i) {
    errors = length = 0;
    for (size_t drawn = 0; drawn < groups.size(); ++drawn) {
      const PairedGroup& group = groups[Draw(random, groups.size())];
      errors += group.errors_b - group.errors_a;
      length += group.length;
    }
    differences.push_back(Ratio(errors, length));
    better += errors < 0 ? 1.0 : errors == 0 ? 0.5 : 0.0;
  }
  std::sort(differences.begin(), differences.end());
  result.interval = {SortedQuantile(differences, kLowQuantile),
                     SortedQuantile(differences, kHighQuantile)};
  result.probability_better = better / options.replicates;
  result.p_value =
      std::min(1.0, 2 * std::min(result.probability_better, 1 - result.probability_better));
  return result;
}

std::vector<MatchedSegment> MatchedSegments(std::span<const Edit> a, std::span<const Edit> b) {
  const std::vector<Slot> slots_a = SlotsOf(a);
  const std::vector<Slot> slots_b = SlotsOf(b);
  IRONSCRIBE_CHECK(slots_a.size() == slots_b.size());
  std::vector<MatchedSegment> segments;
  MatchedSegment open;
  bool is_open = false;
  int good_words = 0;
  const auto add = [&](int64_t errors_a, int64_t errors_b) {
    open.errors_a += errors_a;
    open.errors_b += errors_b;
    is_open = true;
    good_words = 0;
  };
  for (size_t i = 0; i < slots_a.size(); ++i) {
    const Slot& slot_a = slots_a[i];
    const Slot& slot_b = slots_b[i];
    if (slot_a.insertions + slot_b.insertions > 0) add(slot_a.insertions, slot_b.insertions);
    if (!slot_a.has_word) break;
    if (slot_a.is_error || slot_b.is_error) {
      add(slot_a.is_error ? 1 : 0, slot_b.is_error ? 1 : 0);
    } else if (is_open && ++good_words == kGoodWords) {
      segments.push_back(open);
      open = {};
      is_open = false;
    }
  }
  if (is_open) segments.push_back(open);
  return segments;
}

MatchedPairs TestMatchedPairs(std::span<const MatchedSegment> segments) {
  MatchedPairs result;
  result.segments = static_cast<int64_t>(segments.size());
  if (segments.size() < 2) return result;
  const auto count = static_cast<double>(segments.size());
  double sum = 0;
  for (const MatchedSegment& segment : segments) {
    sum += static_cast<double>(segment.errors_a - segment.errors_b);
  }
  result.mean_difference = sum / count;
  double squares = 0;
  for (const MatchedSegment& segment : segments) {
    const auto difference = static_cast<double>(segment.errors_a - segment.errors_b);
    squares += (difference - result.mean_difference) * (difference - result.mean_difference);
  }
  if (squares == 0) {
    // All differ alike, which leaves no variance to divide by: the sign test instead.
    result.p_value =
        result.mean_difference == 0 ? 1 : std::exp2(1 - static_cast<double>(segments.size()));
    return result;
  }
  result.z = result.mean_difference / std::sqrt(squares / (count - 1) / count);
  result.p_value = std::erfc(std::abs(result.z) / std::numbers::sqrt2);
  return result;
}

double Quantile(std::vector<double> values, double fraction) {
  std::sort(values.begin(), values.end());
  return SortedQuantile(values, fraction);
}

}  // namespace ironscribe::eval
