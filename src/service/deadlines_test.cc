#include "service/deadlines.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace ironscribe::service {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TimePoint Now() { return std::chrono::steady_clock::now(); }

// As long as it takes; the test's own limit ends it otherwise.
void WaitFor(const std::stop_source& source) {
  while (!source.stop_requested()) std::this_thread::yield();
}

TEST(Deadlines, StopWhatHasPassed) {
  Deadlines deadlines;
  const std::stop_source far;
  const std::stop_source near;
  const std::stop_source past;
  const auto a = deadlines.Arm(Now() + hours(1), far);
  const auto b = deadlines.Arm(Now() + milliseconds(5), near);
  const auto c = deadlines.Arm(Now() - hours(1), past);
  WaitFor(past);
  WaitFor(near);
  EXPECT_FALSE(far.stop_requested());
}

TEST(Deadlines, WhatIsDisarmedIsLeftAlone) {
  Deadlines deadlines;
  const std::stop_source kept;
  const std::stop_source gone;
  {
    auto armed = deadlines.Arm(Now() + milliseconds(20), gone);
    const Deadlines::Armed moved = std::move(armed);
  }
  const auto later = deadlines.Arm(Now() + milliseconds(40), kept);
  WaitFor(kept);
  EXPECT_FALSE(gone.stop_requested());
}

TEST(Deadlines, AreArmedFromManyThreads) {
  Deadlines deadlines;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&deadlines, i] {
      for (int j = 0; j < 50; ++j) {
        const std::stop_source source;
        const auto armed = deadlines.Arm(Now() + milliseconds((i + j) % 3), source);
        if (j % 2 == 0) WaitFor(source);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace ironscribe::service
