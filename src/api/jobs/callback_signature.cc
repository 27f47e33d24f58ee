#include "api/jobs/callback_signature.h"

#include <fmt/format.h>

#include "io/digest.h"
#include "text/base64.h"

namespace ironscribe::api::jobs {
namespace {

constexpr std::string_view kBase64Mark = "whsec_";

}  // namespace

Result<std::vector<std::string>> ReadCallbackSecrets(std::string_view text) {
  std::vector<std::string> secrets;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    std::string secret(line);
    if (line.starts_with(kBase64Mark)) {
      secret = text::DecodeBase64(line.substr(kBase64Mark.size())).value_or("");
    }
    if (secret.size() < kMinSecretBytes) {
      return InvalidArgumentError(
          fmt::format("secret {} is no base64 or has less than {} bytes; `openssl rand -base64 32` "
                      "makes a good one",
                      secrets.size() + 1, kMinSecretBytes));
    }
    secrets.push_back(std::move(secret));
  }
  if (secrets.empty()) return InvalidArgumentError("there is no secret in it");
  return secrets;
}

std::vector<std::string> CallbackHeaders(const CallbackMessage& message,
                                         const std::vector<std::string>& secrets) {
  const std::string text = fmt::format("{}.{}.{}", message.id, message.unix_seconds, message.body);
  std::string signatures;
  for (const std::string& secret : secrets) {
    signatures += signatures.empty() ? "v1," : " v1,";
    signatures += text::EncodeBase64(io::HmacSha256(secret, text));
  }
  return {"webhook-id: " + message.id, fmt::format("webhook-timestamp: {}", message.unix_seconds),
          "webhook-signature: " + signatures};
}

}  // namespace ironscribe::api::jobs
