#include "service/trace_span.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ironscribe::service {
namespace {

using Json = nlohmann::json;

constexpr size_t kTraceDigits = 32;
constexpr size_t kSpanDigits = 16;
// "00-" trace "-" span "-" flags.
constexpr size_t kTraceParentSize = 3 + kTraceDigits + 1 + kSpanDigits + 3;
// Of the protocol's enums.
constexpr int kKindInternal = 1;
constexpr int kKindServer = 2;
constexpr int kStatusError = 2;

bool IsId(std::string_view text) {
  const bool is_hex = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  return is_hex && text.find_first_not_of('0') != std::string_view::npos;
}

Json ValueOf(const std::variant<std::string, int64_t, double>& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return {{"stringValue", *text}};
  if (const auto* number = std::get_if<double>(&value)) return {{"doubleValue", *number}};
  // 64 bits are texts in the JSON of protocol buffers.
  return {{"intValue", std::to_string(std::get<int64_t>(value))}};
}

Json ToJson(const TraceSpan& span) {
  Json attributes = Json::array();
  for (const auto& [key, value] : span.attributes) {
    attributes.push_back({{"key", key}, {"value", ValueOf(value)}});
  }
  Json json = {{"traceId", span.trace_id},
               {"spanId", span.span_id},
               {"name", span.name},
               {"kind", span.is_request ? kKindServer : kKindInternal},
               {"startTimeUnixNano", std::to_string(span.start_unix_nanos)},
               {"endTimeUnixNano", std::to_string(span.end_unix_nanos)},
               {"attributes", std::move(attributes)}};
  if (!span.parent_id.empty()) json["parentSpanId"] = span.parent_id;
  if (span.failed) json["status"] = {{"code", kStatusError}};
  return json;
}

}  // namespace

std::optional<TraceParent> ParseTraceParent(std::string_view header) {
  // Later versions may be longer and begin in the same way; "ff" is none.
  const bool has_form = header.size() >= kTraceParentSize && header[2] == '-' &&
                        header[3 + kTraceDigits] == '-' &&
                        header[4 + kTraceDigits + kSpanDigits] == '-';
  if (!has_form) return std::nullopt;
  const std::string_view version = header.substr(0, 2);
  const bool longer = header.size() > kTraceParentSize;
  if (version == "ff" || (version == "00" && longer)) return std::nullopt;
  if (longer && header[kTraceParentSize] != '-') return std::nullopt;
  TraceParent parent;
  parent.trace_id = header.substr(3, kTraceDigits);
  parent.span_id = header.substr(4 + kTraceDigits, kSpanDigits);
  const std::string_view flags = header.substr(kTraceParentSize - 2, 2);
  const bool version_is_hex = version == "00" || IsId(version);
  const bool flags_are_hex = flags == "00" || IsId(flags);
  if (!version_is_hex || !flags_are_hex || !IsId(parent.trace_id) || !IsId(parent.span_id)) {
    return std::nullopt;
  }
  // The last bit; digits of odd value are the odd digits and b, d, f.
  parent.sampled = std::string_view("13579bdf").find(flags[1]) != std::string_view::npos;
  return parent;
}

std::string SpansJson(const std::vector<TraceSpan>& spans, std::string_view version) {
  Json list = Json::array();
  for (const TraceSpan& span : spans) list.push_back(ToJson(span));
  const Json resource = {
      {"attributes",
       Json::array(
           {{{"key", "service.name"}, {"value", {{"stringValue", "ironscribe"}}}},
            {{"key", "service.version"}, {"value", {{"stringValue", std::string(version)}}}}})}};
  const Json body = {
      {"resourceSpans",
       Json::array({{{"resource", resource},
                     {"scopeSpans", Json::array({{{"scope", {{"name", "ironscribe"}}},
                                                  {"spans", std::move(list)}}})}}})}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ironscribe::service
