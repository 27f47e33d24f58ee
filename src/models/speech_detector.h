// Which parts of a recording hold speech: a voice activity model and a segmenter over one stream of
// 16 kHz mono samples. Push samples in blocks of any size, or let FindSpeech read a whole source.
//
// Memory grows by one byte a frame of the recording, no more. Not thread-safe; detectors of several
// recordings may share the model. Blocks of some seconds run several times as fast as single
// frames.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "audio/pcm_source.h"
#include "base/status.h"
#include "models/frame_gain.h"
#include "models/speech_segmenter.h"
#include "models/speech_track.h"
#include "models/voice_activity.h"

namespace ironscribe::models {

class SpeechDetector {
 public:
  // Errors: those of CheckSpeechOptions.
  static Result<std::unique_ptr<SpeechDetector>> Create(
      std::shared_ptr<const VoiceActivityModel> model, const SpeechOptions& options);

  // Appends the spans that became final. The spans do not depend on how samples are cut into calls.
  void Push(std::span<const float> samples, std::vector<SpeechSpan>& spans);

  // The end of the recording, once; after it nothing may be pushed.
  void Finish(std::vector<SpeechSpan>& spans);

  // Samples pushed so far.
  int64_t num_samples() const { return num_samples_; }
  // What lies before this sample is decided: no span that is still to come begins before it. At the
  // end of the recording after Finish.
  int64_t settled_samples() const;
  // The probabilities so far; those of raised samples where they are raised.
  const SpeechTrack& track() const { return track_; }

 private:
  SpeechDetector(std::shared_ptr<const VoiceActivityModel> model, const SpeechOptions& options);
  void Advance(std::span<const float> frames, std::vector<SpeechSpan>& spans);

  std::shared_ptr<const VoiceActivityModel> model_;
  std::unique_ptr<VoiceActivityState> state_;
  std::unique_ptr<VoiceActivityScratch> scratch_;
  SpeechSegmenter segmenter_;
  SpeechTrack track_;
  bool raise_quiet_;
  FrameGain gain_;
  std::vector<float> raised_;
  std::vector<float> rest_;  // Samples that do not fill a frame yet.
  std::vector<float> probabilities_;
  int64_t num_samples_ = 0;
  bool finished_ = false;
};

struct DetectedSpeech {
  std::vector<SpeechSpan> spans;
  int64_t num_samples = 0;
  // Ok, or the error that ended the source; the spans are those of what came before it.
  Status source_status;
};

// Reads the source to its end. Errors: of the options, Cancelled.
Result<DetectedSpeech> FindSpeech(audio::PcmSource& source,
                                  std::shared_ptr<const VoiceActivityModel> model,
                                  const SpeechOptions& options, std::stop_token stop);

}  // namespace ironscribe::models
