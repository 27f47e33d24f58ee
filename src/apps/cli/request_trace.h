// The trace of a request that has ended: one span for it, one for each stage of its recognition.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "api/request_record.h"
#include "base/status.h"
#include "service/trace_span.h"

namespace ironscribe::cli {

struct TraceNow {
  std::chrono::steady_clock::time_point steady{};  // The same moment on both clocks.
  int64_t unix_nanos = 0;
};
TraceNow Now();

// Whether a request is traced: as its client says, or else in that share of requests, 0 to 1.
// `trace_id` is the one the spans will have.
bool IsTraced(const api::RequestRecord& record, const std::string& trace_id, double share);

// Requires: the request ended at `now`. Errors: those of random ids.
Result<std::vector<service::TraceSpan>> SpansOf(const api::RequestRecord& record,
                                                const std::string& trace_id, const TraceNow& now);

// That of the client's trace, or one of its own.
Result<std::string> TraceIdOf(const api::RequestRecord& record);

}  // namespace ironscribe::cli
