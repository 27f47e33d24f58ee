#include "api/backend.h"

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

void BackendRequest::EndStage(const char* name, Clock::time_point begin) {
  work_.notes->stages.push_back({name, begin, Clock::now()});
}

// What the recording is known to be too long for is refused before it is worked on.
Status BackendRequest::CheckLength(double seconds) {
  if (work_.place == nullptr) return OkStatus();
  const auto refusal = work_.place->SetLength(seconds);
  if (!refusal.has_value()) return OkStatus();
  length_error_ = {refusal->status, Fault::kRefused, refusal->retry_after_seconds};
  return refusal->status;
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
  Clock::time_point begun = Clock::now();
  if (work_.place != nullptr) {
    const auto refusal = work_.place->Wait(*name, stop_.get_token());
    EndStage("queue", begun);
    if (refusal.has_value()) {
      BackendError error = Explain(refusal->status, Fault::kRefused);
      error.retry_after_seconds = refusal->retry_after_seconds;
      return error;
    }
  }
  begun = Clock::now();
  auto model = backend_.models.Open(*name, stop_.get_token());
  EndStage("load", begun);
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
  const auto recording = upload.OpenForReading();
  if (!recording.ok()) return Explain(recording.status(), Fault::kServer);
  return Recognize(*recording, progress, recognized);
}

std::optional<BackendError> BackendRequest::Recognize(const io::Descriptor& recording,
                                                      const RecordingRecognizer::Progress& progress,
                                                      Recognized& recognized) {
  const auto begun = Clock::now();
  RecordingRecognizer::Progress watched = progress;
  watched.length = [this](double seconds) { return CheckLength(seconds); };
  if (work_.place != nullptr) watched.share = work_.place->share();
  auto result =
      backend_.recognizer.Recognize(*model_, recording, request_, watched, stop_.get_token());
  work_.notes->recognition_seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  EndStage("recognize", begun);
  if (length_error_.has_value()) return length_error_;
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
