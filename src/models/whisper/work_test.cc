// The work of known sizes, through the roof, against a table computed apart from this code: full
// windows, 90 tokens each, 3.6 GHz (3.0 in the last row) on two cores of 128, 64 and 32 operations
// a cycle in 8 bits, bfloat16 and float32. The table keeps the cross keys and values of its int8
// rows in 8 bits, which is what the eight-bit scheme tells.
#include "models/whisper/work.h"

#include <gtest/gtest.h>

#include "models/roof.h"

namespace ironscribe::models::whisper {
namespace {

using kernels::PeakArithmetic;

constexpr double kWindowSeconds = 30;
constexpr int kNumModels = 6;
constexpr const char* kNames[kNumModels] = {"tiny", "base", "small", "medium", "large-v3", "turbo"};

Dimensions Size(int model) {
  const struct {
    int state, heads, audio_layers, text_layers, mels, vocab;
  } kSizes[kNumModels] = {{384, 6, 4, 4, 80, 51865},      {512, 8, 6, 6, 80, 51865},
                          {768, 12, 12, 12, 80, 51865},   {1024, 16, 24, 24, 80, 51865},
                          {1280, 20, 32, 32, 128, 51866}, {1280, 20, 32, 4, 128, 51866}};
  const auto& size = kSizes[model];
  return {.num_mels = size.mels,
          .audio_state = size.state,
          .audio_heads = size.heads,
          .audio_layers = size.audio_layers,
          .text_state = size.state,
          .text_heads = size.heads,
          .text_layers = size.text_layers,
          .vocab_size = size.vocab};
}

// One window and 90 tokens, decoded together with batch - 1 others.
WorkCounts WindowCounts(double batch) {
  constexpr double kFrames = 3000, kTokens = 90, kPositions = kFrames / 2;
  return {.windows = 1,
          .frames = kFrames,
          .frame_pairs = kFrames * kFrames,
          .steps = kTokens / batch,
          .rows = kTokens,
          .scored_rows = kTokens,
          .history = kTokens * (kTokens + 1) / 2,
          .memory = kTokens * kPositions,
          .memory_reads = kTokens * kPositions};
}

MachineRates TwoZen4Cores(double gigahertz, double gigabytes_per_second) {
  const double cycles = 2 * 1e9 * gigahertz;
  return {.operations_per_second = {128 * cycles, 64 * cycles, 64 * cycles, 32 * cycles},
          .exponentials_per_second = cycles / kCyclesPerExponential,
          .memory_bytes_per_second = 1e9 * gigabytes_per_second};
}

TEST(WhisperWorkTest, EightBitRoofsOfKnownSizes) {
  const struct {
    double batch, gigahertz, gigabytes_per_second;
    double times_real_time[kNumModels];
  } kRows[] = {{1, 3.6, 25, {166, 85, 27, 8.7, 4.5, 8.2}},
               {16, 3.6, 25, {349, 160, 45, 14.6, 7.6, 9.6}},
               {16, 3.6, 40, {388, 176, 49, 15.6, 8.1, 9.8}},
               {16, 3.0, 20, {288, 132, 37, 12.0, 6.3, 8.0}}};
  for (const auto& row : kRows) {
    const MachineRates rates = TwoZen4Cores(row.gigahertz, row.gigabytes_per_second);
    for (int model = 0; model < kNumModels; ++model) {
      const StageWork work = WhisperWork(Size(model), ArithmeticOf(ComputeType::kInt8),
                                         WindowCounts(row.batch), WorkScheme::kEightBit);
      const double expected = row.times_real_time[model];
      const double rounding = expected < 20 ? 0.05 : 0.5;  // Digits that the table gives.
      EXPECT_NEAR(kWindowSeconds / RoofOf(work, rates).seconds(), expected, rounding * 1.1)
          << kNames[model] << " batch " << row.batch << " " << row.gigabytes_per_second << " GB/s";
    }
  }
}

TEST(WhisperWorkTest, EncoderAndDecoderMilliseconds) {
  constexpr double kMilliseconds[kNumModels][2] = {{63, 23},    {143, 44},   {534, 131},
                                                   {1705, 357}, {3319, 622}, {3020, 91}};
  for (int model = 0; model < kNumModels; ++model) {
    const StageWork work = WhisperWork(Size(model), ArithmeticOf(ComputeType::kInt8),
                                       WindowCounts(16), WorkScheme::kEightBit);
    const Roof roof = RoofOf(work, TwoZen4Cores(3.6, 25));
    EXPECT_NEAR(1e3 * roof.encoder_seconds, kMilliseconds[model][0], 1) << kNames[model];
    EXPECT_NEAR(1e3 * roof.decoder_seconds(), kMilliseconds[model][1], 1) << kNames[model];
  }
}

TEST(WhisperWorkTest, Float32AsComputed) {
  constexpr double kTimesRealTime[kNumModels] = {46, 24, 7.3, 2.4, 1.2, 2.4};
  for (int model = 0; model < kNumModels; ++model) {
    const StageWork work = WhisperWork(Size(model), ArithmeticOf(ComputeType::kFloat32),
                                       WindowCounts(1), WorkScheme::kOwn);
    const double got = kWindowSeconds / RoofOf(work, TwoZen4Cores(3.6, 25)).seconds();
    // The table leaves out attention to the row's own past, under 1 % of the bytes.
    EXPECT_NEAR(got, kTimesRealTime[model], kTimesRealTime[model] < 10 ? 0.06 : 0.6)
        << kNames[model];
  }
}

TEST(WhisperWorkTest, Int8AsComputedKeepsEachPartsArithmetic) {
  const Dimensions dims = Size(0);
  const StageWork work =
      WhisperWork(dims, ArithmeticOf(ComputeType::kInt8), WindowCounts(16), WorkScheme::kOwn);
  const auto of = [&](Stage stage) { return work[static_cast<size_t>(stage)]; };
  // 2 * 4 layers * 4 d^2 * 1,500 positions.
  EXPECT_DOUBLE_EQ(of(Stage::kEncoderProjections).of(PeakArithmetic::kInt8), 7.077888e9);
  EXPECT_DOUBLE_EQ(of(Stage::kEncoderProjections).total_operations(), 7.077888e9);
  // 4 * 4 layers * d * 1,500^2, and one exponential for each pair, head and layer.
  EXPECT_DOUBLE_EQ(of(Stage::kEncoderAttention).of(PeakArithmetic::kBFloat16), 13.824e9);
  EXPECT_DOUBLE_EQ(of(Stage::kEncoderAttention).exponentials, 54e6);
  // Keys and values, 4 layers, 1,500 positions of 384, 90 rows; then the weights, 90 / 16 times;
  // all in 8 bits with a scale for 64 of them.
  const double memory_bytes = (1 + 4.0 / 64) * 2 * 4 * 1500 * 384 * 90;
  const double weight_bytes = 4.0 * 2 * 384 * 384 * (1 + 4.0 / 64) * 90 / 16;
  EXPECT_NEAR(of(Stage::kDecoderCross).bytes, memory_bytes + weight_bytes, 1);
  EXPECT_GT(of(Stage::kDecoderSelf).of(PeakArithmetic::kInt16), 0);
  EXPECT_GT(of(Stage::kOutputLayer).of(PeakArithmetic::kInt16), 0);
  EXPECT_EQ(of(Stage::kScoring).total_operations(), 0);
  EXPECT_EQ(of(Stage::kFeatures).total_operations(), 0);
}

TEST(WhisperWorkTest, WindowsOfOtherLengthsCountByTheirOwnSquares) {
  const Dimensions dims = Size(0);
  const WorkCounts two = {.windows = 2, .frames = 3000, .frame_pairs = 2000.0 * 2000 + 1e6};
  const StageWork work = WhisperWork(dims, ArithmeticOf(ComputeType::kInt8), two, WorkScheme::kOwn);
  EXPECT_DOUBLE_EQ(work[static_cast<size_t>(Stage::kEncoderAttention)].exponentials,
                   4.0 * 6 * (1000.0 * 1000 + 500.0 * 500));
}

}  // namespace
}  // namespace ironscribe::models::whisper
