#include "io/file_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace ironscribe::io {
namespace {

std::filesystem::path LockPath(const std::string& name) {
  return std::filesystem::path(testing::TempDir()) / "file_lock_test" / name;
}

TEST(FileLockTest, OnlyOneHolderAtATime) {
  const auto path = LockPath("exclusive.lock");
  std::atomic<int> holders = 0;
  std::atomic<int> most = 0;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        auto lock = FileLock::Acquire(path, {}, {});
        if (!lock.ok()) {
          ++failures;
          continue;
        }
        most = std::max(most.load(), ++holders);
        std::this_thread::yield();
        --holders;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(most, 1);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(FileLockTest, WaitingEndsWithTheStopRequest) {
  const auto path = LockPath("stop.lock");
  auto first = FileLock::Acquire(path, {}, {});
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  std::stop_source stop;
  int waits = 0;
  auto second = FileLock::Acquire(path, stop.get_token(), [&] {
    ++waits;
    stop.request_stop();
  });
  EXPECT_EQ(second.status().code(), StatusCode::kCancelled);
  EXPECT_EQ(waits, 1);
}

TEST(FileLockTest, FolderThatCannotBeMade) {
  const auto lock = FileLock::Acquire("/proc/no-such-folder/x.lock", {}, {});
  EXPECT_FALSE(lock.ok());
}

}  // namespace
}  // namespace ironscribe::io
