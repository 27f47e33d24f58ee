#include "accounts/key_json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

namespace ironscribe::accounts {
namespace {

// To the second, in UTC as in logs; 0 is never.
nlohmann::ordered_json TimeJson(int64_t ms) {
  if (ms == 0) return nullptr;
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(ms / 1000)));
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

std::string KeyStatusText(const ApiKey& key, int64_t now_ms) {
  if (key.revoked_ms != 0) return "revoked";
  return key.IsUsable(now_ms) ? "active" : "expired";
}

std::string KeysJson(const std::vector<ApiKey>& keys, int64_t now_ms) {
  auto list = nlohmann::ordered_json::array();
  for (const ApiKey& key : keys) {
    auto secrets = nlohmann::ordered_json::array();
    for (const auto& secret : key.secrets) {
      secrets.push_back({{"prefix", secret.prefix},
                         {"created", TimeJson(secret.created_ms)},
                         {"expires", TimeJson(secret.expires_ms)}});
    }
    list.push_back({{"id", key.id},
                    {"name", key.name},
                    {"owner", key.owner},
                    {"status", KeyStatusText(key, now_ms)},
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

std::string CreatedJson(const CreatedSecret& created) {
  return Dump({{"id", created.key_id}, {"secret", created.secret}});
}

}  // namespace ironscribe::accounts
