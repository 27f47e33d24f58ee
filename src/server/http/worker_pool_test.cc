#include "server/http/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>

namespace ironscribe::server {
namespace {

// A pool is declared behind all that its work refers to: its end waits for the work.

TEST(WorkerPool, StartsThreadsOnDemandUpToTheLimit) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::atomic<int> started{0};
  WorkerPool pool(3);
  EXPECT_EQ(pool.counts().threads, 0);
  for (int i = 0; i < 5; ++i) {
    pool.Submit([&] {
      ++started;
      released.wait();
    });
  }
  while (started < 3) {
    std::this_thread::yield();
  }
  EXPECT_EQ(pool.counts().threads, 3);
  EXPECT_EQ(pool.counts().running, 3);
  EXPECT_EQ(pool.counts().queued, 2);
  release.set_value();
  while (started < 5 || pool.counts().running > 0) {
    std::this_thread::yield();
  }
  EXPECT_EQ(pool.counts().threads, 3);
}

TEST(WorkerPool, OneAfterTheOtherNeedsOneThread) {
  WorkerPool pool(8);
  for (int i = 0; i < 20; ++i) {
    std::promise<void> done;
    pool.Submit([&] { done.set_value(); });
    done.get_future().wait();
    while (pool.counts().running > 0) {
      std::this_thread::yield();
    }
  }
  EXPECT_EQ(pool.counts().threads, 1);
}

TEST(WorkerPool, ExcessRunsInOrder) {
  std::vector<int> order;
  std::promise<void> done;
  WorkerPool pool(1);
  for (int i = 0; i < 10; ++i) {
    pool.Submit([&order, &done, i] {
      order.push_back(i);
      if (i == 9) done.set_value();
    });
  }
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(WorkerPool, WaitingWorkCanBeTakenBack) {
  std::promise<void> release;
  std::promise<void> running;
  WorkerPool pool(1);
  const auto first = pool.Submit([&] {
    running.set_value();
    release.get_future().wait();
  });
  running.get_future().wait();
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  const auto second = pool.Submit([held = std::move(held)] { ADD_FAILURE() << "ran"; });

  EXPECT_FALSE(pool.Withdraw(first));
  EXPECT_TRUE(pool.Withdraw(second));
  EXPECT_TRUE(watch.expired());
  EXPECT_FALSE(pool.Withdraw(second));
  release.set_value();
}

TEST(WorkerPool, StopDropsWhatWaits) {
  std::promise<void> release;
  std::promise<void> running;
  std::atomic<bool> ended{false};
  WorkerPool pool(1);
  pool.Submit([&] {
    running.set_value();
    release.get_future().wait();
    ended = true;
  });
  running.get_future().wait();
  pool.Submit([] { ADD_FAILURE() << "ran"; });
  std::thread stopper([&] { pool.Stop(); });
  while (pool.counts().queued > 0) {
    std::this_thread::yield();
  }
  release.set_value();
  stopper.join();
  EXPECT_TRUE(ended);
  pool.Submit([] { ADD_FAILURE() << "ran after Stop"; });
}

}  // namespace
}  // namespace ironscribe::server
