#include "api/canary.h"

#include <utility>

namespace ironscribe::api {

Result<std::string> Canary::Transcribe(const std::string& model, std::stop_token stop) {
  const auto upload = backend_.spool->NewFile();
  RETURN_IF_ERROR(upload->Append(CanaryClip()));
  RecognitionRequest request;
  request.model = model;
  CallNotes notes;
  BackendRequest work(backend_, request, notes, std::move(stop));
  if (auto error = work.OpenModel()) return error->status;
  Recognized recognized;
  if (auto error = work.Recognize(*upload, {}, recognized)) return error->status;
  return recognized.transcript.text;
}

Status Canary::Check(std::stop_token stop) {
  Status first_error;
  for (const ModelEntry& entry : backend_.models.List()) {
    const auto text = Transcribe(entry.name, stop);
    Status status = text.status();
    if (text.ok()) {
      const auto [first, added] = first_texts_.emplace(entry.name, *text);
      if (!added && first->second != *text) {
        status = DataLossError("the model no longer says what it said at the start");
      }
    }
    if (stop.stop_requested()) return CancelledError("stopped");
    health_.SetModel(entry.name, status);
    if (first_error.ok()) first_error = status.Annotate("model '" + entry.name + "'");
  }
  return first_error;
}

}  // namespace ironscribe::api
