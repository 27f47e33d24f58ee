// Jobs, batches, lists and errors as JSON. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "api/backend.h"
#include "api/jobs/queue.h"
#include "api/reply.h"
#include "base/status.h"

namespace ironscribe::api::jobs {

// What the queue knows of a job that waits.
struct QueuePlace {
  int64_t num_before = 0;
  std::optional<double> expected_wait_ms{};  // Nothing before a first job has run.
};

std::string JobJson(const queue::Job& job, const std::optional<QueuePlace>& place, int64_t now_ms);
std::string BatchJson(const queue::Batch& batch);
std::string ListJson(const queue::JobPage& page, int64_t now_ms);

// The path of a job or a batch.
std::string JobPath(const std::string& id);
std::string BatchPath(const std::string& id);

struct Error {
  int http_status = 400;
  std::string code;  // From a fixed set, also for the log.
  std::string message;
  std::string parameter{};  // "" is left out.
};

Error ErrorOf(const Status& status);
Error ErrorOf(const BackendError& error);
// {"error": {"code", "message", "parameter"}}
Reply ErrorReply(const Error& error);

}  // namespace ironscribe::api::jobs
