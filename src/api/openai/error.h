// Errors as the official clients of OpenAI expect them: an object with all four keys, and headers
// that say whether to try again.
#pragma once

#include <string>
#include <string_view>

#include "api/backend.h"
#include "api/reply.h"
#include "base/status.h"

namespace ironscribe::api::openai {

struct Error {
  int http_status = 400;
  std::string message;
  std::string parameter;        // "" is null.
  std::string code;             // "" is null; from a fixed set, also for the log.
  int retry_after_seconds = 0;  // 0: nobody knows.
};

Error ErrorOf(const BackendError& error);
// Of what the router refuses: keys, quotas, overload.
Error ErrorOf(const Status& status);

Reply ErrorReply(const Error& error);

// The object alone: {"error": {...}}.
std::string ErrorJson(const Error& error);

}  // namespace ironscribe::api::openai
