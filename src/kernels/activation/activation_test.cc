#include "kernels/activation/activation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"

namespace ironscribe::kernels {
namespace {

// Whole vectors, remainders and less than one vector.
constexpr size_t kSizes[] = {1, 15, 16, 37, 128};

std::vector<float> RandomFloats(size_t count, uint64_t seed, double range) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>((random.NextUnit() * 2 - 1) * range);
  return values;
}

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

class ActivationTest : public testing::TestWithParam<CpuLevel> {
 protected:
  const ActivationKernels& kernels() const { return ActivationKernelsFor(GetParam()); }
};

TEST_P(ActivationTest, ReluKeepsWhatIsPositive) {
  for (size_t n : kSizes) {
    const auto before = RandomFloats(n, n, 3);
    auto x = before;
    x.push_back(-7.0f);  // Beyond the end.
    kernels().relu(x.data(), static_cast<int64_t>(n));
    for (size_t i = 0; i < n; ++i) EXPECT_EQ(x[i], std::fmax(before[i], 0.0f));
    EXPECT_EQ(x[n], -7.0f);
  }
}

TEST_P(ActivationTest, SigmoidAgreesWithDoublePrecision) {
  for (size_t n : kSizes) {
    const auto before = RandomFloats(n, n + 100, 20);
    auto x = before;
    kernels().sigmoid(x.data(), static_cast<int64_t>(n));
    for (size_t i = 0; i < n; ++i) EXPECT_NEAR(x[i], Sigmoid(before[i]), 2e-7) << before[i];
  }
  std::vector<float> far = {-1e30f, 1e30f, 0.0f};
  kernels().sigmoid(far.data(), 3);
  EXPECT_EQ(far[1], 1.0f);
  EXPECT_EQ(far[2], 0.5f);
  EXPECT_GE(far[0], 0.0f);
  EXPECT_LT(far[0], 1e-30f);
}

TEST_P(ActivationTest, MagnitudeAgreesWithDoublePrecision) {
  for (size_t n : kSizes) {
    const auto real = RandomFloats(n, n, 5), imaginary = RandomFloats(n, n + 1, 5);
    std::vector<float> out(n + 1, 9.0f);
    kernels().magnitude(real.data(), imaginary.data(), static_cast<int64_t>(n), out.data());
    for (size_t i = 0; i < n; ++i) {
      const double expected = std::hypot(double{real[i]}, double{imaginary[i]});
      EXPECT_NEAR(out[i], expected, 2e-7 * expected);
    }
    EXPECT_EQ(out[n], 9.0f);
  }
}

TEST_P(ActivationTest, LstmCellAgreesWithDoublePrecision) {
  for (size_t n : kSizes) {
    const auto gates = RandomFloats(4 * n, n, 9);
    const auto before = RandomFloats(n, n + 7, 2);
    auto cell = before;
    std::vector<float> hidden(n);
    kernels().lstm_cell(gates.data(), static_cast<int64_t>(n), cell.data(), hidden.data());
    for (size_t i = 0; i < n; ++i) {
      const double next = Sigmoid(gates[n + i]) * before[i] +
                          Sigmoid(gates[i]) * std::tanh(double{gates[2 * n + i]});
      EXPECT_NEAR(cell[i], next, 1e-6);
      EXPECT_NEAR(hidden[i], Sigmoid(gates[3 * n + i]) * std::tanh(next), 1e-6);
    }
  }
}

// Batches must equal their members, so an element may not depend on where in the array it stands.
TEST_P(ActivationTest, ElementsDoNotDependOnTheirPlace) {
  const auto values = RandomFloats(40, 3, 6);
  auto whole = values;
  kernels().sigmoid(whole.data(), 40);
  for (size_t i = 0; i < 40; ++i) {
    float one = values[i];
    kernels().sigmoid(&one, 1);
    EXPECT_EQ(one, whole[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, ActivationTest, testing::ValuesIn(SupportedCpuLevels()),
                         [](const auto& level) { return std::string(CpuLevelName(level.param)); });

}  // namespace
}  // namespace ironscribe::kernels
