#include "base/memory.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace ironscribe {
namespace {

class MemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / ("memory_test" + std::to_string(getpid()));
    std::filesystem::create_directories(root_);
    files_ = {.meminfo = root_ / "meminfo", .cgroup = root_, .own_cgroup = root_ / "own"};
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((root_ / name).parent_path());
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

TEST_F(MemoryTest, TheOwnGroupAndThoseAroundIt) {
  Write("own", "0::/outer/inner\n");
  Write("outer/inner/memory.max", "max\n");
  Write("outer/inner/memory.current", "1\n");
  Write("outer/memory.max", "9000\n");
  Write("outer/memory.current", "4000\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 5000);
  Write("outer/inner/memory.max", "3001\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 3000);
  Write("memory.max", "100\n");
  Write("memory.current", "80\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 20);
}

TEST_F(MemoryTest, TheOwnGroupOfTheOlderOnes) {
  Write("own", "9:name=memory:/no\n4:cpu,memory:/box\n0::/\n");
  Write("memory/no/memory.limit_in_bytes", "10\n");
  Write("memory/no/memory.usage_in_bytes", "9\n");
  Write("memory/memory.limit_in_bytes", "9223372036854771712\n");
  Write("memory/memory.usage_in_bytes", "70000\n");
  Write("memory/box/memory.limit_in_bytes", "6000\n");
  Write("memory/box/memory.usage_in_bytes", "5000\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 1000);
  Write("memory/box/memory.stat", "inactive_file 3\ntotal_inactive_file 4000\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 5000);
}

TEST_F(MemoryTest, PagesThatTheKernelDropsFirstAreLeft) {
  Write("memory.max", "10000\n");
  Write("memory.current", "9900\n");
  Write("memory.stat", "anon 500\nactive_file 7\ninactive_file 9000\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 9100);
  Write("memory.stat", "inactive_file 20000\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 10000);
  for (const char* stat : {"inactive_file -5\n", "inactive_file many\n", "inactive_file"}) {
    Write("memory.stat", stat);
    EXPECT_EQ(AvailableMemoryBytes(files_), 100) << stat;
  }
}

TEST_F(MemoryTest, AGroupOutsideTheRootIsNotFollowed) {
  // Where ".." would lead, were it followed.
  Write("secret/memory.max", "5\n");
  Write("secret/memory.current", "0\n");
  Write("groups/memory.max", "700\n");
  Write("groups/memory.current", "0\n");
  Write("groups/a/memory.max", "300\n");
  Write("groups/a/memory.current", "0\n");
  files_.cgroup = root_ / "groups";
  const std::string kLong = "0::/" + std::string(5000, 'a') + "\n";
  for (const std::string& own :
       {std::string("0::/../secret\n"), std::string("0::/a/../../secret\n"),
        std::string("0::../secret\n"), std::string("0::a\n"), std::string("0::\n"),
        std::string("0:\n"), std::string("::"), kLong}) {
    Write("own", own);
    EXPECT_EQ(AvailableMemoryBytes(files_), 700) << own.substr(0, 20);
  }
  Write("own", kLong + "0::/a\n");
  EXPECT_EQ(AvailableMemoryBytes(files_), 300);
}

TEST(ThisMachineTest, HasMemory) { EXPECT_GT(AvailableMemoryBytes().value_or(1), 0); }

// The sanitizers bring an allocator of their own.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(ReturnLargeBuffers, HoldsAfterLargerOnesWereFreed) {
  ReturnLargeBuffers();
  constexpr size_t kLarge = 16 << 20;
  constexpr size_t kSmaller = 1 << 20;
  void* volatile large = std::malloc(kLarge);  // Else the compiler leaves the pair out.
  std::free(large);
  const size_t before = mallinfo2().hblkhd;  // Bytes in mappings of their own.
  void* volatile buffer = std::malloc(kSmaller);
  EXPECT_GE(mallinfo2().hblkhd, before + kSmaller);
  std::free(buffer);
  EXPECT_EQ(mallinfo2().hblkhd, before);
}
#endif

}  // namespace
}  // namespace ironscribe
