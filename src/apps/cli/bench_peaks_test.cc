#include "apps/cli/bench_peaks.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ironscribe::cli {
namespace {

using kernels::PeakArithmetic;

TEST(BenchPeaksTest, MeasuresWhatEachLevelHas) {
  for (CpuLevel level : SupportedCpuLevels()) {
    for (int threads : {1, 2}) {
      const MachinePeaks peaks =
          MeasurePeaks(level, threads, {.seconds = 0.002, .buffer_bytes = 4 << 20});
      EXPECT_EQ(peaks.cpu_level, level);
      EXPECT_EQ(peaks.num_threads, threads);
      for (const ArithmeticPeak& peak : peaks.arithmetics) {
        EXPECT_FALSE(peak.name.empty());
        EXPECT_EQ(peak.operations_per_second > 0, !peak.instructions.empty()) << peak.name;
        if (peak.width_per_cycle == 0) continue;
        EXPECT_LE(peak.fraction_of_width, 1.06) << peak.name;
        EXPECT_GT(peak.fraction_of_width, 0.5) << peak.name;
      }
      EXPECT_FALSE(peaks.arithmetics.back().instructions.empty());
      EXPECT_GE(peaks.memory_buffer_bytes, size_t{4 << 20} - 2 * 1024);
      EXPECT_GT(peaks.one_thread_bytes_per_second, 0);
      EXPECT_GT(peaks.all_threads_bytes_per_second, 0);
    }
  }
}

TEST(BenchPeaksTest, TheNextPowerOfTwoWithinAFewPercent) {
  EXPECT_EQ(WidthOf(250), 256);
  EXPECT_EQ(WidthOf(256), 256);
  EXPECT_EQ(WidthOf(260), 256);
  EXPECT_EQ(WidthOf(275), 512);
  EXPECT_EQ(WidthOf(190), 256);
  EXPECT_EQ(WidthOf(31), 32);
}

TEST(BenchPeaksTest, Float32StandsInForWhatThereIsNot) {
  MachinePeaks peaks;
  peaks.num_threads = 2;
  peaks.clock_hz = 3e9;
  peaks.arithmetics[0].operations_per_second = 400;
  peaks.arithmetics[3].operations_per_second = 100;
  peaks.one_thread_bytes_per_second = 7;
  peaks.all_threads_bytes_per_second = 6;  // Threads may get in each other's way.
  models::MachineRates rates = peaks.Rates();
  EXPECT_EQ(rates.operations_per_second, (std::array<double, 4>{400, 100, 100, 100}));
  EXPECT_DOUBLE_EQ(rates.exponentials_per_second, 2 * 3e9 / 0.55);
  EXPECT_EQ(rates.memory_bytes_per_second, 7);
  peaks.clock_hz = 0;
  EXPECT_TRUE(std::isinf(peaks.Rates().exponentials_per_second));
}

}  // namespace
}  // namespace ironscribe::cli
