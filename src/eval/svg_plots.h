// The pictures of the report, as SVG inside HTML. Colours come from classes that
// html/html_style.h defines, so that they follow the page's theme. Pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "eval/calibration.h"
#include "eval/evaluation.h"

namespace ironscribe::eval {

// Substitutions, deletions and insertions per word of the reference, one bar a group; at most
// `max_bars`, those with the most errors. Empty without errors.
std::string ErrorBars(std::span<const GroupScore> groups, size_t max_bars);

// How many files have which word error rate, in steps of 5 %, all above 100 % together.
std::string RateHistogram(std::span<const ScoredUtterance> utterances);

// Share of right words over mean probability, a point a bin, with the diagonal of perfect ones.
std::string ReliabilityPlot(const Calibration& calibration);

// Share of word starts within 0 to 500 ms. Requires: sorted.
std::string TimeErrorCurve(std::span<const double> sorted_errors_seconds);

}  // namespace ironscribe::eval
