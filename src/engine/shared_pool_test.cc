#include "engine/shared_pool.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace ironscribe::engine {
namespace {

TEST(SharedPoolTest, SourcesTakeTurns) {
  SharedPool pool(1);
  std::string order;
  std::atomic<bool> go{false};
  std::atomic<int> left_a{20}, left_b{3};
  const auto source = [&](char name, std::atomic<int>& left) {
    return [&, name] {
      if (!go || left == 0) return false;
      order += name;  // One thread only.
      --left;
      return true;
    };
  };
  const auto a = pool.Register(source('a', left_a)), b = pool.Register(source('b', left_b));
  go = true;
  pool.Notify();
  while (left_a > 0 || left_b > 0) std::this_thread::yield();
  // Whoever is first, the three of b are among the first seven.
  EXPECT_LT(order.rfind('b'), 7u) << order;
}

TEST(SharedPoolTest, ARegistrationThatEndsWaitsForItsTaskAndIsNeverCalledAgain) {
  SharedPool pool(2);
  std::atomic<bool> inside{false}, leave{false}, ended{false};
  std::atomic<int> calls{0};
  auto registration = pool.Register([&] {
    ++calls;
    if (inside.exchange(true)) return false;
    while (!leave) std::this_thread::yield();
    return true;
  });
  pool.Notify();
  while (!inside) std::this_thread::yield();
  std::thread ending([&] {
    registration = nullptr;
    ended = true;
  });
  EXPECT_FALSE(ended);
  leave = true;
  ending.join();
  const int seen = calls;
  for (int i = 0; i < 100; ++i) pool.Notify();
  EXPECT_EQ(calls, seen);
}

TEST(SharedPoolTest, TasksOfAllSourcesRunOnTheThreadsOfThePool) {
  constexpr int kThreads = 3, kSources = 8;
  SharedPool pool(kThreads);
  std::atomic<int> running{0}, most{0}, done{0};
  std::atomic<int> left[kSources];
  for (auto& count : left) count = 50;
  std::vector<std::unique_ptr<SharedPool::Registration>> registrations;
  for (auto& count : left) {
    registrations.push_back(pool.Register([&] {
      if (count.fetch_sub(1) <= 0) return false;
      const int now = ++running;
      int seen = most;
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      pool.threads().ParallelFor(4, [](int64_t) { std::this_thread::yield(); });
      --running;
      ++done;
      return true;
    }));
  }
  while (done < 50 * kSources) pool.Notify();
  EXPECT_LE(most, kThreads);
}

TEST(SharedPoolTest, SourcesComeAndGoWhileOthersWork) {
  SharedPool pool(2);
  std::atomic<int> tasks{0};
  const auto lasting = pool.Register([&] { return tasks++ % 2 == 0; });
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) {
        std::atomic<int> own{0};
        const auto registration = pool.Register([&] { return own++ < 3; });
        while (own < 4) pool.Notify();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(tasks, 0);
}

}  // namespace
}  // namespace ironscribe::engine
