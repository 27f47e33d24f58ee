#include "models/listening_source.h"

#include <utility>

namespace ironscribe::models {

Result<std::unique_ptr<ListeningSource>> ListeningSource::Create(
    audio::PcmSource& source, std::shared_ptr<const VoiceActivityModel> model,
    const SpeechOptions& options) {
  std::unique_ptr<ListeningSource> listening(
      new ListeningSource(source, std::move(model), options));
  RETURN_IF_ERROR(listening->Start());
  return listening;
}

Status ListeningSource::Start() {
  ASSIGN_OR_RETURN(detector_, SpeechDetector::Create(model_, options_));
  spans_.clear();
  finished_ = false;
  return OkStatus();
}

Result<size_t> ListeningSource::Read(std::span<float> out) {
  Result<size_t> count = source_.Read(out);
  if (finished_) return count;
  if (count.ok() && *count > 0) {
    detector_->Push(out.first(*count), spans_);
  } else if (!count.ok() || !out.empty()) {
    detector_->Finish(spans_);
    finished_ = true;
  }
  if (!keep_spans_) spans_.clear();
  return count;
}

Status ListeningSource::Rewind() {
  RETURN_IF_ERROR(source_.Rewind());
  return Start();
}

std::vector<SpeechSpan> ListeningSource::TakeSpans() { return std::exchange(spans_, {}); }

}  // namespace ironscribe::models
