#include "models/frame_gain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace ironscribe::models {
namespace {

// Level that the loudest frame is brought to, and the largest gain. Chosen on six meeting excerpts
// at 0, -20 and -40 dB, where targets of 0.02 to 0.1 and gains of 30 to 100 differ little
// (docs/decisions/0010-voice-activity.md).
constexpr float kTargetLevel = 0.05f;
constexpr float kLargestGain = 100.0f;

// What is left of a level after a frame: half of it after 7 s of frames of 32 ms, longer than
// pauses between sentences, short enough for a quiet speaker after a loud one.
constexpr float kRemembered = 0.997f;

constexpr float kFullScale = 1.0f;

float RootMeanSquare(std::span<const float> samples) {
  // Eight sums side by side, which the compiler keeps in vectors.
  std::array<float, 8> sums{};
  size_t i = 0;
  for (; i + sums.size() <= samples.size(); i += sums.size()) {
    for (size_t lane = 0; lane < sums.size(); ++lane) {
      sums[lane] += samples[i + lane] * samples[i + lane];
    }
  }
  for (; i < samples.size(); ++i) sums[0] += samples[i] * samples[i];
  float total = 0;
  for (float sum : sums) total += sum;
  return std::sqrt(total / static_cast<float>(std::max<size_t>(samples.size(), 1)));
}

}  // namespace

float FrameGain::Next(std::span<const float> frame) {
  const float level = std::min(RootMeanSquare(frame), kFullScale);
  loudest_ *= kRemembered;
  // A NaN changes nothing.
  if (level > loudest_) loudest_ = level;
  return std::clamp(kTargetLevel / std::max(loudest_, kTargetLevel / kLargestGain), 1.0f,
                    kLargestGain);
}

}  // namespace ironscribe::models
