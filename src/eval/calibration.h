// Whether word probabilities mean what they say: of the words given 0.8, four of five should be
// right. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ironscribe::eval {

struct WordConfidence {
  float probability = 0;
  bool is_right = false;
};

struct CalibrationBin {
  int64_t words = 0;
  double mean_probability = 0;
  double share_right = 0;
};

struct Calibration {
  int64_t words = 0;
  // Mean over words of |share right - mean probability| of their bin (Naeini, Cooper and
  // Hauskrecht, AAAI 2015), with bins of equal mass instead of equal width: most words of a
  // recognizer lie above 0.9, where bins of equal width have no resolution.
  double expected_error = 0;
  std::vector<CalibrationBin> bins;  // By rising probability; none is empty.
};

inline constexpr int kCalibrationBins = 10;

// Words of the same probability all count as right by their common share, so that the result does
// not depend on their order where a bin ends among them.
Calibration Calibrate(std::span<const WordConfidence> words, int num_bins = kCalibrationBins);

}  // namespace ironscribe::eval
