#include "base/process_usage.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace ironscribe {
namespace {

TEST(ProcessUsageTest, SeesWhatTheProcessTakes) {
  const ProcessUsage before = ReadProcessUsage();
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_LE(before.start_unix_seconds, now.count() + 1);
  EXPECT_GT(before.start_unix_seconds, now.count() - 3600);  // Tests end before that.
  EXPECT_GT(before.most_descriptors, before.open_descriptors);
  constexpr size_t kBytes = 64 << 20;
  const std::vector<char> memory(kBytes, 1);
  std::FILE* const file = std::fopen("/proc/self/status", "r");
  std::atomic<bool> leave{false};
  std::thread thread([&] {
    while (!leave) std::this_thread::yield();
  });
  const ProcessUsage after = ReadProcessUsage();
  leave = true;
  thread.join();
  std::fclose(file);
  EXPECT_EQ(memory.back(), 1);
  EXPECT_GT(after.resident_bytes, before.resident_bytes + static_cast<int64_t>(kBytes) / 2);
  EXPECT_GE(after.virtual_bytes, after.resident_bytes);
  EXPECT_EQ(after.open_descriptors, before.open_descriptors + 1);
  EXPECT_EQ(after.threads, before.threads + 1);
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(60)) {
  }
  EXPECT_GT(ReadProcessUsage().cpu_seconds, before.cpu_seconds);
}

}  // namespace
}  // namespace ironscribe
