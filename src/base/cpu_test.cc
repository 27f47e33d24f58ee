#include "base/cpu.h"

#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdlib>

namespace ironscribe {
namespace {

TEST(CpuTest, LevelNamesRoundTrip) {
  for (CpuLevel level : SupportedCpuLevels()) {
    EXPECT_EQ(ParseCpuLevel(CpuLevelName(level)).value(), level);
  }
  EXPECT_EQ(ParseCpuLevel("auto").value(), DetectCpuLevel());
}

TEST(CpuTest, UnknownAndMissingLevelsAreErrorsThatNameWhatTheMachineHas) {
  const std::vector<CpuLevel> supported = SupportedCpuLevels();
  // No machine has the levels of two architectures.
  const bool arm = supported.back() > CpuLevel::kAvx512;
  for (std::string_view missing : {arm ? "avx2" : "neon_dot", arm ? "avx512" : "neon_i8mm"}) {
    EXPECT_EQ(ParseCpuLevel(missing).status().code(), StatusCode::kFailedPrecondition) << missing;
  }
  EXPECT_EQ(ParseCpuLevel("sse9").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseCpuLevel("").status().code(), StatusCode::kInvalidArgument);
  for (std::string_view wrong : {"sse9", arm ? "avx2" : "neon_dot"}) {
    const Status status = ParseCpuLevel(wrong).status();
    for (CpuLevel level : supported) {
      EXPECT_NE(status.message().find(CpuLevelName(level)), std::string::npos) << status.message();
    }
  }
}

TEST(CpuTest, PortableIsAlwaysThereAndTheHighestLevelIsTheLast) {
  const std::vector<CpuLevel> supported = SupportedCpuLevels();
  EXPECT_EQ(supported.front(), CpuLevel::kPortable);
  EXPECT_EQ(supported.back(), DetectCpuLevel());
  EXPECT_TRUE(std::is_sorted(supported.begin(), supported.end()));
}

// Emulated processors say in the environment what they should be found to be (scripts/test-arm.sh).
TEST(CpuTest, DetectsWhatTheEmulatedProcessorHas) {
  const char* expected = std::getenv("IRONSCRIBE_EXPECTED_CPU_LEVEL");
  if (expected == nullptr) GTEST_SKIP() << "runs on emulated processors only";
  EXPECT_EQ(CpuLevelName(DetectCpuLevel()), expected);
}

// What the kernel calls the machine, in the names of the price tables.
TEST(CpuTest, ArchitectureIsThatOfTheMachine) {
  utsname machine;
  ASSERT_EQ(uname(&machine), 0);
  const std::string_view kernel = machine.machine;
  const std::string_view expected = kernel == "x86_64"    ? "x86_64"
                                    : kernel == "aarch64" ? "arm64"
                                                          : "other";
  EXPECT_EQ(CpuArchitecture(), expected);
}

TEST(CpuTest, CountsAtLeastOneCpu) {
  EXPECT_GE(UsableCpus(), 1);
  EXPECT_FALSE(CpuModelName().empty());
}

}  // namespace
}  // namespace ironscribe
