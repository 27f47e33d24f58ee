#include "nn/lstm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace ironscribe::nn {
namespace {

constexpr int64_t kSize = 20;
constexpr int64_t kStreams = 7;

std::vector<float> RandomFloats(int64_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(random.NextUnit() * 2 - 1);
  return values;
}

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

class LstmTest : public testing::TestWithParam<CpuLevel> {
 protected:
  LstmTest() : weights_(RandomFloats(4 * kSize * kSize, 1)) {
    constexpr auto kType = kernels::LinearType::kFloat32;
    packed_.Resize(kernels::PackedSizeBytes(kType, 4 * kSize, kSize));
    for (int64_t row = 0; row < 4 * kSize; row += kernels::kPanelColumns) {
      const int64_t count = std::min(kernels::kPanelColumns, 4 * kSize - row);
      kernels::PackPanel(kType,
                         std::span(weights_).subspan(static_cast<size_t>(row * kSize),
                                                     static_cast<size_t>(count * kSize)),
                         count, kSize,
                         packed_.data() + static_cast<size_t>(row / kernels::kPanelColumns) *
                                              kernels::PanelSizeBytes(kType, kSize));
    }
    layer_.size = kSize;
    layer_.recurrent.weights = {.type = kType, .n = 4 * kSize, .k = kSize, .data = packed_.data()};
  }

  std::vector<float> weights_;
  AlignedArray packed_;
  LstmLayer layer_;
};

TEST_P(LstmTest, StepsAgreeWithDoublePrecisionForEveryStream) {
  const Kernels kernels(GetParam());
  std::vector<float> cell(kStreams * kSize), hidden(kStreams * kSize);
  std::vector<double> expected_cell(kStreams * kSize), expected_hidden(kStreams * kSize);
  for (uint64_t step = 0; step < 5; ++step) {
    auto gates = RandomFloats(kStreams * 4 * kSize, 10 + step);
    std::vector<double> sums(gates.begin(), gates.end());
    for (size_t row = 0; row < sums.size(); ++row) {
      const size_t stream = row / (4 * kSize), gate = row % (4 * kSize);
      for (size_t i = 0; i < kSize; ++i) {
        sums[row] += weights_[gate * kSize + i] * expected_hidden[stream * kSize + i];
      }
    }
    for (size_t i = 0; i < expected_cell.size(); ++i) {
      const double* gate = sums.data() + i / kSize * 4 * kSize + i % kSize;
      expected_cell[i] =
          Sigmoid(gate[kSize]) * expected_cell[i] + Sigmoid(gate[0]) * std::tanh(gate[2 * kSize]);
      expected_hidden[i] = Sigmoid(gate[3 * kSize]) * std::tanh(expected_cell[i]);
    }
    StepLstm(kernels, layer_, kStreams, gates.data(), cell.data(), hidden.data());
    for (size_t i = 0; i < cell.size(); ++i) {
      EXPECT_NEAR(cell[i], expected_cell[i], 1e-5);
      EXPECT_NEAR(hidden[i], expected_hidden[i], 1e-5);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, LstmTest, testing::ValuesIn(SupportedCpuLevels()),
                         [](const auto& level) { return std::string(CpuLevelName(level.param)); });

}  // namespace
}  // namespace ironscribe::nn
