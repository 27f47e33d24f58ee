// Speed of one core on the rows of Whisper: elements (G/s), for rows in the first-level cache and,
// for softmax, as attention meets them: a block of scores in the second level.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "kernels/rowwise/rowwise.h"

namespace ironscribe::kernels {
namespace {

// Buffers of the largest case.
struct Rows {
  Rows(int64_t rows, int64_t n)
      : from(static_cast<size_t>(rows * n)),
        floats(from.size()),
        words(from.size()),
        bytes(from.size()) {
    Random random(1);
    for (float& value : from) value = static_cast<float>(random.NextUnit() * 16 - 8);
  }
  std::vector<float> from, floats;
  std::vector<uint16_t> words;
  std::vector<int8_t> bytes;
};

using RowFunction = std::function<void(const RowwiseKernels&, Rows&, int64_t at, int64_t n)>;

void RunRows(benchmark::State& state, CpuLevel level, const RowFunction& function) {
  const int64_t rows = state.range(0), n = state.range(1);
  const RowwiseKernels& kernels = RowwiseKernelsFor(level);
  Rows data(rows, n);
  for (auto _ : state) {
    for (int64_t row = 0; row < rows; ++row) function(kernels, data, row * n, n);
    benchmark::ClobberMemory();
  }
  state.counters["G/s"] = benchmark::Counter(1e-9 * static_cast<double>(rows * n),
                                             benchmark::Counter::kIsIterationInvariantRate);
}

struct Operation {
  const char* name;
  RowFunction function;
  std::vector<std::pair<int64_t, int64_t>> shapes;  // Rows and columns.
};

// Columns: the widths of tiny, base and large-v3, their feed-forward layers, 1,500 positions, the
// vocabulary.
const std::vector<std::pair<int64_t, int64_t>> kWidths = {{1, 384}, {1, 512}, {1, 1280}};
const std::vector<std::pair<int64_t, int64_t>> kInner = {{1, 1536}, {1, 2048}, {1, 5120}};

std::vector<Operation> Operations() {
  return {
      {"LayerNorm",
       [](const RowwiseKernels& k, Rows& d, int64_t at, int64_t n) {
         k.layer_norm(d.from.data() + at, d.from.data(), d.from.data(), n, d.floats.data() + at);
       },
       kWidths},
      // It works in place, so each time begins with a copy.
      {"Gelu",
       [](const RowwiseKernels& k, Rows& d, int64_t at, int64_t n) {
         std::copy_n(d.from.data() + at, n, d.floats.data() + at);
         k.gelu(d.floats.data() + at, n);
       },
       kInner},
      {"QuantizeInt8",
       [](const RowwiseKernels& k, Rows& d, int64_t at, int64_t n) {
         int32_t sum = 0;
         benchmark::DoNotOptimize(
             k.quantize_int8(d.from.data() + at, n, n, d.bytes.data() + at, &sum));
       },
       {{1, 384}, {1, 512}, {1, 1280}, {1, 1536}}},
      {"QuantizeInt16",
       [](const RowwiseKernels& k, Rows& d, int64_t at, int64_t n) {
         benchmark::DoNotOptimize(k.quantize_int16(
             d.from.data() + at, n, n, reinterpret_cast<int16_t*>(d.words.data() + at)));
       },
       kWidths},
      {"ToBFloat16",
       [](const RowwiseKernels& k, Rows& d, int64_t at, int64_t n) {
         k.to_bfloat16(d.from.data() + at, n, n, d.words.data() + at);
       },
       {{1, 64}, {1, 384}, {1, 1536}}},
      {"SoftmaxFloat32",
       [](const RowwiseKernels& k, Rows& d, int64_t at, int64_t n) {
         std::copy_n(d.from.data() + at, n, d.floats.data() + at);
         benchmark::DoNotOptimize(k.softmax_float32(d.floats.data() + at, n, n));
       },
       {{1, 100}, {1, 1500}, {48, 1500}}},
      {"SoftmaxBFloat16",
       [](const RowwiseKernels& k, Rows& d, int64_t at, int64_t n) {
         benchmark::DoNotOptimize(
             k.softmax_bfloat16(d.from.data() + at, n, n, d.words.data() + at));
       },
       {{1, 1500}, {48, 1500}}},
      {"Maximum",
       [](const RowwiseKernels& k, Rows& d, int64_t at, int64_t n) {
         benchmark::DoNotOptimize(k.maximum(d.from.data() + at, n));
       },
       {{1, 1500}, {1, 51865}}},
      {"SumExp",
       [](const RowwiseKernels& k, Rows& d, int64_t at, int64_t n) {
         benchmark::DoNotOptimize(k.sum_exp(d.from.data() + at, n, 8.0f, 1.0f));
       },
       {{1, 51865}}},
  };
}

// One query over `count` earlier positions: multiply-adds of scores and sum.
void RunAttend(benchmark::State& state, CpuLevel level) {
  constexpr int64_t kHeadSize = 64;  // Of every Whisper model.
  const int64_t heads = state.range(0), count = state.range(1), width = heads * kHeadSize;
  Rows data(count * 2 + 1, width);
  std::vector<const float*> keys, values;
  for (int64_t p = 0; p < count; ++p) {
    keys.push_back(data.from.data() + (2 * p + 1) * width);
    values.push_back(data.from.data() + (2 * p + 2) * width);
  }
  std::vector<float> scores(static_cast<size_t>(count));
  for (auto _ : state) {
    RowwiseKernelsFor(level).attend(data.from.data(), keys.data(), values.data(), count, heads,
                                    kHeadSize, scores.data(), data.floats.data());
    benchmark::ClobberMemory();
  }
  state.counters["GOP/s"] = benchmark::Counter(4e-9 * static_cast<double>(count * width),
                                               benchmark::Counter::kIsIterationInvariantRate);
}

// Every level of this machine, the highest first.
[[maybe_unused]] const bool kRegistered = [] {
  std::vector<CpuLevel> levels = SupportedCpuLevels();
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    const std::string suffix = "/" + std::string(CpuLevelName(*level));
    for (const Operation& operation : Operations()) {
      auto* bench = benchmark::RegisterBenchmark(
          (operation.name + suffix).c_str(),
          [level = *level, function = operation.function](benchmark::State& state) {
            RunRows(state, level, function);
          });
      bench->MinTime(0.05);
      for (auto [rows, n] : operation.shapes) bench->Args({rows, n});
    }
    benchmark::RegisterBenchmark(
        ("Attend" + suffix).c_str(),
        [level = *level](benchmark::State& state) { RunAttend(state, level); })
        ->MinTime(0.05)
        ->Args({6, 30})
        ->Args({8, 100})
        ->Args({20, 224});
  }
  return true;
}();

}  // namespace
}  // namespace ironscribe::kernels
