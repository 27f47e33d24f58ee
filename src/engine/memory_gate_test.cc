#include "engine/memory_gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace ironscribe::engine {
namespace {

using Kind = MemoryGate::Kind;

TEST(MemoryGateTest, NeverMoreThanTheBudget) {
  MemoryGate gate(10);
  std::atomic<int64_t> used{0}, most{0};
  std::atomic<int> done{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 200; ++i) {
        const int64_t bytes = 1 + (caller + i) % 4;
        const auto lease = gate.Admit(Kind::kWindow, bytes, {}).value();
        const int64_t now = used.fetch_add(bytes) + bytes;
        int64_t before = most.load();
        while (before < now && !most.compare_exchange_weak(before, now)) {
        }
        std::this_thread::yield();
        used.fetch_sub(bytes);
        done.fetch_add(1);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done.load(), 1600);
  EXPECT_LE(most.load(), 10);
  EXPECT_GT(most.load(), 4);  // More than one at a time did run.
}

TEST(MemoryGateTest, WhatIsTooLargeRunsAlone) {
  MemoryGate gate(10);
  EXPECT_TRUE(gate.Admit(Kind::kWindow, 100, {}).ok());
  MemoryGate none(0);
  EXPECT_TRUE(none.Admit(Kind::kWindow, 1, {}).ok());
}

TEST(MemoryGateTest, AHolderOfAWindowGetsItsSearch) {
  MemoryGate gate(10);
  const auto window = gate.Admit(Kind::kWindow, 10, {}).value();
  EXPECT_TRUE(gate.Admit(Kind::kSearch, 5, {}).ok());
}

TEST(MemoryGateTest, WaitingEndsWhenItIsCancelled) {
  MemoryGate gate(10);
  const auto window = gate.Admit(Kind::kWindow, 10, {}).value();
  std::stop_source stop;
  std::thread canceller([&] { stop.request_stop(); });
  EXPECT_EQ(gate.Admit(Kind::kWindow, 1, stop.get_token()).status().code(), StatusCode::kCancelled);
  canceller.join();
}

}  // namespace
}  // namespace ironscribe::engine
