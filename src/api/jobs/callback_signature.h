// How a callback proves whom it is from and that nobody changed or repeated it: the headers of
// Standard Webhooks (standardwebhooks.com, version 1), for which receivers find libraries.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::api::jobs {

// Less can be guessed (the specification asks for 24 to 64 bytes).
inline constexpr size_t kMinSecretBytes = 16;

// The secrets of a file, a line each: the text itself, or base64 behind "whsec_". All sign, so that
// one can be replaced while receivers know the other. Errors: InvalidArgument for none and for one
// that is too short, without a word of it.
Result<std::vector<std::string>> ReadCallbackSecrets(std::string_view text);

struct CallbackMessage {
  std::string id;  // The same whenever this callback is sent again.
  int64_t unix_seconds = 0;
  std::string body;
};

// "webhook-id: ...", "webhook-timestamp: ...", "webhook-signature: v1,BASE64 v1,BASE64":
// HMAC-SHA256 of "ID.TIMESTAMP.BODY".
std::vector<std::string> CallbackHeaders(const CallbackMessage& message,
                                         const std::vector<std::string>& secrets);

}  // namespace ironscribe::api::jobs
