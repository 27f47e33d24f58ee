// What a voice activity network said about a recording, kept for later questions: one byte a frame,
// about 110 kB an hour. Not thread-safe; copies are independent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace ironscribe::models {

// How much speech a stretch of a recording holds. NaN where nothing is known.
struct SpeechShare {
  float peak = std::numeric_limits<float>::quiet_NaN();   // Largest probability.
  float share = std::numeric_limits<float>::quiet_NaN();  // Of its time, with speech: 0 to 1.
};

class SpeechTrack {
 public:
  // Frames of `frame_samples` at 16 kHz; the first one appended is number `first_frame`.
  explicit SpeechTrack(int frame_samples, int64_t first_frame = 0)
      : frame_samples_(frame_samples), first_frame_(first_frame) {}

  // The probability of the next frame, in [0, 1].
  void Append(float probability);

  // Of the last frame.
  double end_seconds() const;

  // Of the frames that end in (begin_seconds, end_seconds], as far as they are known.
  SpeechShare Over(double begin_seconds, double end_seconds) const;

  // The frames that end in (begin_seconds, end_seconds].
  SpeechTrack Slice(double begin_seconds, double end_seconds) const;

 private:
  struct Range {
    size_t begin = 0;
    size_t end = 0;
  };
  Range FramesIn(double begin_seconds, double end_seconds) const;

  int64_t frame_samples_;
  int64_t first_frame_;
  std::vector<uint8_t> probabilities_;  // In steps of 1 / 255.
};

}  // namespace ironscribe::models
