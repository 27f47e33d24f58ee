#include "dsp/loudness.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "base/check.h"

namespace ironscribe::dsp {
namespace {

// Normalised features are (log10(energy) + 4) / 4, so that 5 dB are an eighth. Less between the
// quietest and the loudest tenth is noise without speech, or speech without a pause.
constexpr float kLeastRange = 0.125f;

}  // namespace

std::vector<float> RelativeLoudness(std::span<const float> features, int num_mels,
                                    int frames_together) {
  IRONSCRIBE_CHECK(num_mels > 0 && frames_together > 0);
  const auto block = static_cast<size_t>(num_mels) * static_cast<size_t>(frames_together);
  std::vector<float> loudness(features.size() / block);
  if (loudness.empty()) return loudness;
  for (size_t i = 0; i < loudness.size(); ++i) {
    const auto part = features.subspan(i * block, block);
    loudness[i] = std::accumulate(part.begin(), part.end(), 0.0f) / static_cast<float>(block);
  }
  std::vector<float> sorted = loudness;
  std::sort(sorted.begin(), sorted.end());
  const size_t tenth = (sorted.size() - 1) / 10;
  const float quiet = sorted[tenth];
  const float range = std::max(sorted[sorted.size() - 1 - tenth] - quiet, kLeastRange);
  for (float& value : loudness) value = std::clamp((value - quiet) / range, 0.0f, 1.0f);
  return loudness;
}

}  // namespace ironscribe::dsp
