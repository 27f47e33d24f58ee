#include "apps/cli/request_trace.h"

#include <charconv>
#include <utility>

#include "io/random_bytes.h"

namespace ironscribe::cli {
namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;

constexpr size_t kTraceBytes = 16;
constexpr size_t kSpanBytes = 8;
constexpr int kFirstServerError = 500;
// The first 32 bits of a trace's id, as a share of all.
constexpr size_t kShareDigits = 8;
constexpr double kShareScale = 4294967296.0;  // 2^32

int64_t UnixNanos(const TraceNow& now, std::chrono::steady_clock::time_point time) {
  return now.unix_nanos - duration_cast<nanoseconds>(now.steady - time).count();
}

}  // namespace

TraceNow Now() {
  return {std::chrono::steady_clock::now(),
          duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

Result<std::string> TraceIdOf(const api::RequestRecord& record) {
  if (record.trace.has_value()) return record.trace->trace_id;
  return io::RandomHex(kTraceBytes);
}

bool IsTraced(const api::RequestRecord& record, const std::string& trace_id, double share) {
  if (record.trace.has_value()) return record.trace->sampled;
  uint32_t bits = 0;
  std::from_chars(trace_id.data(), trace_id.data() + kShareDigits, bits, 16);
  return bits < share * kShareScale;
}

Result<std::vector<service::TraceSpan>> SpansOf(const api::RequestRecord& record,
                                                const std::string& trace_id, const TraceNow& now) {
  service::TraceSpan root;
  root.trace_id = trace_id;
  ASSIGN_OR_RETURN(root.span_id, io::RandomHex(kSpanBytes));
  if (record.trace.has_value()) root.parent_id = record.trace->span_id;
  root.name = record.method + " " + record.route;
  root.is_request = true;
  root.failed = record.status >= kFirstServerError;
  root.start_unix_nanos = now.unix_nanos - duration_cast<nanoseconds>(record.duration).count();
  root.end_unix_nanos = now.unix_nanos;
  root.attributes = {{"http.request.method", record.method},
                     {"http.route", record.route},
                     {"http.response.status_code", int64_t{record.status}},
                     {"ironscribe.request_id", record.request_id}};
  if (!record.notes.model.empty()) {
    root.attributes.emplace_back("ironscribe.model", record.notes.model);
    root.attributes.emplace_back("ironscribe.audio_seconds", record.notes.audio_seconds);
  }
  std::vector<service::TraceSpan> spans;
  for (const api::CallStage& stage : record.notes.stages) {
    service::TraceSpan span;
    span.trace_id = trace_id;
    ASSIGN_OR_RETURN(span.span_id, io::RandomHex(kSpanBytes));
    span.parent_id = root.span_id;
    span.name = stage.name;
    span.start_unix_nanos = UnixNanos(now, stage.begin);
    span.end_unix_nanos = UnixNanos(now, stage.end);
    spans.push_back(std::move(span));
  }
  spans.push_back(std::move(root));
  return spans;
}

}  // namespace ironscribe::cli
