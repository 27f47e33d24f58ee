#include "kernels/rowwise/rowwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "tensor/tensor.h"

namespace ironscribe::kernels {
namespace {

std::vector<float> RandomFloats(size_t count, uint64_t seed, double range) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>((random.NextUnit() * 2 - 1) * range);
  return values;
}

class RowwiseTest : public testing::TestWithParam<CpuLevel> {
 protected:
  const RowwiseKernels& kernels() const { return RowwiseKernelsFor(GetParam()); }
};

TEST_P(RowwiseTest, LayerNormAgreesWithDoublePrecision) {
  for (size_t n : {1u, 15u, 16u, 384u, 517u}) {
    const auto x = RandomFloats(n, n, 4), gamma = RandomFloats(n, n + 1, 2),
               beta = RandomFloats(n, n + 2, 1);
    std::vector<float> out(n);
    kernels().layer_norm(x.data(), gamma.data(), beta.data(), static_cast<int64_t>(n), out.data());
    double mean = 0, variance = 0;
    for (float value : x) mean += value / static_cast<double>(n);
    for (float value : x) variance += (value - mean) * (value - mean) / static_cast<double>(n);
    for (size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(out[i], (x[i] - mean) / std::sqrt(variance + 1e-5) * gamma[i] + beta[i], 1e-5)
          << n;
    }
  }
}

TEST_P(RowwiseTest, GeluAgreesWithErf) {
  auto x = RandomFloats(1003, 1, 9);
  x[0] = 0;
  x[1] = -1e30f;
  x[2] = 1e30f;
  const auto before = x;
  kernels().gelu(x.data(), static_cast<int64_t>(x.size()));
  for (size_t i = 0; i < x.size(); ++i) {
    const double value = before[i];
    EXPECT_NEAR(x[i], value * 0.5 * (1 + std::erf(value / std::sqrt(2.0))), 2e-6) << value;
  }
  EXPECT_EQ(x[0], 0.0f);
}

// Small inputs keep their relative accuracy: gelu(x) is x / 2 there.
TEST_P(RowwiseTest, GeluOfSmallValues) {
  std::vector<float> x;
  for (float value = 0.1f; value > 1e-20f; value *= 0.3f) x.insert(x.end(), {value, -value});
  const auto before = x;
  kernels().gelu(x.data(), static_cast<int64_t>(x.size()));
  for (size_t i = 0; i < x.size(); ++i) {
    const double value = before[i];
    const double expected = value * 0.5 * std::erfc(-value / std::sqrt(2.0));
    EXPECT_NEAR(x[i] / expected, 1, 4e-5) << value;
  }
}

TEST_P(RowwiseTest, QuantisationRoundsToTheGrid) {
  const auto x = RandomFloats(101, 7, 3);
  std::vector<int8_t> bytes(104, 99);
  int32_t sum = 0;
  const float scale8 = kernels().quantize_int8(x.data(), 101, 104, bytes.data(), &sum);
  std::vector<int16_t> words(128, 99);
  const float scale16 = kernels().quantize_int16(x.data(), 101, 128, words.data());
  int32_t expected_sum = 0;
  for (size_t i = 0; i < 101; ++i) {
    EXPECT_NEAR(bytes[i] * scale8, x[i], scale8 * 0.5001);
    EXPECT_NEAR(words[i] * scale16, x[i], scale16 * 0.51);
    expected_sum += bytes[i];
  }
  EXPECT_EQ(sum, expected_sum);
  for (size_t i = 101; i < 104; ++i) EXPECT_EQ(bytes[i], 0);
  for (size_t i = 101; i < 128; ++i) EXPECT_EQ(words[i], 0);
}

TEST_P(RowwiseTest, AllZerosQuantiseToZero) {
  const std::vector<float> x(32, 0.0f);
  std::vector<int8_t> bytes(32, 1);
  int32_t sum = 1;
  EXPECT_EQ(kernels().quantize_int8(x.data(), 32, 32, bytes.data(), &sum), 0.0f);
  EXPECT_EQ(sum, 0);
  EXPECT_EQ(bytes, std::vector<int8_t>(32, 0));
}

TEST_P(RowwiseTest, BFloat16RoundsLikeTheScalarForm) {
  const auto x = RandomFloats(77, 11, 100);
  std::vector<uint16_t> words(80, 1);
  kernels().to_bfloat16(x.data(), 77, 80, words.data());
  for (size_t i = 0; i < 77; ++i) EXPECT_EQ(words[i], tensor::BFloat16FromFloat(x[i]));
  for (size_t i = 77; i < 80; ++i) EXPECT_EQ(words[i], 0);
}

TEST_P(RowwiseTest, SoftmaxSumsAndStaysInOrder) {
  auto x = RandomFloats(1500, 13, 20);
  const auto before = x;
  x.resize(1536, 5.0f);
  const float sum = kernels().softmax_float32(x.data(), 1500, 1536);
  double largest = -1e9, expected_sum = 0;
  for (float value : before) largest = std::max<double>(largest, value);
  for (float value : before) expected_sum += std::exp(value - largest);
  EXPECT_NEAR(sum, expected_sum, 1e-5 * expected_sum);
  for (size_t i = 0; i < 1500; ++i) {
    EXPECT_NEAR(x[i], std::exp(before[i] - largest), 3e-7 + 2e-6 * x[i]);
  }
  for (size_t i = 1500; i < 1536; ++i) EXPECT_EQ(x[i], 0.0f);
}

// Half of the last place of bfloat16 is at most 2^-8; the power may be off by another 2e-4.
TEST_P(RowwiseTest, SoftmaxInBFloat16) {
  for (size_t n : {1u, 2u, 15u, 16u, 17u, 47u, 64u, 1500u}) {
    const auto x = RandomFloats(n, 17 + n, 20);
    const size_t padded = (n + 1) / 2 * 2;
    std::vector<uint16_t> words(padded + 1, 0xabcd);
    const float sum = kernels().softmax_bfloat16(x.data(), static_cast<int64_t>(n),
                                                 static_cast<int64_t>(padded), words.data());
    const double largest = *std::max_element(x.begin(), x.end());
    double expected_sum = 0;
    for (size_t i = 0; i < n; ++i) {
      const double expected = std::exp(x[i] - largest);
      expected_sum += expected;
      EXPECT_NEAR(tensor::FloatFromBFloat16(words[i]), expected,
                  expected * (1.0 / 256 + 2e-4) + 1e-30)
          << n;
    }
    EXPECT_NEAR(sum, expected_sum, 2e-4 * expected_sum) << n;
    for (size_t i = n; i < padded; ++i) EXPECT_EQ(words[i], 0) << n;
    EXPECT_EQ(words[padded], 0xabcd) << n;
  }
}

// Scores far apart: what is too small for a float is zero, not a denormal's remains or worse.
TEST_P(RowwiseTest, SoftmaxOfFarScores) {
  const std::vector<float> x = {0.0f, -50.0f, -86.0f, -110.0f, -1e4f, -1e30f, -INFINITY};
  std::vector<float> floats = x;
  floats.resize(8, 1.0f);
  std::vector<uint16_t> words(8, 1);
  EXPECT_FLOAT_EQ(kernels().softmax_float32(floats.data(), 7, 8), 1.0f);
  EXPECT_NEAR(kernels().softmax_bfloat16(x.data(), 7, 8, words.data()), 1.0f, 2e-4);
  EXPECT_NEAR(floats[1] / std::exp(-50.0), 1, 1e-5);
  EXPECT_NEAR(floats[2] / std::exp(-86.0), 1, 1e-5);
  for (size_t i = 3; i < 8; ++i) {
    EXPECT_EQ(floats[i], 0.0f) << i;
    EXPECT_EQ(words[i], 0) << i;
  }
}

TEST_P(RowwiseTest, LargeScoresKeepTheirRatios) {
  std::vector<float> x = {1000.0f, 999.0f, 990.0f};
  std::vector<uint16_t> words(4);
  const float sum = kernels().softmax_bfloat16(x.data(), 3, 4, words.data());
  EXPECT_NEAR(tensor::FloatFromBFloat16(words[1]) / sum, std::exp(-1) / (1 + std::exp(-1)), 2e-3);
}

TEST_P(RowwiseTest, SumExpIgnoresMinusInfinity) {
  std::vector<float> x = {1.0f, -INFINITY, 3.0f, -INFINITY};
  EXPECT_EQ(kernels().maximum(x.data(), 4), 3.0f);
  EXPECT_NEAR(kernels().sum_exp(x.data(), 4, 3.0f, 1.0f), 1 + std::exp(-2.0), 1e-6);
  EXPECT_NEAR(kernels().sum_exp(x.data(), 4, 3.0f, 0.5f), 1 + std::exp(-1.0), 1e-6);
}

TEST_P(RowwiseTest, AttendAgreesWithDoublePrecision) {
  constexpr int64_t kHeads = 3, kSize = 20, kCount = 37;
  const auto query = RandomFloats(kHeads * kSize, 1, 1);
  const auto k = RandomFloats(kHeads * kSize * kCount, 2, 1),
             v = RandomFloats(kHeads * kSize * kCount, 3, 1);
  std::vector<const float*> keys, values;
  for (int64_t p = 0; p < kCount; ++p) {
    keys.push_back(k.data() + p * kHeads * kSize);
    values.push_back(v.data() + p * kHeads * kSize);
  }
  std::vector<float> scores(kCount), out(kHeads * kSize);
  kernels().attend(query.data(), keys.data(), values.data(), kCount, kHeads, kSize, scores.data(),
                   out.data());
  for (int64_t h = 0; h < kHeads; ++h) {
    std::vector<double> weight(kCount, 0);
    double total = 0;
    for (int64_t p = 0; p < kCount; ++p) {
      double score = 0;
      for (int64_t i = 0; i < kSize; ++i)
        score += query[static_cast<size_t>(h * kSize + i)] *
                 double{keys[static_cast<size_t>(p)][h * kSize + i]};
      total += weight[static_cast<size_t>(p)] = std::exp(score);
    }
    for (int64_t i = 0; i < kSize; ++i) {
      double expected = 0;
      for (int64_t p = 0; p < kCount; ++p)
        expected +=
            weight[static_cast<size_t>(p)] / total * values[static_cast<size_t>(p)][h * kSize + i];
      EXPECT_NEAR(out[static_cast<size_t>(h * kSize + i)], expected, 1e-5);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, RowwiseTest, testing::ValuesIn(SupportedCpuLevels()),
                         [](const auto& level) { return std::string(CpuLevelName(level.param)); });

TEST(RowwiseDotTest, AgreesWithDoublePrecision) {
  for (CpuLevel level : SupportedCpuLevels()) {
    for (int64_t n : {1, 15, 16, 33, 384, 1280}) {
      Random random(static_cast<uint64_t>(n));
      std::vector<float> x;
      std::vector<uint16_t> w;
      double expected = 0, magnitude = 0;
      for (int64_t i = 0; i < n; ++i) {
        x.push_back(static_cast<float>(random.NextUnit() * 2 - 1));
        w.push_back(tensor::BFloat16FromFloat(static_cast<float>(random.NextUnit() * 2 - 1)));
        const double product = double{x.back()} * tensor::FloatFromBFloat16(w.back());
        expected += product;
        magnitude += std::fabs(product);
      }
      // n / 16 additions a lane and the product itself, each off by half a unit in the last place.
      const double tolerance = magnitude * (static_cast<double>(n) / 16 + 6) * 6e-8;
      EXPECT_NEAR(RowwiseKernelsFor(level).dot_bfloat16(x.data(), w.data(), n), expected, tolerance)
          << CpuLevelName(level) << " " << n;
    }
  }
}

}  // namespace
}  // namespace ironscribe::kernels
