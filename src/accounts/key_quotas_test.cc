#include "accounts/key_quotas.h"

#include <gtest/gtest.h>

#include <list>

namespace ironscribe::accounts {
namespace {

constexpr int64_t kDayMs = 86'400'000;

class KeyQuotasTest : public testing::Test {
 protected:
  // The limit that refuses; nothing if the request may run, which it then does.
  std::optional<QuotaRefusal> Begin(const ApiKey& key) {
    auto outcome = quotas_.Begin(key);
    if (const auto* refusal = std::get_if<QuotaRefusal>(&outcome)) return *refusal;
    running_.push_back(std::get<KeyQuotas::Ticket>(std::move(outcome)));
    return std::nullopt;
  }

  int64_t wall_ms_ = 20'000 * kDayMs + kDayMs / 2;
  int64_t steady_ms_ = 100;
  KeyQuotas quotas_{[this] { return wall_ms_; }, [this] { return steady_ms_; }};
  std::list<KeyQuotas::Ticket> running_;
};

TEST_F(KeyQuotasTest, WithoutLimitsNothingIsRefused) {
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(Begin({.id = "a"}).has_value());
  quotas_.AddAudio("a", 1e9);
  EXPECT_FALSE(quotas_.CheckAudio({.id = "a"}, 1e9).has_value());
}

TEST_F(KeyQuotasTest, RequestsThatRunAtOnce) {
  const ApiKey key{.id = "a", .quota = {.concurrent_requests = 2}};
  EXPECT_FALSE(Begin(key));
  EXPECT_FALSE(Begin(key));
  const auto refusal = Begin(key);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(QuotaLimitName(refusal->limit), "concurrent_requests");
  EXPECT_FALSE(Begin({.id = "b", .quota = key.quota})) << "every key has its own";
  running_.pop_front();
  EXPECT_FALSE(Begin(key));
  EXPECT_TRUE(Begin(key));
}

TEST_F(KeyQuotasTest, RequestsAMinute) {
  const ApiKey key{.id = "a", .quota = {.requests_per_minute = 6}};
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(Begin(key)) << i;
  const auto refusal = Begin(key);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->limit, QuotaLimit::kRequestsPerMinute);
  EXPECT_EQ(refusal->retry_after_ms, 10'000);
  steady_ms_ += 9'999;
  EXPECT_TRUE(Begin(key));
  steady_ms_ += 1;
  EXPECT_FALSE(Begin(key));
  EXPECT_TRUE(Begin(key));
  wall_ms_ += 3'600'000;  // The clock on the wall fills nothing.
  EXPECT_TRUE(Begin(key));
  steady_ms_ += 3'600'000;  // Not more than a minute's.
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(Begin(key)) << i;
  EXPECT_TRUE(Begin(key));
}

TEST_F(KeyQuotasTest, AudioADay) {
  const ApiKey key{.id = "a", .quota = {.audio_seconds_per_day = 100}};
  EXPECT_FALSE(quotas_.CheckAudio(key, 100));
  EXPECT_TRUE(quotas_.CheckAudio(key, 100.5));
  quotas_.AddAudio("a", 99);
  EXPECT_FALSE(Begin(key));
  EXPECT_EQ(quotas_.CheckAudio(key, 2)->limit, QuotaLimit::kAudioSecondsPerDay);
  quotas_.AddAudio("a", 1);
  const auto refusal = Begin(key);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->limit, QuotaLimit::kAudioSecondsPerDay);
  EXPECT_EQ(refusal->retry_after_ms, kDayMs / 2);
  wall_ms_ += kDayMs / 2;
  EXPECT_FALSE(Begin(key));
  EXPECT_EQ(quotas_.AudioToday("a"), 0);
}

TEST_F(KeyQuotasTest, ARefusalUsesNothingUp) {
  const ApiKey key{.id = "a", .quota = {.concurrent_requests = 1, .requests_per_minute = 2}};
  EXPECT_FALSE(Begin(key));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Begin(key)->limit, QuotaLimit::kConcurrentRequests);
  running_.clear();
  EXPECT_FALSE(Begin(key));
  running_.clear();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Begin(key)->limit, QuotaLimit::kRequestsPerMinute);
}

}  // namespace
}  // namespace ironscribe::accounts
