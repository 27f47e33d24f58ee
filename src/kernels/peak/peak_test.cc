#include "kernels/peak/peak.h"

#include <gtest/gtest.h>

#include <vector>

namespace ironscribe::kernels {
namespace {

TEST(PeakTest, EveryLevelHasFloat32AndWhatItsInstructionsDo) {
  for (CpuLevel level : SupportedCpuLevels()) {
    const PeakKernels& kernels = PeakKernelsFor(level);
    for (int i = 0; i < kNumPeakArithmetics; ++i) {
      const PeakLoop& loop = kernels.loops[i];
      ASSERT_EQ(loop.run == nullptr, loop.instructions == nullptr) << CpuLevelName(level) << i;
      if (loop.run == nullptr) continue;
      EXPECT_GT(loop.operations_per_round, 0);
      loop.run(0);
      loop.run(1000);
    }
    EXPECT_NE(kernels.loops[static_cast<int>(PeakArithmetic::kFloat32)].run, nullptr);
    const bool has_bfloat16 =
        kernels.loops[static_cast<int>(PeakArithmetic::kBFloat16)].run != nullptr;
    EXPECT_EQ(has_bfloat16, level == CpuLevel::kAvx512 || level == CpuLevel::kNeonI8mm)
        << CpuLevelName(level);
  }
}

TEST(PeakTest, ReadingDependsOnEveryByte) {
  std::vector<std::byte> data(4096);
  for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i * 37 >> 3);
  for (CpuLevel level : SupportedCpuLevels()) {
    const PeakKernels& kernels = PeakKernelsFor(level);
    const uint32_t before = kernels.read(data.data(), data.size());
    for (size_t i = 0; i < data.size(); ++i) {
      data[i] ^= std::byte{0x10};
      EXPECT_NE(kernels.read(data.data(), data.size()), before) << CpuLevelName(level) << " " << i;
      data[i] ^= std::byte{0x10};
    }
    EXPECT_EQ(kernels.read(data.data(), data.size()), before);
  }
}

TEST(PeakTest, AdditionsAreCounted) {
  const int64_t done = RunDependentAdditions(1000);
  EXPECT_TRUE(done == 0 || (done >= 1000 && done < 1100)) << done;
}

}  // namespace
}  // namespace ironscribe::kernels
