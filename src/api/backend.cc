#include "api/backend.h"

#include <chrono>

namespace ironscribe::api {

int HttpStatusOf(const BackendError& error) {
  switch (error.fault) {
    case Fault::kModel:
      return 404;
    case Fault::kOptions:
    case Fault::kRecording:
      return 400;
    case Fault::kLimit:
      return 413;
    case Fault::kBusy:
      return 503;
    case Fault::kServer:
      return 500;
    case Fault::kGone:
      return 499;
  }
  return 500;
}

BackendError BackendRequest::Explain(Status status, Fault fault) const {
  if (stop_.stop_requested()) fault = Fault::kGone;
  return {std::move(status), fault};
}

std::optional<BackendError> BackendRequest::OpenModel() {
  auto model = backend_.models.Open(request_.model, stop_);
  if (!model.ok()) {
    const StatusCode code = model.status().code();
    const bool busy = code == StatusCode::kUnavailable || code == StatusCode::kResourceExhausted;
    return Explain(model.status(), code == StatusCode::kNotFound ? Fault::kModel
                                   : busy                        ? Fault::kBusy
                                                                 : Fault::kServer);
  }
  model_ = *std::move(model);
  notes_.model = model_->info().name;
  if (Status status = model_->CheckOptions(request_.decoding); !status.ok()) {
    return Explain(std::move(status), Fault::kOptions);
  }
  return std::nullopt;
}

std::optional<BackendError> BackendRequest::Recognize(const SpoolFile& upload,
                                                      const RecordingRecognizer::Progress& progress,
                                                      Recognized& recognized) {
  const auto begun = std::chrono::steady_clock::now();
  const auto recording = upload.OpenForReading();
  if (!recording.ok()) return Explain(recording.status(), Fault::kServer);
  auto result = backend_.recognizer.Recognize(*model_, *recording, request_, progress, stop_);
  notes_.recognition_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (!result.ok()) {
    const StatusCode code = result.status().code();
    const bool ours = code == StatusCode::kInternal || code == StatusCode::kUnknown ||
                      code == StatusCode::kCancelled;
    return Explain(result.status(), code == StatusCode::kResourceExhausted ? Fault::kLimit
                                    : ours                                 ? Fault::kServer
                                                                           : Fault::kRecording);
  }
  recognized = *std::move(result);
  notes_.audio_seconds = recognized.transcript.duration_seconds;
  return std::nullopt;
}

}  // namespace ironscribe::api
