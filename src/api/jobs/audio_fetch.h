// Fetches the recording of a job by the URL that its submitter named, once: it becomes the job's as
// if it had been uploaded, so that a later attempt hears the same.
#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>

#include "api/jobs/queue.h"
#include "base/status.h"
#include "net/outbound_client.h"

namespace ironscribe::api::jobs {

struct FetchOptions {
  int max_tries = 3;
  std::chrono::milliseconds pause{1'000};  // Doubled after each.
};

// Blocks. Errors are for the owner's eyes and do not repeat the URL; Cancelled and Aborted when the
// job is not this lease's any more or the token was stopped.
Result<std::filesystem::path> FetchAudio(queue::JobQueue& queue, const queue::Lease& lease,
                                         const net::OutboundClient& client, const std::string& url,
                                         const FetchOptions& options, const std::stop_token& stop);

}  // namespace ironscribe::api::jobs
