#include "accounts/key_quotas.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::accounts {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr double kMinuteMs = 60'000;
constexpr int64_t kConcurrencyRetryMs = 1000;

}  // namespace

std::string_view QuotaLimitName(QuotaLimit limit) {
  switch (limit) {
    case QuotaLimit::kAudioSecondsPerDay:
      return "audio_seconds_per_day";
    case QuotaLimit::kConcurrentRequests:
      return "concurrent_requests";
    case QuotaLimit::kRequestsPerMinute:
      return "requests_per_minute";
  }
  return "";
}

int64_t KeyQuotas::MsToMidnight() const { return kDayMs - wall_ms_() % kDayMs; }

KeyQuotas::Use& KeyQuotas::UseOf(const std::string& key_id) {
  Use& use = uses_[key_id];
  const int64_t day = wall_ms_() / kDayMs;
  if (use.day != day) {
    use.day = day;
    use.audio_seconds = 0;
  }
  return use;
}

std::variant<KeyQuotas::Ticket, QuotaRefusal> KeyQuotas::Begin(const ApiKey& key) {
  const std::lock_guard lock(mutex_);
  Use& use = UseOf(key.id);
  const Quota& quota = key.quota;
  if (quota.audio_seconds_per_day && use.audio_seconds >= *quota.audio_seconds_per_day) {
    return QuotaRefusal{QuotaLimit::kAudioSecondsPerDay, MsToMidnight()};
  }
  if (quota.concurrent_requests && use.num_running >= *quota.concurrent_requests) {
    return QuotaRefusal{QuotaLimit::kConcurrentRequests, kConcurrencyRetryMs};
  }
  if (quota.requests_per_minute) {
    // A bucket that holds a minute's requests, full at first, filled evenly.
    const auto size = static_cast<double>(*quota.requests_per_minute);
    const int64_t now_ms = steady_ms_();
    const auto passed_ms = static_cast<double>(now_ms - use.filled_at_ms);
    use.tokens = use.has_bucket ? std::min(size, use.tokens + passed_ms * size / kMinuteMs) : size;
    use.has_bucket = true;
    use.filled_at_ms = now_ms;
    if (use.tokens < 1) {
      const double wait_ms = std::ceil((1 - use.tokens) * kMinuteMs / size);
      return QuotaRefusal{QuotaLimit::kRequestsPerMinute, static_cast<int64_t>(wait_ms)};
    }
    use.tokens -= 1;
  }
  ++use.num_running;
  return Ticket(this, key.id);
}

void KeyQuotas::End(const std::string& key_id) {
  const std::lock_guard lock(mutex_);
  --uses_[key_id].num_running;
}

std::optional<QuotaRefusal> KeyQuotas::CheckAudio(const ApiKey& key, double audio_seconds) {
  if (!key.quota.audio_seconds_per_day) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (UseOf(key.id).audio_seconds + audio_seconds <= *key.quota.audio_seconds_per_day) {
    return std::nullopt;
  }
  return QuotaRefusal{QuotaLimit::kAudioSecondsPerDay, MsToMidnight()};
}

void KeyQuotas::AddAudio(std::string_view key_id, double audio_seconds) {
  const std::lock_guard lock(mutex_);
  UseOf(std::string(key_id)).audio_seconds += audio_seconds;
}

double KeyQuotas::AudioToday(std::string_view key_id) {
  const std::lock_guard lock(mutex_);
  return UseOf(std::string(key_id)).audio_seconds;
}

}  // namespace ironscribe::accounts
