#include "base/cpu.h"

#include <gtest/gtest.h>

namespace ironscribe {
namespace {

TEST(CpuTest, LevelNamesRoundTrip) {
  for (CpuLevel level : SupportedCpuLevels()) {
    EXPECT_EQ(ParseCpuLevel(CpuLevelName(level)).value(), level);
  }
  EXPECT_EQ(ParseCpuLevel("auto").value(), DetectCpuLevel());
}

TEST(CpuTest, UnknownAndUnsupportedLevelsAreNamed) {
  EXPECT_EQ(ParseCpuLevel("sse9").status().code(), StatusCode::kInvalidArgument);
  if (DetectCpuLevel() < CpuLevel::kAvx512) {
    const Status status = ParseCpuLevel("avx512").status();
    EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
    EXPECT_NE(status.message().find(CpuLevelName(DetectCpuLevel())), std::string::npos);
  }
}

TEST(CpuTest, CountsAtLeastOneCpu) {
  EXPECT_GE(UsableCpus(), 1);
  EXPECT_FALSE(CpuModelName().empty());
}

}  // namespace
}  // namespace ironscribe
