// Brings quiet recordings to the level that voice activity networks were trained on: Silero's
// probabilities fall with the level, until quiet speech is missed altogether.
#pragma once

#include <span>

namespace ironscribe::models {

// The gain of each frame follows from the loudest frame so far, which is forgotten slowly, so it
// needs no look ahead and does not rise in the pauses of speech. Never below 1. Not thread-safe.
class FrameGain {
 public:
  // The factor for the samples of the next frame.
  float Next(std::span<const float> frame);

 private:
  float loudest_ = 0;  // Root mean square of a frame.
};

}  // namespace ironscribe::models
