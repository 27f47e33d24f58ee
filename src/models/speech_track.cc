#include "models/speech_track.h"

#include <algorithm>
#include <cmath>

#include "audio/pcm_source.h"

namespace ironscribe::models {
namespace {

constexpr float kSteps = 255;

// Silero's threshold of speech, 0.5, rounded up.
constexpr uint8_t kSpeech = 128;

}  // namespace

void SpeechTrack::Append(float probability) {
  probabilities_.push_back(static_cast<uint8_t>(std::lround(kSteps * probability)));
}

SpeechTrack::Range SpeechTrack::FramesIn(double begin_seconds, double end_seconds) const {
  const double frames_per_second =
      static_cast<double>(audio::kSampleRateHz) / static_cast<double>(frame_samples_);
  const auto known = static_cast<double>(probabilities_.size());
  const auto first = static_cast<double>(first_frame_);
  const double begin = std::floor(begin_seconds * frames_per_second) - first;
  const double end = std::floor(end_seconds * frames_per_second) - first;
  Range range{static_cast<size_t>(std::clamp(begin, 0.0, known)),
              static_cast<size_t>(std::clamp(end, 0.0, known))};
  range.end = std::max(range.begin, range.end);
  return range;
}

double SpeechTrack::end_seconds() const {
  const int64_t frames = first_frame_ + static_cast<int64_t>(probabilities_.size());
  return static_cast<double>(frames * frame_samples_) / audio::kSampleRateHz;
}

SpeechShare SpeechTrack::Over(double begin_seconds, double end_seconds) const {
  const Range range = FramesIn(begin_seconds, end_seconds);
  if (range.begin == range.end) return {};
  uint8_t peak = 0;
  size_t speech = 0;
  for (size_t i = range.begin; i < range.end; ++i) {
    peak = std::max(peak, probabilities_[i]);
    speech += probabilities_[i] >= kSpeech ? 1 : 0;
  }
  return {static_cast<float>(peak) / kSteps,
          static_cast<float>(speech) / static_cast<float>(range.end - range.begin)};
}

SpeechTrack SpeechTrack::Slice(double begin_seconds, double end_seconds) const {
  const Range range = FramesIn(begin_seconds, end_seconds);
  SpeechTrack slice(static_cast<int>(frame_samples_),
                    first_frame_ + static_cast<int64_t>(range.begin));
  slice.probabilities_.assign(probabilities_.begin() + static_cast<ptrdiff_t>(range.begin),
                              probabilities_.begin() + static_cast<ptrdiff_t>(range.end));
  return slice;
}

}  // namespace ironscribe::models
