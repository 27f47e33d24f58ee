// Spans of traces and their form on the wire: OTLP/HTTP in JSON (OpenTelemetry protocol 1.x,
// opentelemetry-proto, collector/trace/v1), and the header that carries a trace from service to
// service (W3C Trace Context, level 1).
//
// Nothing about speech and nothing that a client wrote goes into a span but the ids of its trace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ironscribe::service {

// What a client says of the trace that its request belongs to. Ids are lower-case hexadecimal.
struct TraceParent {
  std::string trace_id;  // 32 digits.
  std::string span_id;   // 16 digits.
  bool sampled = false;
};

// Nothing for a `traceparent` that is none.
std::optional<TraceParent> ParseTraceParent(std::string_view header);

// Plain values.
struct TraceSpan {
  std::string trace_id;
  std::string span_id;
  std::string parent_id;  // "": the trace begins here.
  std::string name;       // From a fixed set.
  bool is_request = false;
  bool failed = false;
  int64_t start_unix_nanos = 0;
  int64_t end_unix_nanos = 0;
  std::vector<std::pair<std::string, std::variant<std::string, int64_t, double>>> attributes;
};

// The body of a POST to /v1/traces.
std::string SpansJson(const std::vector<TraceSpan>& spans, std::string_view version);

}  // namespace ironscribe::service
