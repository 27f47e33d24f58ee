// What stands behind every protocol: the models, the decoder with its limits, the spool. Protocols
// hold it by reference; it outlives them.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "api/recognition.h"
#include "api/request_work.h"
#include "api/spool.h"
#include "base/status.h"

namespace ironscribe::api {

struct Backend {
  SpeechModels& models;
  RecordingRecognizer recognizer;
  std::shared_ptr<Spool> spool;
};

// What went wrong, and whose fault it is.
// kRefused: not now, or not for this key; the status says which.
enum class Fault { kModel, kOptions, kRecording, kLimit, kBusy, kServer, kGone, kRefused };

struct BackendError {
  Status status;
  Fault fault = Fault::kServer;
  int retry_after_seconds = 0;  // 0: nobody knows.
};

// The status of HTTP that every protocol gives for it, save for what its clients expect otherwise.
int HttpStatusOf(const BackendError& error);

// One request on its way through the backend: its turn, the model, the recording. It stops when the
// client leaves and when its deadline passes. Lives as long as its call; one thread at a time.
class BackendRequest {
 public:
  BackendRequest(Backend& backend, const RecognitionRequest& request, RequestWork work,
                 std::stop_token client_gone);

  // Waits for the request's turn, loads the model and checks that it takes the options; once,
  // before Recognize.
  std::optional<BackendError> OpenModel();

  // Has an upload recognised and notes how long it is and how long that took.
  std::optional<BackendError> Recognize(const SpoolFile& upload,
                                        const RecordingRecognizer::Progress& progress,
                                        Recognized& recognized);
  // The same with a file that may be read at any position.
  std::optional<BackendError> Recognize(const io::Descriptor& recording,
                                        const RecordingRecognizer::Progress& progress,
                                        Recognized& recognized);

  // Requires: OpenModel succeeded.
  const SpeechModel& model() const { return *model_; }

 private:
  using Clock = std::chrono::steady_clock;
  BackendError Explain(Status status, Fault fault) const;
  void EndStage(const char* name, Clock::time_point begin);
  Status CheckLength(double seconds);

  Backend& backend_;
  const RecognitionRequest& request_;
  const RequestWork work_;
  const std::stop_token client_gone_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> on_client_gone_;
  std::shared_ptr<SpeechModel> model_;
  std::optional<BackendError> length_error_;
};

}  // namespace ironscribe::api
