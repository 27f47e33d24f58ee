// The queue under load, in simulated time: what one key does to another, what overload does to all.
#include <gtest/gtest.h>

#include "service/simulated_service.h"

namespace ironscribe::service {
namespace {

// Nine places at ten times real time: 90 audio seconds a second, nine requests of ten seconds.
constexpr int kPlaces = 9;
constexpr double kSpeed = 10;
constexpr double kCapacityAudio = kPlaces * kSpeed;
constexpr double kCapacityRequests = kCapacityAudio / 10;
constexpr double kSeconds = 600;

std::map<std::string, SimulatedOutcome> Simulate(const std::vector<SimulatedKey>& keys,
                                                 FairQueueOptions options = {}) {
  options.running = kPlaces;
  return SimulatedService(options, kSpeed).Run(keys, kSeconds, 7);
}

TEST(FairQueueLoadTest, AKeyAtFiveTimesCapacityDoesNotHurtOneAtATenth) {
  const SimulatedKey light{.key = "light", .per_second = 0.1 * kCapacityRequests};
  for (const bool tells_length : {true, false}) {
    const SimulatedKey heavy{
        .key = "heavy", .per_second = 5 * kCapacityRequests, .tells_length = tells_length};
    const double alone = Simulate({light})["light"].Percentile(0.95);
    auto together = Simulate({light, heavy});
    EXPECT_EQ(together["light"].refused + together["light"].lost, 0);
    EXPECT_EQ(together["light"].done, together["light"].arrived);
    EXPECT_GT(together["light"].done, 400);
    EXPECT_LE(together["light"].Percentile(0.95), 2 * alone);
    EXPECT_GT(together["heavy"].refused, 0);
  }
}

TEST(FairQueueLoadTest, ManyHeavyKeysThatFillTheQueueDoNotHurtALightOne) {
  const SimulatedKey light{.key = "light", .per_second = 0.05 * kCapacityRequests};
  std::vector<SimulatedKey> keys = {light};
  for (int i = 0; i < 8; ++i) {
    keys.push_back({.key = "heavy " + std::to_string(i), .per_second = kCapacityRequests});
  }
  const double alone = Simulate({light})["light"].Percentile(0.95);
  auto together = Simulate(keys, {.max_waiting = 64, .max_waiting_per_key = 32});
  EXPECT_EQ(together["light"].refused + together["light"].lost, 0);
  // No place is kept from eight keys together, so it waits for the next that becomes free.
  EXPECT_LE(together["light"].Percentile(0.95), 2 * alone);
}

TEST(FairQueueLoadTest, OverloadCostsNoThroughput) {
  for (const double times : {2.0, 5.0, 20.0}) {
    std::vector<SimulatedKey> keys;
    for (int i = 0; i < 5; ++i) {
      keys.push_back({.key = std::to_string(i),
                      .per_second = times * kCapacityRequests / 5,
                      .patience_seconds = i % 2 == 0 ? 0.0 : 5.0});
    }
    double done = 0;
    auto outcomes = Simulate(keys);
    for (const auto& [key, outcome] : outcomes) done += outcome.audio_seconds;
    EXPECT_GE(done, 0.9 * kCapacityAudio * kSeconds) << times;
    // Whoever is let in is served before long: what waits is bounded.
    EXPECT_LE(outcomes["0"].Percentile(1), 256 * 15 / kCapacityAudio + 2) << times;
  }
}

TEST(FairQueueLoadTest, KeysShareByWeightAndAudioNotByRequests) {
  auto outcomes = Simulate(
      {{.key = "long", .per_second = 2, .least_audio_seconds = 50, .most_audio_seconds = 150},
       {.key = "short", .per_second = 40},
       {.key = "double", .per_second = 40, .weight = 2}});
  const double each = outcomes["short"].audio_seconds;
  EXPECT_NEAR(outcomes["long"].audio_seconds / each, 1, 0.1);
  EXPECT_NEAR(outcomes["double"].audio_seconds / each, 2, 0.2);
}

TEST(FairQueueLoadTest, UrgentClassesGoFirstAndNoneStarves) {
  auto outcomes = Simulate(
      {{.key = "live", .per_second = 0.2 * kCapacityRequests, .priority = Priority::kLive},
       {.key = "people", .per_second = 3 * kCapacityRequests},
       {.key = "batch", .per_second = 3 * kCapacityRequests, .priority = Priority::kBatch}});
  EXPECT_EQ(outcomes["live"].refused, 0);
  EXPECT_LE(outcomes["live"].Percentile(0.95), 3);  // A place becomes free every ninth second.
  const double batch = outcomes["batch"].audio_seconds / (kCapacityAudio * kSeconds);
  EXPECT_GT(batch, 0.05);
  EXPECT_LT(batch, 0.2);
  EXPECT_GT(outcomes["people"].audio_seconds, 3 * outcomes["batch"].audio_seconds);
}

TEST(FairQueueLoadTest, OneKeyAloneHasAllPlacesButOne) {
  auto outcomes = Simulate({{.key = "only", .per_second = 3 * kCapacityRequests}});
  const double expected = (kPlaces - 1) * kSpeed * kSeconds;
  EXPECT_NEAR(outcomes["only"].audio_seconds, expected, 0.05 * expected);
}

}  // namespace
}  // namespace ironscribe::service
