#include "base/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace ironscribe {
namespace {

class MemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / ("memory_test" + std::to_string(getpid()));
    std::filesystem::create_directories(root_ / "memory");
    files_ = {.meminfo = root_ / "meminfo", .cgroup = root_};
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(root_ / name) << text;
  }

  std::filesystem::path root_;
  MemoryFiles files_;
};

TEST_F(MemoryTest, NothingWhenTheSystemDoesNotTell) {
  EXPECT_EQ(AvailableMemoryBytes(files_), std::nullopt);
  Write("meminfo", "MemTotal: 5 kB\nMemAvailable: many kB\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), std::nullopt);
}

TEST_F(MemoryTest, TheMachine) {
  Write("meminfo",
        "MemTotal:       24 kB\nMemFree:  1 kB\nMemAvailable:     7 kB\nBuffers: 3 kB\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 7 * 1024);
}

TEST_F(MemoryTest, TheControlGroupWhenItHasLess) {
  Write("meminfo", "MemAvailable: 100 kB\n");
  Write("memory.max", "max\n");
  Write("memory.current", "1000\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 102400);
  Write("memory.max", "50000\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 49000);
  Write("memory.current", "60000\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 0);
}

TEST_F(MemoryTest, TheOlderControlGroups) {
  Write("memory/memory.limit_in_bytes", "9000\n");
  Write("memory/memory.usage_in_bytes", "2000\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 7000);
}

TEST(ThisMachineTest, HasMemory) { EXPECT_GT(AvailableMemoryBytes().value_or(1), 0); }

}  // namespace
}  // namespace ironscribe
