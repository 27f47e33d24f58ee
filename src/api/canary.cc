#include "api/canary.h"

#include <utility>

namespace ironscribe::api {

Result<std::string> Canary::Transcribe(const std::string& model, std::stop_token stop) {
  const auto upload = backend_.spool->NewFile();
  RETURN_IF_ERROR(upload->Append(CanaryClip()));
  RecognitionRequest request;
  request.model = model;
  BackendRequest work(backend_, request, {}, std::move(stop));
  if (auto error = work.OpenModel()) return error->status;
  Recognized recognized;
  if (auto error = work.Recognize(*upload, {}, recognized)) return error->status;
  return recognized.transcript.text;
}

Status Canary::CheckModel(const std::string& model, const std::stop_token& stop) {
  ASSIGN_OR_RETURN(const auto opened, backend_.models.Open(model, stop));
  ASSIGN_OR_RETURN(const std::string text, Transcribe(model, stop));
  const auto [first, added] = first_texts_.emplace(model + ":" + opened->info().digest, text);
  if (added || first->second == text) return OkStatus();
  return DataLossError("the model no longer says what it said at the start");
}

Status Canary::Check(const std::vector<std::string>& models, std::stop_token stop) {
  Status first_error;
  for (const std::string& model : models) {
    const Status status = CheckModel(model, stop);
    if (stop.stop_requested()) return CancelledError("stopped");
    health_.SetModel(model, status);
    if (first_error.ok()) first_error = status.Annotate("model '" + model + "'");
  }
  return first_error;
}

}  // namespace ironscribe::api
