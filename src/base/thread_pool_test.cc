#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <numeric>

namespace ironscribe {
namespace {

TEST(ThreadPoolTest, EachIndexRunsExactlyOnce) {
  for (int threads : {1, 2, 4}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.num_threads(), threads);
    for (int64_t count : {0, 1, 2, 3, 100, 1000}) {
      std::vector<std::atomic<int>> seen(static_cast<size_t>(count));
      pool.ParallelFor(count,
                       [&](int64_t index) { seen[static_cast<size_t>(index)].fetch_add(1); });
      for (const auto& value : seen) EXPECT_EQ(value.load(), 1);
    }
  }
}

TEST(ThreadPoolTest, ManyShortJobsBackToBack) {
  ThreadPool pool(3);
  int64_t total = 0;
  for (int round = 0; round < 20000; ++round) {
    std::atomic<int64_t> sum{0};
    pool.ParallelFor(4, [&](int64_t index) { sum.fetch_add(index + round); });
    total += sum.load() - 4 * round;
  }
  EXPECT_EQ(total, 20000 * 6);
}

TEST(ThreadPoolTest, WakesParkedWorkers) {
  ThreadPool pool(2);
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::atomic<int> count{0};
    pool.ParallelFor(8, [&](int64_t) { count.fetch_add(1); });
    EXPECT_EQ(count.load(), 8);
  }
}

}  // namespace
}  // namespace ironscribe
