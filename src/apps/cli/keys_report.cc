#include "apps/cli/keys_report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "accounts/key_json.h"
#include "text/printable.h"
#include "text/terminal_lines.h"

namespace ironscribe::cli {
namespace {

// Times are shown to the minute, in UTC as in logs; 0 is never.
std::string TimeText(int64_t ms) {
  if (ms == 0) return "never";
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(static_cast<std::time_t>(ms / 1000)));
}

std::string QuotaText(const accounts::Quota& quota) {
  std::vector<std::string> limits;
  if (quota.audio_seconds_per_day) {
    limits.push_back(fmt::format("{:g} s/day", *quota.audio_seconds_per_day));
  }
  if (quota.concurrent_requests)
    limits.push_back(fmt::format("{} at once", *quota.concurrent_requests));
  if (quota.requests_per_minute)
    limits.push_back(fmt::format("{}/min", *quota.requests_per_minute));
  return limits.empty() ? "none" : fmt::format("{}", fmt::join(limits, ", "));
}

std::string SecretsText(const accounts::ApiKey& key) {
  std::vector<std::string> prefixes;
  for (const auto& secret : key.secrets) prefixes.push_back(secret.prefix + "...");
  return fmt::format("{}", fmt::join(prefixes, ", "));
}

}  // namespace

std::string KeyTable(const std::vector<accounts::ApiKey>& keys, int64_t now_ms) {
  std::vector<std::vector<std::string>> rows = {
      {"KEY", "NAME", "STATUS", "SCOPES", "LIMITS", "SECRETS", "EXPIRES", "LAST USED"}};
  for (const accounts::ApiKey& key : keys) {
    rows.push_back({key.id, text::Printable(key.name), accounts::KeyStatusText(key, now_ms),
                    key.scopes.ToString(), QuotaText(key.quota), SecretsText(key),
                    TimeText(key.expires_ms), TimeText(key.last_used_ms)});
  }
  return text::TextTable(rows);
}

}  // namespace ironscribe::cli
