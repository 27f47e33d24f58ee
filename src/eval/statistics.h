// How sure a number is: bootstrap intervals of error rates, and whether two systems differ. Pure
// functions; random choices come from a seed that is printed with the result.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "eval/alignment.h"

namespace ironscribe::eval {

struct BootstrapOptions {
  uint64_t seed = 1;
  // Bisani and Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation"
  // (ICASSP 2004), use 10^4.
  int replicates = 10'000;
};

// Errors and length of what is drawn as a whole: a speaker, or a file.
struct RateGroup {
  double errors = 0;
  double length = 0;
};

struct Interval {
  double low = 0;
  double high = 0;
};

// The middle 95 % of the rate over groups drawn with replacement. With fewer than two groups there
// is nothing to draw, and both ends are the rate.
Interval BootstrapInterval(std::span<const RateGroup> groups, const BootstrapOptions& options);

// One group of two systems on the same material.
struct PairedGroup {
  double errors_a = 0;
  double errors_b = 0;
  double length = 0;
};

struct PairedBootstrap {
  double difference = 0;          // Rate of B minus rate of A.
  Interval interval;              // 95 % of the difference.
  double probability_better = 0;  // That B is better than A, ties half.
  double p_value = 1;             // Two-sided.
};

// Draws both systems together, so that what is hard for both does not hide a difference.
PairedBootstrap ComparePaired(std::span<const PairedGroup> groups, const BootstrapOptions& options);

// A stretch of one utterance in which either system erred.
struct MatchedSegment {
  int64_t errors_a = 0;
  int64_t errors_b = 0;
};

// Cuts an utterance where both systems have two words of the reference in succession right, so that
// errors on either side do not influence each other (Gillick and Cox, "Some statistical issues in
// the comparison of speech recognition algorithms", ICASSP 1989; as NIST's sc_stats, except that
// insertions behind the last word count). Requires: both alignments have the same reference.
std::vector<MatchedSegment> MatchedSegments(std::span<const Edit> a, std::span<const Edit> b);

struct MatchedPairs {
  int64_t segments = 0;
  double mean_difference = 0;  // Errors of A minus errors of B, a segment.
  double z = 0;
  double p_value = 1;  // Two-sided; normal, so rough below about 30 segments.
};

MatchedPairs TestMatchedPairs(std::span<const MatchedSegment> segments);

// Linear between the closest ranks (type 7 of Hyndman and Fan); 0 without values.
double Quantile(std::vector<double> values, double fraction);

}  // namespace ironscribe::eval
