#include "api/backend.h"

#include <chrono>
#include <utility>

#include "api/router.h"

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
    case Fault::kRefused:
      return HttpStatusOf(error.status.code());
  }
  return 500;
}

BackendRequest::BackendRequest(Backend& backend, const RecognitionRequest& request,
                               RequestWork work, std::stop_token client_gone)
    : backend_(backend),
      request_(request),
      work_(std::move(work)),
      client_gone_(std::move(client_gone)),
      on_client_gone_(client_gone_, [this] { stop_.request_stop(); }) {
  if (work_.place != nullptr) work_.place->StopAtDeadline(stop_);
}

BackendError BackendRequest::Explain(Status status, Fault fault) const {
  if (client_gone_.stop_requested()) return {std::move(status), Fault::kGone};
  if (stop_.stop_requested()) {
    return {Status(StatusCode::kDeadlineExceeded, "the deadline of the request has passed"),
            Fault::kRefused};
  }
  return {std::move(status), fault};
}

std::optional<BackendError> BackendRequest::OpenModel() {
  auto name = backend_.models.Resolve(request_.model, work_.request_id);
  if (!name.ok() && request_.model_may_be_default) {
    name = backend_.models.Resolve("", work_.request_id);
  }
  if (!name.ok()) return Explain(name.status(), Fault::kModel);
  work_.notes->model = *name;
  if (work_.place != nullptr) {
    if (const auto refusal = work_.place->Wait(*name, stop_.get_token())) {
      BackendError error = Explain(refusal->status, Fault::kRefused);
      error.retry_after_seconds = refusal->retry_after_seconds;
      return error;
    }
  }
  auto model = backend_.models.Open(*name, stop_.get_token());
  if (!model.ok()) {
    const StatusCode code = model.status().code();
    const bool busy = code == StatusCode::kUnavailable || code == StatusCode::kResourceExhausted;
    return Explain(model.status(), code == StatusCode::kNotFound ? Fault::kModel
                                   : busy                        ? Fault::kBusy
                                                                 : Fault::kServer);
  }
  model_ = *std::move(model);
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
  auto result =
      backend_.recognizer.Recognize(*model_, *recording, request_, progress, stop_.get_token());
  work_.notes->recognition_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (!result.ok()) {
    const StatusCode code = result.status().code();
    const bool ours = code == StatusCode::kInternal || code == StatusCode::kUnknown ||
                      code == StatusCode::kCancelled;
    const Fault fault = code == StatusCode::kResourceExhausted ? Fault::kLimit
                        : ours                                 ? Fault::kServer
                                                               : Fault::kRecording;
    if (!ours) work_.notes->recording_error = StatusCodeName(code);
    return Explain(result.status(), fault);
  }
  recognized = *std::move(result);
  work_.notes->audio_seconds = recognized.transcript.duration_seconds;
  if (work_.place != nullptr) work_.place->Finish(recognized.transcript.duration_seconds);
  return std::nullopt;
}

}  // namespace ironscribe::api
