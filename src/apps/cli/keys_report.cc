#include "apps/cli/keys_report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "text/printable.h"
#include "text/terminal_lines.h"

namespace ironscribe::cli {
namespace {

// Times are shown to the minute, in UTC as in logs; 0 is never.
std::string TimeText(int64_t ms) {
  if (ms == 0) return "never";
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(static_cast<std::time_t>(ms / 1000)));
}

nlohmann::ordered_json TimeJson(int64_t ms) {
  if (ms == 0) return nullptr;
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(ms / 1000)));
}

std::string StatusText(const accounts::ApiKey& key, int64_t now_ms) {
  if (key.revoked_ms != 0) return "revoked";
  return key.IsUsable(now_ms) ? "active" : "expired";
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

template <typename T>
nlohmann::ordered_json OrNull(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

// Names are of administrators, and may still not be UTF-8.
std::string Dump(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string KeyTable(const std::vector<accounts::ApiKey>& keys, int64_t now_ms) {
  std::vector<std::vector<std::string>> rows = {
      {"KEY", "NAME", "STATUS", "SCOPES", "LIMITS", "SECRETS", "EXPIRES", "LAST USED"}};
  for (const accounts::ApiKey& key : keys) {
    rows.push_back({key.id, text::Printable(key.name), StatusText(key, now_ms),
                    key.scopes.ToString(), QuotaText(key.quota), SecretsText(key),
                    TimeText(key.expires_ms), TimeText(key.last_used_ms)});
  }
  return text::TextTable(rows);
}

std::string KeysJson(const std::vector<accounts::ApiKey>& keys, int64_t now_ms) {
  auto list = nlohmann::ordered_json::array();
  for (const accounts::ApiKey& key : keys) {
    auto secrets = nlohmann::ordered_json::array();
    for (const auto& secret : key.secrets) {
      secrets.push_back({{"prefix", secret.prefix},
                         {"created", TimeJson(secret.created_ms)},
                         {"expires", TimeJson(secret.expires_ms)}});
    }
    list.push_back({{"id", key.id},
                    {"name", key.name},
                    {"owner", key.owner},
                    {"status", StatusText(key, now_ms)},
                    {"scopes", key.scopes.ToString()},
                    {"audio_seconds_per_day", OrNull(key.quota.audio_seconds_per_day)},
                    {"concurrent_requests", OrNull(key.quota.concurrent_requests)},
                    {"requests_per_minute", OrNull(key.quota.requests_per_minute)},
                    {"created", TimeJson(key.created_ms)},
                    {"expires", TimeJson(key.expires_ms)},
                    {"revoked", TimeJson(key.revoked_ms)},
                    {"last_used", TimeJson(key.last_used_ms)},
                    {"secrets", std::move(secrets)}});
  }
  return Dump(list);
}

std::string CreatedJson(const accounts::CreatedSecret& created) {
  return Dump({{"id", created.key_id}, {"secret", created.secret}});
}

}  // namespace ironscribe::cli
