#include "nn/linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "base/random.h"

namespace ironscribe::nn {
namespace {

using kernels::LinearType;

std::vector<float> RandomFloats(size_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.NextUnit() * 2 - 1);
  return values;
}

struct PackedLayer {
  PackedLayer(LinearType type, int64_t n, int64_t k)
      : weights(RandomFloats(static_cast<size_t>(n * k), 1)),
        bias(RandomFloats(static_cast<size_t>(n), 2)) {
    bytes.Resize(kernels::PackedSizeBytes(type, n, k));
    for (int64_t column = 0; column < n; column += kernels::kPanelColumns) {
      const int64_t count = std::min(kernels::kPanelColumns, n - column);
      kernels::PackPanel(type,
                         std::span(weights).subspan(static_cast<size_t>(column * k),
                                                    static_cast<size_t>(count * k)),
                         count, k,
                         bytes.data() + static_cast<size_t>(column / kernels::kPanelColumns) *
                                            kernels::PanelSizeBytes(type, k));
    }
    layer = {.weights = {.type = type, .n = n, .k = k, .data = bytes.data()}, .bias = bias.data()};
  }
  std::vector<float> weights, bias;
  AlignedArray bytes;
  LinearLayer layer;
};

// Relative error that two 8-bit (or 8- and 16-bit, bfloat16, float32) sides may leave in a sum of k
// products of values in [-1, 1]: quantisation steps of 1/254 on each 8-bit side, random signs.
double Tolerance(LinearType type, int64_t k) {
  const double root = std::sqrt(static_cast<double>(k));
  switch (type) {
    case LinearType::kFloat32:
      return 1e-5;
    case LinearType::kBFloat16:
      return 4 * root / 512;
    case LinearType::kInt8:
      return 4 * root / 127;
    case LinearType::kInt8Wide:
      return 4 * root / 254;
  }
  return 0;
}

class LinearLayerTest : public testing::TestWithParam<CpuLevel> {};

TEST_P(LinearLayerTest, EveryArithmeticApproximatesTheProduct) {
  const Kernels kernels(GetParam());
  constexpr int64_t kRows = 9, kN = 130, kK = 192;
  for (LinearType type :
       {LinearType::kFloat32, LinearType::kBFloat16, LinearType::kInt8, LinearType::kInt8Wide}) {
    const PackedLayer packed(type, kN, kK);
    const std::vector<float> x = RandomFloats(kRows * kK, 3);
    RowBuffer rows;
    rows.Reset(type, kRows, kK);
    for (int64_t row = 0; row < kRows; ++row) rows.Set(kernels, row, x.data() + row * kK);
    std::vector<float> out(kRows * kN);
    ApplyLinear(kernels, packed.layer, rows.view(), kRows, {.out = out.data(), .out_stride = kN});
    for (int64_t row = 0; row < kRows; ++row) {
      for (int64_t n = 0; n < kN; ++n) {
        double sum = packed.bias[static_cast<size_t>(n)];
        for (int64_t i = 0; i < kK; ++i)
          sum += double{x[static_cast<size_t>(row * kK + i)]} *
                 packed.weights[static_cast<size_t>(n * kK + i)];
        ASSERT_NEAR(out[static_cast<size_t>(row * kN + n)], sum, Tolerance(type, kK))
            << static_cast<int>(type);
      }
    }
  }
}

TEST_P(LinearLayerTest, ThreadsDoNotChangeTheResult) {
  const Kernels kernels(GetParam());
  const PackedLayer packed(LinearType::kInt8Wide, 1000, 128);
  const std::vector<float> x = RandomFloats(3 * 128, 5);
  RowBuffer rows;
  rows.Reset(LinearType::kInt8Wide, 3, 128);
  for (int64_t row = 0; row < 3; ++row) rows.Set(kernels, row, x.data() + row * 128);
  std::vector<float> alone(3000), together(3000);
  ApplyLinear(kernels, packed.layer, rows.view(), 3, {.out = alone.data(), .out_stride = 1000});
  for (int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    ApplyLinearParallel(kernels, packed.layer, rows.view(), 3,
                        {.out = together.data(), .out_stride = 1000}, pool);
    EXPECT_EQ(alone, together);
  }
}

TEST_P(LinearLayerTest, ResidualMayBeTheOutput) {
  const Kernels kernels(GetParam());
  const PackedLayer packed(LinearType::kFloat32, 64, 64);
  const std::vector<float> x = RandomFloats(64, 7);
  RowBuffer rows;
  rows.Reset(LinearType::kFloat32, 1, 64);
  rows.Set(kernels, 0, x.data());
  std::vector<float> plain(64), residual(64, 10.0f);
  ApplyLinear(kernels, packed.layer, rows.view(), 1, {.out = plain.data(), .out_stride = 64});
  ApplyLinear(kernels, packed.layer, rows.view(), 1,
              {.out = residual.data(), .out_stride = 64, .residual = residual.data()});
  for (size_t i = 0; i < 64; ++i) EXPECT_FLOAT_EQ(residual[i], plain[i] + 10.0f);
}

INSTANTIATE_TEST_SUITE_P(Levels, LinearLayerTest, testing::ValuesIn(SupportedCpuLevels()),
                         [](const auto& level) { return std::string(CpuLevelName(level.param)); });

}  // namespace
}  // namespace ironscribe::nn
