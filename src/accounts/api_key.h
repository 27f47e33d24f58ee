// What an API key is: who may do what, how much of it, until when. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::accounts {

// Kept in databases by name.
enum class Scope : uint32_t {
  kTranscribe = 1 << 0,
  kJobs = 1 << 1,
  kModels = 1 << 2,   // Load, unload, alias.
  kUsage = 1 << 3,    // Everybody's usage.
  kKeys = 1 << 4,     // Create and revoke keys.
  kMetrics = 1 << 5,  // Metrics and debugging.
  kAdmin = 1 << 6,    // Everything.
};

// A set of scopes.
class Scopes {
 public:
  Scopes() = default;
  Scopes(std::initializer_list<Scope> scopes) {
    for (const Scope scope : scopes) Add(scope);
  }
  void Add(Scope scope) { bits_ |= static_cast<uint32_t>(scope); }
  // Whether it has the scope, or is an administrator's.
  bool Allows(Scope scope) const {
    return (bits_ & (static_cast<uint32_t>(scope) | static_cast<uint32_t>(Scope::kAdmin))) != 0;
  }
  bool empty() const { return bits_ == 0; }
  // "transcribe,jobs"
  std::string ToString() const;
  bool operator==(const Scopes&) const = default;

 private:
  uint32_t bits_ = 0;
};

// Names with commas between them. Errors: InvalidArgument, naming those there are.
Result<Scopes> ParseScopes(std::string_view names);

// What a key may use up; nothing: without limit.
struct Quota {
  std::optional<double> audio_seconds_per_day{};  // Days of UTC.
  std::optional<int64_t> concurrent_requests{};
  std::optional<int64_t> requests_per_minute{};
  bool operator==(const Quota&) const = default;
};

// Times are milliseconds since 1970 UTC; 0: never.
struct ApiKeySecret {
  std::string prefix{};  // The first characters: tells secrets apart, is none.
  int64_t created_ms = 0;
  int64_t expires_ms = 0;
};

struct ApiKey {
  std::string id{};     // "key_…": what logs, usage and audit lines name.
  std::string name{};   // For people.
  std::string owner{};  // Whose jobs it sees.
  Scopes scopes{};
  Quota quota{};
  int64_t created_ms = 0;
  int64_t expires_ms = 0;
  int64_t revoked_ms = 0;
  int64_t last_used_ms = 0;             // To about a minute.
  std::vector<ApiKeySecret> secrets{};  // Those that are accepted; at most two.

  bool IsUsable(int64_t now_ms) const {
    return revoked_ms == 0 && (expires_ms == 0 || now_ms < expires_ms);
  }
};

}  // namespace ironscribe::accounts
