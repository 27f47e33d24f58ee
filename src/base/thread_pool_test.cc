#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace ironscribe {
namespace {

// Tasks 0, 1, 2, ... that become ready in portions.
class Tasks {
 public:
  Tasks(int count, std::function<void(int)> body)
      : runs_(static_cast<size_t>(count)), body_(std::move(body)) {}

  ThreadPool::TaskSource source() {
    return [this] { return RunOne(); };
  }
  void MakeReady(int count) {
    std::lock_guard lock(mutex_);
    ready_ += count;
  }
  void WaitForAll() {
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [&] { return done_ == runs_.size(); });
  }
  bool AllRanOnce() const {
    return std::all_of(runs_.begin(), runs_.end(), [](const auto& count) { return count == 1; });
  }

 private:
  bool RunOne() {
    int task = 0;
    {
      std::lock_guard lock(mutex_);
      if (next_ == ready_) return false;
      task = next_++;
    }
    body_(task);
    runs_[static_cast<size_t>(task)].fetch_add(1);
    std::lock_guard lock(mutex_);
    if (++done_ == runs_.size()) all_done_.notify_all();
    return true;
  }

  std::vector<std::atomic<int>> runs_;
  const std::function<void(int)> body_;
  std::mutex mutex_;
  std::condition_variable all_done_;
  int next_ = 0, ready_ = 0;
  size_t done_ = 0;
};

// What a loop may not do: leave out or repeat an index, use a worker's number twice at once.
class LoopCheck {
 public:
  LoopCheck(int64_t count, int num_threads)
      : runs_(static_cast<size_t>(count)), in_use_(static_cast<size_t>(num_threads)) {}

  void Run(int64_t index, int worker) {
    if (worker < 0 || static_cast<size_t>(worker) >= in_use_.size()) {
      ++mistakes_;
      return;
    }
    std::atomic<bool>& in_use = in_use_[static_cast<size_t>(worker)];
    if (in_use.exchange(true)) ++mistakes_;
    runs_[static_cast<size_t>(index)].fetch_add(1);
    // Long enough that others join and meet.
    for (int spin = 0; spin < 50; ++spin) sink_.fetch_add(1, std::memory_order_relaxed);
    in_use.store(false);
  }
  int mistakes() const {
    const auto wrong =
        std::count_if(runs_.begin(), runs_.end(), [](const auto& count) { return count != 1; });
    return mistakes_ + static_cast<int>(wrong);
  }

 private:
  std::vector<std::atomic<int>> runs_;
  std::vector<std::atomic<bool>> in_use_;
  std::atomic<int> mistakes_{0};
  std::atomic<int> sink_{0};
};

int MistakesOfOneLoop(ThreadPool& pool, int64_t count) {
  LoopCheck check(count, pool.num_threads());
  pool.ParallelFor(count, [&](int64_t index, int worker) { check.Run(index, worker); });
  return check.mistakes();
}

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

TEST(ThreadPoolTest, TasksOfASourceRunExactlyOnce) {
  for (int threads : {1, 2, 4}) {
    constexpr int kTasks = 500;
    Tasks tasks(kTasks, [](int) {});
    ThreadPool pool(threads, tasks.source());
    for (int portion = 0; portion < kTasks; portion += 5) {
      tasks.MakeReady(5);
      pool.Notify();
      // Some portions find all threads parked, most do not.
      if (portion % 100 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    tasks.WaitForAll();
    pool.Stop();
    EXPECT_TRUE(tasks.AllRanOnce()) << threads << " threads";
  }
}

TEST(ThreadPoolTest, LoopsOfSeveralTasksAtOnce) {
  for (int threads : {1, 2, 4}) {
    constexpr int kTasks = 60;
    std::atomic<int> mistakes{0};
    ThreadPool* inside = nullptr;
    Tasks tasks(kTasks, [&](int task) {
      for (int64_t count : {0, 1, 2, 7, 40 + task}) mistakes += MistakesOfOneLoop(*inside, count);
    });
    ThreadPool pool(threads, tasks.source());
    inside = &pool;
    tasks.MakeReady(kTasks);
    pool.Notify();
    tasks.WaitForAll();
    pool.Stop();
    EXPECT_EQ(mistakes, 0) << threads << " threads";
    EXPECT_TRUE(tasks.AllRanOnce());
  }
}

// A single task is helped by the threads that have none: all of them must be at work at once.
TEST(ThreadPoolTest, IdleThreadsHelpATask) {
  constexpr int kThreads = 3;
  std::atomic<int> arrived{0};
  ThreadPool* inside = nullptr;
  Tasks tasks(1, [&](int) {
    inside->ParallelFor(kThreads, [&](int64_t) {
      arrived.fetch_add(1);
      while (arrived < kThreads) std::this_thread::yield();
    });
  });
  ThreadPool pool(kThreads, tasks.source());
  inside = &pool;
  tasks.MakeReady(1);
  pool.Notify();
  tasks.WaitForAll();
  EXPECT_EQ(arrived, kThreads);
}

TEST(ThreadPoolTest, MoreCallersThanLoops) {
  for (int threads : {1, 2, 4}) {
    ThreadPool pool(threads);
    std::atomic<int> mistakes{0};
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 3 * threads; ++caller) {
      callers.emplace_back([&, caller] {
        for (int round = 0; round < 200; ++round) {
          mistakes += MistakesOfOneLoop(pool, 1 + (caller + round) % 20);
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(mistakes, 0) << threads << " threads";
  }
}

TEST(ThreadPoolTest, StopWaitsForTasksUnderWay) {
  constexpr int kTasks = 2;
  std::atomic<int> started{0}, finished{0}, mistakes{0}, calls{0};
  std::atomic<bool> stop_is_near{false};
  ThreadPool* inside = nullptr;
  Tasks tasks(kTasks, [&](int) {
    ++started;
    while (!stop_is_near) std::this_thread::yield();
    // Loops go on while the threads that could help are ending.
    for (int round = 0; round < 300; ++round) mistakes += MistakesOfOneLoop(*inside, 20);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ++finished;
  });
  ThreadPool pool(4, [&, source = tasks.source()] {
    ++calls;
    return source();
  });
  inside = &pool;
  tasks.MakeReady(kTasks);
  pool.Notify();
  while (started < kTasks) std::this_thread::yield();
  stop_is_near = true;
  pool.Stop();
  EXPECT_EQ(finished, kTasks);
  EXPECT_EQ(mistakes, 0);
  EXPECT_TRUE(tasks.AllRanOnce());
  const int calls_before = calls;
  pool.Notify();
  pool.Stop();  // Idempotent.
  EXPECT_EQ(calls, calls_before);
}

}  // namespace
}  // namespace ironscribe
