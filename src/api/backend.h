// What stands behind every protocol: the models, the decoder with its limits, the spool. Protocols
// hold it by reference; it outlives them.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "api/recognition.h"
#include "api/request_record.h"
#include "api/spool.h"
#include "base/status.h"

namespace ironscribe::api {

struct Backend {
  SpeechModels& models;
  RecordingRecognizer recognizer;
  std::shared_ptr<Spool> spool;
};

// What went wrong, and whose fault it is.
enum class Fault { kModel, kOptions, kRecording, kLimit, kBusy, kServer, kGone };

struct BackendError {
  Status status;
  Fault fault = Fault::kServer;
};

// The status of HTTP that every protocol gives for it, save for what its clients expect otherwise.
int HttpStatusOf(const BackendError& error);

// One request on its way through the backend. Lives as long as its call; one thread at a time.
class BackendRequest {
 public:
  BackendRequest(Backend& backend, const RecognitionRequest& request, CallNotes& notes,
                 std::stop_token stop)
      : backend_(backend), request_(request), notes_(notes), stop_(std::move(stop)) {}

  // Loads the model and checks that it takes the options; once, before Recognize.
  std::optional<BackendError> OpenModel();

  // Has an upload recognised and notes how long it is and how long that took.
  std::optional<BackendError> Recognize(const SpoolFile& upload,
                                        const RecordingRecognizer::Progress& progress,
                                        Recognized& recognized);

 private:
  BackendError Explain(Status status, Fault fault) const;

  Backend& backend_;
  const RecognitionRequest& request_;
  CallNotes& notes_;
  const std::stop_token stop_;
  std::shared_ptr<SpeechModel> model_;
};

}  // namespace ironscribe::api
