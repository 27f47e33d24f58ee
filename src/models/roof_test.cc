#include "models/roof.h"

#include <gtest/gtest.h>

namespace ironscribe::models {
namespace {

using kernels::PeakArithmetic;

constexpr MachineRates kRates = {.operations_per_second = {100, 50, 40, 10},
                                 .exponentials_per_second = 1000,
                                 .memory_bytes_per_second = 20};

Work& Of(StageWork& work, Stage stage) { return work[static_cast<size_t>(stage)]; }

TEST(RoofTest, NothingTakesNoTime) { EXPECT_EQ(RoofOf(StageWork(), MachineRates()).seconds(), 0); }

TEST(RoofTest, ArithmeticsAndExponentialsAddUp) {
  Work work;
  work.of(PeakArithmetic::kInt8) = 200;     // 2 s
  work.of(PeakArithmetic::kInt16) = 50;     // 1 s
  work.of(PeakArithmetic::kBFloat16) = 20;  // 0.5 s
  work.of(PeakArithmetic::kFloat32) = 2.5;  // 0.25 s
  work.exponentials = 100;                  // 0.1 s
  work.bytes = 100;
  EXPECT_DOUBLE_EQ(work.total_operations(), 272.5);
  EXPECT_DOUBLE_EQ(ComputeSeconds(work, kRates), 3.85);
  EXPECT_DOUBLE_EQ(MemorySeconds(work, kRates), 5);
}

TEST(RoofTest, TheDecoderTakesTheLargerOfComputeAndMemory) {
  StageWork work;
  Of(work, Stage::kConvolution).of(PeakArithmetic::kFloat32) = 10;
  Of(work, Stage::kCrossKeysValues).bytes = 1e9;  // Not the encoder's limit.
  Of(work, Stage::kDecoderSelf).of(PeakArithmetic::kInt8) = 300;
  Of(work, Stage::kOutputLayer).bytes = 40;
  Roof roof = RoofOf(work, kRates);
  EXPECT_DOUBLE_EQ(roof.encoder_seconds, 1);
  EXPECT_DOUBLE_EQ(roof.decoder_compute_seconds, 3);
  EXPECT_DOUBLE_EQ(roof.decoder_memory_seconds, 2);
  EXPECT_DOUBLE_EQ(roof.seconds(), 4);
  Of(work, Stage::kDecoderSelf).bytes = 60;
  roof = RoofOf(work, kRates);
  EXPECT_DOUBLE_EQ(roof.decoder_memory_seconds, 5);
  EXPECT_DOUBLE_EQ(roof.seconds(), 6);
}

}  // namespace
}  // namespace ironscribe::models
