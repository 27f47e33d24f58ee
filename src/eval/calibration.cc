#include "eval/calibration.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::eval {
namespace {

struct Weighed {
  double probability = 0;
  double share_right = 0;
};

// Sorted by probability; equal ones share what is right.
std::vector<Weighed> Weigh(std::span<const WordConfidence> words) {
  std::vector<Weighed> weighed;
  weighed.reserve(words.size());
  for (const WordConfidence& word : words) {
    weighed.push_back({word.probability, word.is_right ? 1.0 : 0.0});
  }
  std::sort(weighed.begin(), weighed.end(),
            [](const Weighed& a, const Weighed& b) { return a.probability < b.probability; });
  for (size_t begin = 0; begin < weighed.size();) {
    size_t end = begin;
    double right = 0;
    while (end < weighed.size() && weighed[end].probability == weighed[begin].probability) {
      right += weighed[end++].share_right;
    }
    for (size_t i = begin; i < end; ++i) {
      weighed[i].share_right = right / static_cast<double>(end - begin);
    }
    begin = end;
  }
  return weighed;
}

}  // namespace

Calibration Calibrate(std::span<const WordConfidence> words, int num_bins) {
  Calibration calibration;
  calibration.words = static_cast<int64_t>(words.size());
  const std::vector<Weighed> weighed = Weigh(words);
  const auto bins = static_cast<size_t>(std::max(1, num_bins));
  for (size_t bin = 0; bin < bins; ++bin) {
    const size_t begin = bin * weighed.size() / bins;
    const size_t end = (bin + 1) * weighed.size() / bins;
    if (begin == end) continue;
    CalibrationBin mean{.words = static_cast<int64_t>(end - begin)};
    for (size_t i = begin; i < end; ++i) {
      mean.mean_probability += weighed[i].probability;
      mean.share_right += weighed[i].share_right;
    }
    const auto count = static_cast<double>(end - begin);
    mean.mean_probability /= count;
    mean.share_right /= count;
    calibration.expected_error += count / static_cast<double>(weighed.size()) *
                                  std::abs(mean.share_right - mean.mean_probability);
    calibration.bins.push_back(mean);
  }
  return calibration;
}

}  // namespace ironscribe::eval
