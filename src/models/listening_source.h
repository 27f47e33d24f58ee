// A recording that is listened to while it is read: what passes through goes to a speech detector
// too. Whoever reads sees the same samples as without it.
//
// Not thread-safe.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "audio/pcm_source.h"
#include "base/status.h"
#include "models/speech_detector.h"

namespace ironscribe::models {

class ListeningSource final : public audio::PcmSource {
 public:
  // `source` is not owned and outlives the object. Errors: those of CheckSpeechOptions.
  static Result<std::unique_ptr<ListeningSource>> Create(
      audio::PcmSource& source, std::shared_ptr<const VoiceActivityModel> model,
      const SpeechOptions& options);

  // Spans are not kept from here on; whoever wants the track only need not take them.
  void ForgetSpans() { keep_spans_ = false; }

  Result<size_t> Read(std::span<float> out) override;
  int64_t ExpectedSamples() const override { return source_.ExpectedSamples(); }
  // What was heard is forgotten.
  Status Rewind() override;
  std::string Description() const override { return source_.Description(); }

  // The spans that became final since the last call.
  std::vector<SpeechSpan> TakeSpans();
  // No span that is still to come begins before this sample.
  int64_t settled_samples() const { return detector_->settled_samples(); }
  const SpeechTrack& track() const { return detector_->track(); }

 private:
  ListeningSource(audio::PcmSource& source, std::shared_ptr<const VoiceActivityModel> model,
                  const SpeechOptions& options)
      : source_(source), model_(std::move(model)), options_(options) {}

  Status Start();

  audio::PcmSource& source_;
  std::shared_ptr<const VoiceActivityModel> model_;
  SpeechOptions options_;
  std::unique_ptr<SpeechDetector> detector_;
  std::vector<SpeechSpan> spans_;
  bool finished_ = false;
  bool keep_spans_ = true;
};

}  // namespace ironscribe::models
