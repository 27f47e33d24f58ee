#include "base/compute_shares.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace ironscribe {
namespace {

class ComputeSharesTest : public testing::Test {
 protected:
  void Pass(int seconds) { now_ += std::chrono::seconds(seconds); }

  ComputeShares::Clock::time_point now_{std::chrono::hours(1)};
  ComputeShares shares_{[this] { return now_; }};
};

TEST_F(ComputeSharesTest, NobodyIsLightAlone) {
  const auto alone = shares_.Of("a");
  EXPECT_FALSE(alone->IsLight());
  alone->Charge(10);
  EXPECT_FALSE(alone->IsLight());
}

TEST_F(ComputeSharesTest, WhoHadLessThanHalfIsLight) {
  const auto greedy = shares_.Of("greedy");
  const auto modest = shares_.Of("modest");
  greedy->Charge(1);
  EXPECT_TRUE(modest->IsLight());
  EXPECT_FALSE(greedy->IsLight());
  EXPECT_FALSE(greedy->IsHeavy()) << "the other had nothing yet";
  modest->Charge(0.49);
  EXPECT_TRUE(modest->IsLight());
  EXPECT_TRUE(greedy->IsHeavy());
  EXPECT_FALSE(modest->IsHeavy());
  modest->Charge(0.02);
  EXPECT_FALSE(modest->IsLight());
  EXPECT_FALSE(greedy->IsLight());
}

TEST_F(ComputeSharesTest, ManyThatHaveLittleAreAllLight) {
  shares_.Of("greedy")->Charge(1);
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    shares_.Of(name)->Charge(0.2);
    EXPECT_TRUE(shares_.Of(name)->IsLight()) << name;
  }
}

TEST_F(ComputeSharesTest, WhatWasUsedIsForgotten) {
  const auto once = shares_.Of("once");
  once->Charge(1);
  EXPECT_TRUE(shares_.Of("other")->IsLight());
  Pass(5);
  shares_.Of("other")->Charge(0.3);
  EXPECT_FALSE(shares_.Of("other")->IsLight()) << "0.3 of 0.5";
  Pass(60);
  EXPECT_FALSE(shares_.Of("third")->IsLight()) << "nobody had anything";
}

TEST_F(ComputeSharesTest, AShareIsRememberedWhileItMatters) {
  shares_.Of("greedy")->Charge(1);
  const auto other = shares_.Of("other");
  EXPECT_TRUE(other->IsLight()) << "though nobody holds the greedy one";
  EXPECT_FALSE(shares_.Of("greedy")->IsLight());
}

TEST_F(ComputeSharesTest, WeightsCount) {
  const auto heavy = shares_.Of("paid", 4);
  const auto light = shares_.Of("free");
  heavy->Charge(4);
  light->Charge(1);
  EXPECT_FALSE(light->IsLight());
  EXPECT_FALSE(heavy->IsLight());
}

TEST_F(ComputeSharesTest, WhatHasTimeNeverGoesFirstButCounts) {
  const auto batch = shares_.Of("batch", 1, /*may_go_first=*/false);
  const auto greedy = shares_.Of("greedy");
  greedy->Charge(1);
  EXPECT_FALSE(batch->IsLight());
  batch->Charge(10);
  EXPECT_TRUE(greedy->IsLight());
  EXPECT_TRUE(batch->IsHeavy());
}

TEST(ComputeSharesThreads, AreSafe) {
  ComputeShares shares;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&shares, i] {
      for (int turn = 0; turn < 500; ++turn) {
        const auto share = shares.Of(std::to_string((i + turn) % 3));
        share->Charge(0.001);
        share->IsLight();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  shares.Of("0")->Charge(100);
  EXPECT_TRUE(shares.Of("1")->IsLight());
}

}  // namespace
}  // namespace ironscribe
