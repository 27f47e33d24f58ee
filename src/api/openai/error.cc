#include "api/openai/error.h"

#include <nlohmann/json.hpp>

#include "api/router.h"

namespace ironscribe::api::openai {
namespace {

using Json = nlohmann::ordered_json;

std::string_view TypeOf(int http_status) {
  if (http_status == 429) return "rate_limit_error";
  if (http_status >= 500) return "server_error";
  return http_status == 403 ? "permission_error" : "invalid_request_error";
}

Json OrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

// Internal errors may name files of the server.
constexpr const char* kServerMessage =
    "the server failed to process the request; the log tells more under the request id";

}  // namespace

Error ErrorOf(const BackendError& error) {
  if (error.fault == Fault::kRefused) {
    Error refused = ErrorOf(error.status);
    refused.retry_after_seconds = error.retry_after_seconds;
    return refused;
  }
  const std::string& message = error.status.message();
  switch (error.fault) {
    case Fault::kModel:
      return {404, message, "model", "model_not_found"};
    case Fault::kOptions:
      return {400, message, "", "invalid_value"};
    case Fault::kRecording:
      return {400, message, "file", "invalid_audio"};
    case Fault::kLimit:
      return {413, message, "file", "audio_too_long"};
    case Fault::kBusy:
      return {503, message, "", "overloaded"};
    case Fault::kGone:
      return {499, "the client has left", "", "client_gone"};
    case Fault::kRefused:
    case Fault::kServer:
      break;
  }
  return {500, kServerMessage, "", "internal_error"};
}

Error ErrorOf(const Status& status) {
  const int http_status = HttpStatusOf(status.code());
  switch (http_status) {
    case 401:
      return {401, status.message(), "", "invalid_api_key"};
    case 403:
      return {403, status.message(), "", "forbidden"};
    case 429:
      return {429, status.message(), "", "rate_limit_exceeded"};
    case 504:
      return {504, status.message(), "", "deadline_exceeded"};
    case 500:
      return {500, kServerMessage, "", "internal_error"};
    default:
      return {http_status, status.message(), "", http_status == 503 ? "overloaded" : ""};
  }
}

std::string ErrorJson(const Error& error) {
  const Json json = {{"error",
                      {{"message", error.message},
                       {"type", TypeOf(error.http_status)},
                       {"param", OrNull(error.parameter)},
                       {"code", OrNull(error.code)}}}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What fails in the same way when it is tried again should not be.
Reply ErrorReply(const Error& error) {
  Reply reply = JsonReply(error.http_status, ErrorJson(error));
  const bool passes = error.http_status == 429 || error.http_status == 503;
  if (passes) reply.headers.Add("retry-after", "1");
  if (passes || error.http_status >= 500) {
    reply.headers.Add("x-should-retry", passes ? "true" : "false");
  }
  SetRetryAfter(reply, error.retry_after_seconds);
  return reply;
}

}  // namespace ironscribe::api::openai
