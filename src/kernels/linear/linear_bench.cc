// Speed of one core on the products of Whisper: GOP/s (multiply and add counted as two).
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "kernels/linear/linear.h"

namespace ironscribe::kernels {
namespace {

struct AlignedBytes {
  explicit AlignedBytes(size_t size) : storage(size + 64) {}
  std::byte* data() {
    return reinterpret_cast<std::byte*>((reinterpret_cast<uintptr_t>(storage.data()) + 63) / 64 *
                                        64);
  }
  std::vector<std::byte> storage;
};

constexpr const char* kTypeNames[] = {"float32", "bfloat16", "int8", "int8wide"};

// Arguments: rows, n, k.
void RunLinear(benchmark::State& state, CpuLevel level, LinearType type) {
  const int64_t rows = state.range(0), n = state.range(1), k = state.range(2);
  AlignedBytes weights(PackedSizeBytes(type, n, k)), a(ActivationRowBytes(type, k) * rows);
  std::vector<float> scales(static_cast<size_t>(rows), 1.0f), out(static_cast<size_t>(rows * n));
  std::vector<int32_t> sums(static_cast<size_t>(rows), 0);
  const PackedMatrix b{.type = type, .n = n, .k = k, .data = weights.data()};
  const LinearCall call{.a = {.data = a.data(),
                              .stride_bytes = static_cast<int64_t>(ActivationRowBytes(type, k)),
                              .scales = scales.data(),
                              .sums = sums.data()},
                        .rows = rows,
                        .b = &b,
                        .panel_begin = 0,
                        .panel_end = b.num_panels(),
                        .out = out.data(),
                        .out_stride = n};
  for (auto _ : state) {
    MultiplyPanels(level, call);
    benchmark::ClobberMemory();
  }
  state.counters["GOP/s"] = benchmark::Counter(2e-9 * static_cast<double>(rows * n * k),
                                               benchmark::Counter::kIsIterationInvariantRate);
}

// Widths of tiny, base and large-v3, as one caller, a batch of decoder rows and a window of encoder
// rows meet them; the output layer; attention's scores and weighted sums of one head.
void AddShapes(benchmark::internal::Benchmark* bench) {
  for (int rows : {1, 8, 96, 1500}) {
    for (auto [n, k] : {std::pair{1536, 384}, std::pair{384, 1536}, std::pair{2048, 512},
                        std::pair{5120, 1280}}) {
      bench->Args({rows, n, k});
    }
  }
  bench->Args({8, 51864, 384})->Args({1500, 64, 1500})->Args({1500, 1500, 64});
}

// Every level of this machine, the highest first.
[[maybe_unused]] const bool kRegistered = [] {
  std::vector<CpuLevel> levels = SupportedCpuLevels();
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    for (int type = 0; type < 4; ++type) {
      const std::string name =
          std::string("Linear/") + std::string(CpuLevelName(*level)) + "/" + kTypeNames[type];
      AddShapes(benchmark::RegisterBenchmark(name.c_str(), [level = *level,
                                                            type](benchmark::State& state) {
                  RunLinear(state, level, static_cast<LinearType>(type));
                })->MinTime(0.05));
    }
  }
  return true;
}();

}  // namespace
}  // namespace ironscribe::kernels
