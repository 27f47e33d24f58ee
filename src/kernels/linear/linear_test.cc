#include "kernels/linear/linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "base/random.h"
#include "tensor/tensor.h"

namespace ironscribe::kernels {
namespace {

constexpr LinearType kTypes[] = {LinearType::kFloat32, LinearType::kBFloat16, LinearType::kInt8,
                                 LinearType::kInt8Wide};

// 64-byte aligned memory, as panels require.
class AlignedBytes {
 public:
  explicit AlignedBytes(size_t size) : storage_(size + 64) {}
  std::byte* data() {
    return reinterpret_cast<std::byte*>((reinterpret_cast<uintptr_t>(storage_.data()) + 63) / 64 *
                                        64);
  }

 private:
  std::vector<std::byte> storage_;
};

std::vector<float> RandomFloats(size_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.NextUnit() * 2 - 1);
  return values;
}

// One product with everything it needs: exact inputs as the kernel sees them, kept as doubles too.
struct Problem {
  Problem(LinearType linear_type, int64_t num_rows, int64_t columns, int64_t depth, uint64_t seed)
      : type(linear_type),
        rows(num_rows),
        n(columns),
        k(depth),
        weights(PackedSizeBytes(type, n, k)),
        a(ActivationRowBytes(type, k) * static_cast<size_t>(rows)),
        exact_a(static_cast<size_t>(rows * k)),
        scales(static_cast<size_t>(rows)),
        sums(static_cast<size_t>(rows)),
        bias(RandomFloats(static_cast<size_t>(n), seed + 1)),
        residual(RandomFloats(static_cast<size_t>(rows * n), seed + 2)),
        w(RandomFloats(static_cast<size_t>(n * k), seed + 3)) {
    for (int64_t panel = 0; panel * kPanelColumns < n; ++panel) {
      const int64_t count = std::min(kPanelColumns, n - panel * kPanelColumns);
      PackPanel(type,
                std::span(w).subspan(static_cast<size_t>(panel * kPanelColumns * k),
                                     static_cast<size_t>(count * k)),
                count, k, weights.data() + static_cast<size_t>(panel) * PanelSizeBytes(type, k));
    }
    FillActivations(seed + 4);
  }

  void FillActivations(uint64_t seed) {
    Random random(seed);
    const size_t row_bytes = ActivationRowBytes(type, k);
    std::memset(a.data(), 0, row_bytes * static_cast<size_t>(rows));
    for (int64_t row = 0; row < rows; ++row) {
      scales[static_cast<size_t>(row)] = static_cast<float>(0.001 + 0.01 * random.NextUnit());
      for (int64_t i = 0; i < k; ++i) PutActivation(row, i, random.NextUnit() * 2 - 1);
    }
  }

  void PutActivation(int64_t row, int64_t i, double unit) {
    std::byte* at = a.data() + ActivationRowBytes(type, k) * static_cast<size_t>(row);
    double& exact = exact_a[static_cast<size_t>(row * k + i)];
    const auto float_value = static_cast<float>(unit);
    const double scale = scales[static_cast<size_t>(row)];
    if (type == LinearType::kFloat32) {
      std::memcpy(at + i * 4, &float_value, 4);
      exact = float_value;
    } else if (type == LinearType::kBFloat16) {
      const uint16_t word = tensor::BFloat16FromFloat(float_value);
      std::memcpy(at + i * 2, &word, 2);
      exact = tensor::FloatFromBFloat16(word);
    } else if (type == LinearType::kInt8) {
      const auto value = static_cast<int8_t>(std::lround(unit * 127));
      std::memcpy(at + i, &value, 1);
      sums[static_cast<size_t>(row)] += value;
      exact = value * scale;
    } else {
      const auto value = static_cast<int16_t>(std::lround(unit * 32767));
      std::memcpy(at + i * 2, &value, 2);
      exact = value * scale;
    }
  }

  std::vector<float> Multiply(CpuLevel level, int64_t row_begin, int64_t row_count) {
    std::vector<float> out(static_cast<size_t>(row_count * n));
    const PackedMatrix b{.type = type, .n = n, .k = k, .data = weights.data()};
    const auto row_bytes = static_cast<int64_t>(ActivationRowBytes(type, k));
    MultiplyPanels(level, {.a = {.data = a.data() + row_begin * row_bytes,
                                 .stride_bytes = row_bytes,
                                 .scales = scales.data() + row_begin,
                                 .sums = sums.data() + row_begin},
                           .rows = row_count,
                           .b = &b,
                           .panel_begin = 0,
                           .panel_end = b.num_panels(),
                           .bias = bias.data(),
                           .residual = residual.data() + row_begin * n,
                           .out = out.data(),
                           .out_stride = n});
    return out;
  }

  // Largest error that the type's rounding of the weights and of k sums may cause, times 2 for
  // slack.
  double Tolerance() const {
    const double magnitude = type == LinearType::kInt8       ? 127 * 0.011
                             : type == LinearType::kInt8Wide ? 32767 * 0.011
                                                             : 1.0;
    const double sum_error =
        1.2e-7 * std::sqrt(static_cast<double>(k)) * static_cast<double>(k) * magnitude;
    double weight_error = 0;
    if (type == LinearType::kBFloat16) weight_error = 1.0 / 512;
    if (type == LinearType::kInt8 || type == LinearType::kInt8Wide) weight_error = 0.5 / 127;
    // Independent errors add like their root; 6 standard deviations.
    return 6 * weight_error * std::sqrt(static_cast<double>(k)) * magnitude + 2 * sum_error + 1e-6;
  }

  LinearType type;
  int64_t rows, n, k;
  AlignedBytes weights, a;
  std::vector<double> exact_a;
  std::vector<float> scales;
  std::vector<int32_t> sums;
  std::vector<float> bias, residual, w;
};

TEST(LinearTest, AgreesWithDoublePrecision) {
  for (CpuLevel level : SupportedCpuLevels()) {
    for (LinearType type : kTypes) {
      for (auto [rows, n, k] :
           {std::tuple{1, 64, 64}, std::tuple{7, 100, 80}, std::tuple{13, 129, 240},
            std::tuple{2, 1, 3}, std::tuple{5, 384, 1536}}) {
        Problem problem(type, rows, n, k, 17);
        const std::vector<float> out = problem.Multiply(level, 0, rows);
        for (int64_t row = 0; row < rows; ++row) {
          for (int64_t c = 0; c < n; ++c) {
            double sum = problem.bias[static_cast<size_t>(c)] +
                         problem.residual[static_cast<size_t>(row * n + c)];
            for (int64_t i = 0; i < k; ++i) {
              sum += problem.exact_a[static_cast<size_t>(row * k + i)] *
                     problem.w[static_cast<size_t>(c * k + i)];
            }
            ASSERT_NEAR(out[static_cast<size_t>(row * n + c)], sum, problem.Tolerance())
                << CpuLevelName(level) << " type " << static_cast<int>(type) << " " << rows << "x"
                << n << "x" << k;
          }
        }
      }
    }
  }
}

TEST(LinearTest, ARowDoesNotDependOnItsNeighbours) {
  for (CpuLevel level : SupportedCpuLevels()) {
    for (LinearType type : kTypes) {
      Problem problem(type, 17, 200, 192, 5);
      const std::vector<float> all = problem.Multiply(level, 0, 17);
      for (int64_t begin = 0; begin < 17; ++begin) {
        for (int64_t count = 1; begin + count <= 17; count += 3) {
          const std::vector<float> part = problem.Multiply(level, begin, count);
          ASSERT_EQ(std::memcmp(part.data(), all.data() + begin * 200, part.size() * 4), 0)
              << CpuLevelName(level) << " type " << static_cast<int>(type);
        }
      }
    }
  }
}

TEST(LinearTest, IntegerTypesAreEqualAcrossLevels) {
  for (LinearType type : {LinearType::kInt8, LinearType::kInt8Wide}) {
    for (auto [rows, n, k] : {std::tuple{11, 320, 448}, std::tuple{6, 64, 100},
                              std::tuple{1, 70, 4}, std::tuple{4, 17, 388}}) {
      Problem problem(type, rows, n, k, 9);
      const std::vector<float> portable = problem.Multiply(CpuLevel::kPortable, 0, rows);
      for (CpuLevel level : SupportedCpuLevels()) {
        const std::vector<float> out = problem.Multiply(level, 0, rows);
        EXPECT_EQ(std::memcmp(out.data(), portable.data(), out.size() * 4), 0)
            << CpuLevelName(level) << " " << rows << "x" << n << "x" << k;
      }
    }
  }
}

// The extremes of 8 bits on both sides, over the longest depth in use (4 * 1280 of large-v3).
TEST(LinearTest, ExtremeIntegersDoNotSaturate) {
  constexpr int64_t kDepth = 5120, kRows = 3;
  for (CpuLevel level : SupportedCpuLevels()) {
    for (int sign : {1, -1}) {
      Problem problem(LinearType::kInt8, kRows, 64, kDepth, 3);
      std::vector<float> ones(64 * kDepth, 1.0f);
      PackPanel(LinearType::kInt8, ones, 64, kDepth, problem.weights.data());
      std::memset(problem.a.data(), sign * 127, kRows * kDepth);
      problem.scales.assign(kRows, 1.0f);
      problem.sums.assign(kRows, sign * 127 * static_cast<int32_t>(kDepth));
      problem.bias.assign(64, 0);
      problem.residual.assign(kRows * 64, 0);
      for (float value : problem.Multiply(level, 0, kRows)) {
        ASSERT_NEAR(value, sign * 127.0 * kDepth, 1.0) << CpuLevelName(level);
      }
    }
  }
}

// The extremes of 16 bits on the left, where a group of 64 comes closest to 2^31.
TEST(LinearTest, ExtremeWideIntegersDoNotOverflow) {
  constexpr int64_t kDepth = 1280;
  for (CpuLevel level : SupportedCpuLevels()) {
    Problem problem(LinearType::kInt8Wide, 1, 64, kDepth, 3);
    std::vector<float> ones(64 * kDepth, 1.0f);
    PackPanel(LinearType::kInt8Wide, ones, 64, kDepth, problem.weights.data());
    for (int64_t i = 0; i < kDepth; ++i) {
      const int16_t value = -32767;
      std::memcpy(problem.a.data() + 2 * i, &value, sizeof(value));
    }
    problem.scales[0] = 1.0f;
    problem.bias.assign(64, 0);
    problem.residual.assign(64, 0);
    for (float value : problem.Multiply(level, 0, 1)) {
      ASSERT_NEAR(value, -32767.0 * kDepth, 32767.0 * kDepth * 1e-6) << CpuLevelName(level);
    }
  }
}

}  // namespace
}  // namespace ironscribe::kernels
