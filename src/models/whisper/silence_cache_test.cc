#include "models/whisper/silence_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace ironscribe::models::whisper {
namespace {

class SilenceCacheTest : public testing::Test {
 protected:
  std::shared_ptr<const SilentWindow> Get(float level) {
    return cache_.Get(level, [&](std::span<const float> features) {
      ++encodes_;
      size_ = features.size();
      last_level_ = features.front();
      for (float value : features) EXPECT_EQ(value, features.front());
      return std::make_shared<SilentWindow>();
    });
  }

  SilenceCache cache_{Dimensions{.num_mels = 80, .audio_context = 100}};
  std::atomic<int> encodes_{0};
  size_t size_ = 0;
  float last_level_ = 0;
};

TEST_F(SilenceCacheTest, EncodesAWholeWindowOnceALevel) {
  const auto first = Get(-0.6f);
  EXPECT_EQ(size_, 200u * 80);
  EXPECT_NEAR(last_level_, -0.6f, 1e-6);
  EXPECT_EQ(Get(-0.61f), first);
  EXPECT_EQ(Get(-0.4f), first);
  EXPECT_EQ(encodes_, 1);
  EXPECT_NE(Get(-1.2f), first);
  EXPECT_NEAR(last_level_, -1.1f, 1e-6);
  EXPECT_EQ(Get(-0.6f), first);
  EXPECT_EQ(encodes_, 2);
}

TEST_F(SilenceCacheTest, KeepsTheTwoUsedLast) {
  const auto first = Get(-0.6f);
  const auto second = Get(-1.1f);
  EXPECT_EQ(Get(-0.6f), first);
  Get(-1.6f);  // Takes the place of the second.
  EXPECT_EQ(Get(-0.6f), first);
  EXPECT_EQ(encodes_, 3);
  EXPECT_NE(Get(-1.1f), second);
  EXPECT_EQ(encodes_, 4);
}

TEST_F(SilenceCacheTest, AbsurdLevelsAreFewLevels) {
  for (float level : {1e3f, 1e9f, 1e38f}) Get(level);
  for (float level : {-1e3f, -1e9f, -1e38f}) Get(level);
  EXPECT_EQ(encodes_, 2);
}

TEST_F(SilenceCacheTest, ManyThreadsGetTheSame) {
  std::vector<std::shared_ptr<const SilentWindow>> got(8);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < got.size(); ++i) {
    threads.emplace_back([&, i] { got[i] = Get(i % 2 == 0 ? -0.6f : -1.1f); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(encodes_, 2);
  for (size_t i = 2; i < got.size(); ++i) EXPECT_EQ(got[i], got[i % 2]);
}

}  // namespace
}  // namespace ironscribe::models::whisper
