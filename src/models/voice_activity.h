// Networks that tell speech from everything else, frame by frame, in a stream of 16 kHz mono
// samples. A model is immutable weights; what a stream remembers is in its VoiceActivityState.
// Spans of speech are made of the probabilities by speech_segmenter.h; speech_detector.h joins the
// two.
//
// Thread rule: const methods may run on many threads at once, each call with its own scratch and
// states.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace ironscribe::models {

// What the network remembers of one stream.
class VoiceActivityState {
 public:
  virtual ~VoiceActivityState() = default;
};

// Buffers reused from call to call; one per thread of computation, for any number of streams.
class VoiceActivityScratch {
 public:
  virtual ~VoiceActivityScratch() = default;
};

// The next frames of one stream.
struct VoiceActivityRun {
  VoiceActivityState* state = nullptr;
  std::span<const float> samples;  // A multiple of frame_samples().
  std::span<float> probabilities;  // One per frame, in [0, 1].
};

class VoiceActivityModel {
 public:
  virtual ~VoiceActivityModel() = default;

  virtual std::string_view family() const = 0;  // "silero_vad"
  virtual int frame_samples() const = 0;        // 512 for Silero: 32 ms

  // At the start of a recording.
  virtual std::unique_ptr<VoiceActivityState> NewState() const = 0;
  virtual std::unique_ptr<VoiceActivityScratch> NewScratch() const = 0;

  // Advances every stream by its frames. How a stream is cut into calls, and which streams share a
  // call, does not change any probability. Samples may be any floats; those that are not finite
  // count as zero. Requires: states are different and made by this model.
  virtual void Advance(std::span<const VoiceActivityRun> runs,
                       VoiceActivityScratch& scratch) const = 0;
};

}  // namespace ironscribe::models
