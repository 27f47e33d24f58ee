#include "models/speech_detector.h"

#include <algorithm>
#include <utility>

namespace ironscribe::models {
namespace {

// Samples that FindSpeech reads at once: 4 s, enough frames for the products of a batch.
constexpr size_t kReadSamples = 4 * audio::kSampleRateHz;

// Frames advanced at once; bounds the memory, whatever is pushed.
constexpr size_t kMaxFrames = 128;

}  // namespace

Result<std::unique_ptr<SpeechDetector>> SpeechDetector::Create(
    std::shared_ptr<const VoiceActivityModel> model, const SpeechOptions& options) {
  RETURN_IF_ERROR(CheckSpeechOptions(options));
  return std::unique_ptr<SpeechDetector>(new SpeechDetector(std::move(model), options));
}

SpeechDetector::SpeechDetector(std::shared_ptr<const VoiceActivityModel> model,
                               const SpeechOptions& options)
    : model_(std::move(model)),
      state_(model_->NewState()),
      scratch_(model_->NewScratch()),
      segmenter_(options, model_->frame_samples()),
      track_(model_->frame_samples()),
      raise_quiet_(options.raise_quiet) {}

void SpeechDetector::Push(std::span<const float> samples, std::vector<SpeechSpan>& spans) {
  IRONSCRIBE_CHECK(!finished_);
  const auto frame = static_cast<size_t>(model_->frame_samples());
  num_samples_ += static_cast<int64_t>(samples.size());
  if (!rest_.empty()) {
    const size_t count = std::min(frame - rest_.size(), samples.size());
    rest_.insert(rest_.end(), samples.begin(), samples.begin() + static_cast<int64_t>(count));
    samples = samples.subspan(count);
    if (rest_.size() < frame) return;
    Advance(rest_, spans);
    rest_.clear();
  }
  const size_t whole = samples.size() / frame * frame;
  for (size_t first = 0; first < whole; first += kMaxFrames * frame) {
    Advance(samples.subspan(first, std::min(kMaxFrames * frame, whole - first)), spans);
  }
  rest_.assign(samples.begin() + static_cast<int64_t>(whole), samples.end());
}

void SpeechDetector::Finish(std::vector<SpeechSpan>& spans) {
  IRONSCRIBE_CHECK(!finished_);
  finished_ = true;
  if (!rest_.empty()) {
    rest_.resize(static_cast<size_t>(model_->frame_samples()), 0.0f);
    Advance(rest_, spans);
    rest_.clear();
  }
  segmenter_.Finish(num_samples_, spans);
}

int64_t SpeechDetector::settled_samples() const {
  return finished_ ? num_samples_ : segmenter_.settled_samples();
}

void SpeechDetector::Advance(std::span<const float> frames, std::vector<SpeechSpan>& spans) {
  const auto frame = static_cast<size_t>(model_->frame_samples());
  if (raise_quiet_) {
    raised_.resize(frames.size());
    for (size_t at = 0; at < frames.size(); at += frame) {
      const float gain = gain_.Next(frames.subspan(at, frame));
      for (size_t i = at; i < at + frame; ++i) raised_[i] = gain * frames[i];
    }
    frames = raised_;
  }
  probabilities_.resize(frames.size() / frame);
  const VoiceActivityRun run{
      .state = state_.get(), .samples = frames, .probabilities = probabilities_};
  model_->Advance({&run, 1}, *scratch_);
  for (float probability : probabilities_) {
    segmenter_.Push(probability, spans);
    track_.Append(probability);
  }
}

Result<DetectedSpeech> FindSpeech(audio::PcmSource& source,
                                  std::shared_ptr<const VoiceActivityModel> model,
                                  const SpeechOptions& options, std::stop_token stop) {
  ASSIGN_OR_RETURN(const auto detector, SpeechDetector::Create(std::move(model), options));
  DetectedSpeech found;
  std::vector<float> block(kReadSamples);
  for (;;) {
    if (stop.stop_requested()) return CancelledError("looking for speech was cancelled");
    const Result<size_t> count = source.Read(block);
    found.source_status = count.status();
    if (!count.ok() || *count == 0) break;
    detector->Push(std::span(block).first(*count), found.spans);
  }
  detector->Finish(found.spans);
  found.num_samples = detector->num_samples();
  return found;
}

}  // namespace ironscribe::models
