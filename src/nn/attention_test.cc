#include "nn/attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
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

struct Case {
  int64_t positions, heads, head_size, rows;
};

// The first panel of one memory and the rest of the other where there is a rest, else all of it.
std::vector<MemorySpan> Spans(const KeyValues& first, const KeyValues& rest, int64_t positions) {
  const int64_t split = kernels::kPanelColumns;
  if (positions <= split) return {{&first, 0, positions}};
  return {{&first, 0, split}, {&rest, split, positions - split}};
}

class AttentionTest : public testing::TestWithParam<LinearType> {};

TEST_P(AttentionTest, AgreesWithDoublePrecision) {
  for (const Case& shape :
       {Case{7, 1, 8, 1}, Case{65, 2, 16, 5}, Case{130, 3, 64, 48}, Case{1, 2, 64, 3}}) {
    for (CpuLevel level : SupportedCpuLevels()) {
      const Kernels kernels(level);
      const int64_t width = shape.heads * shape.head_size;
      const auto k = RandomFloats(static_cast<size_t>(shape.positions * width), 1);
      const auto v = RandomFloats(static_cast<size_t>(shape.positions * width), 2);
      const auto q = RandomFloats(static_cast<size_t>(shape.rows * width), 3);
      KeyValues memory(GetParam(), shape.positions, shape.heads, shape.head_size);
      const int64_t half = shape.positions / 4 * 2;  // In two pieces, the first of even length.
      memory.Put(kernels, 0, half, k.data(), v.data(), width);
      memory.Put(kernels, half, shape.positions - half, k.data() + half * width,
                 v.data() + half * width, width);
      std::vector<float> out(static_cast<size_t>(shape.rows * width)),
          raw(static_cast<size_t>(shape.rows * shape.positions));
      AttentionScratch scratch;
      for (int64_t head = 0; head < shape.heads; ++head) {
        const int64_t at = head * shape.head_size;
        const std::vector<MemorySpan> spans = Spans(memory, memory, shape.positions);
        AttendBlock(kernels, spans, head,
                    {.query = q.data() + at,
                     .query_stride = width,
                     .rows = shape.rows,
                     .out = out.data() + at,
                     .out_stride = width,
                     .raw_scores = raw.data()},
                    scratch);
        // Rounding keys, queries, weights and values to 8 bits of mantissa, or keys and values to 8
        // bits of the largest.
        const double tolerance = GetParam() == LinearType::kFloat32 ? 1e-5 : 0.02;
        for (int64_t row = 0; row < shape.rows; ++row) {
          std::vector<double> weight;
          double total = 0;
          for (int64_t p = 0; p < shape.positions; ++p) {
            double score = 0;
            for (int64_t i = 0; i < shape.head_size; ++i)
              score += double{q[static_cast<size_t>(row * width + at + i)]} *
                       k[static_cast<size_t>(p * width + at + i)];
            EXPECT_NEAR(raw[static_cast<size_t>(row * shape.positions + p)], score, tolerance * 2);
            weight.push_back(std::exp(score));
            total += weight.back();
          }
          for (int64_t i = 0; i < shape.head_size; ++i) {
            double expected = 0;
            for (int64_t p = 0; p < shape.positions; ++p)
              expected += weight[static_cast<size_t>(p)] / total *
                          v[static_cast<size_t>(p * width + at + i)];
            ASSERT_NEAR(out[static_cast<size_t>(row * width + at + i)], expected, tolerance);
          }
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, AttentionTest,
                         testing::Values(LinearType::kFloat32, LinearType::kBFloat16,
                                         LinearType::kInt8Wide));

}  // namespace
}  // namespace ironscribe::nn
