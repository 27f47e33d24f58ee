// What every key uses now, against its quota. In memory; the day's audio comes back from the usage
// table after a restart.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "accounts/api_key.h"

namespace ironscribe::accounts {

enum class QuotaLimit { kAudioSecondsPerDay, kConcurrentRequests, kRequestsPerMinute };
std::string_view QuotaLimitName(QuotaLimit limit);

struct QuotaRefusal {
  QuotaLimit limit{};
  // When it is worth another try. Of concurrent requests nobody knows: a second.
  int64_t retry_after_ms = 0;
};

// Thread-safe; waits for nothing, so it is for network threads. Must outlive its tickets.
class KeyQuotas {
 public:
  // The clock on the wall says which day it is, that which nobody sets refills buckets. Both in
  // milliseconds.
  KeyQuotas(std::function<int64_t()> wall_ms, std::function<int64_t()> steady_ms)
      : wall_ms_(std::move(wall_ms)), steady_ms_(std::move(steady_ms)) {}

  // A request in progress. Move-only; ends with the object.
  class Ticket {
   public:
    Ticket(Ticket&& other) noexcept : quotas_(other.quotas_), key_id_(std::move(other.key_id_)) {
      other.quotas_ = nullptr;
    }
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (quotas_ != nullptr) quotas_->End(key_id_);
    }

   private:
    friend class KeyQuotas;
    Ticket(KeyQuotas* quotas, std::string key_id) : quotas_(quotas), key_id_(std::move(key_id)) {}
    KeyQuotas* quotas_;
    std::string key_id_;
  };

  // Counts a request of this key from now on, or refuses it. Requests refused use nothing up.
  std::variant<Ticket, QuotaRefusal> Begin(const ApiKey& key);
  // Whether the key has so much audio left today: nothing if so. Does not use it up.
  std::optional<QuotaRefusal> CheckAudio(const ApiKey& key, double audio_seconds);
  // Uses audio of today up, beyond the quota if need be: what is begun is finished.
  void AddAudio(std::string_view key_id, double audio_seconds);
  // What the key used today.
  double AudioToday(std::string_view key_id);

 private:
  struct Use {
    int64_t day = 0;
    double audio_seconds = 0;
    int64_t num_running = 0;
    double tokens = 0;
    int64_t filled_at_ms = 0;
    bool has_bucket = false;
  };
  void End(const std::string& key_id);
  Use& UseOf(const std::string& key_id);  // Requires: mutex_ held.
  int64_t MsToMidnight() const;

  std::function<int64_t()> wall_ms_;
  std::function<int64_t()> steady_ms_;
  std::mutex mutex_;
  std::unordered_map<std::string, Use> uses_;
};

}  // namespace ironscribe::accounts
