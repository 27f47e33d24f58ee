// The server's log: one JSON object a line. Nothing about speech, nothing that a client wrote but
// its request id.
#pragma once

#include <mutex>
#include <ostream>
#include <string_view>

#include "api/jobs/callback_sender.h"
#include "api/jobs/job_runner.h"
#include "api/request_record.h"
#include "base/status.h"
#include "server/http/access_observer.h"

namespace ironscribe::cli {

// Safe from every thread; `out` outlives it.
class JsonLog {
 public:
  explicit JsonLog(std::ostream& out) : out_(out) {}

  void Info(std::string_view message);
  void Error(std::string_view message, const Status& status);
  void Request(const api::RequestRecord& record);
  // An attempt at a job has ended.
  void Job(const api::jobs::JobRecord& record);
  // It was tried to tell a receiver that a job is final.
  void Callback(const api::jobs::CallbackRecord& record);
  // Of a request that the transport refused before any route was found.
  void Refused(const server::AccessRecord& record);

 private:
  void Write(const std::string& line);

  std::mutex mutex_;
  std::ostream& out_;
};

}  // namespace ironscribe::cli
