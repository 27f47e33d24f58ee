// Speed of one core on the products of Whisper: GOP/s (multiply and add counted as two).
#include <benchmark/benchmark.h>

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

// Arguments: type, rows, n, k, level.
void BM_Linear(benchmark::State& state) {
  const auto type = static_cast<LinearType>(state.range(0));
  const int64_t rows = state.range(1), n = state.range(2), k = state.range(3);
  const auto level = static_cast<CpuLevel>(state.range(4));
  if (level > DetectCpuLevel()) return state.SkipWithError("level not supported by this machine");
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

void Shapes(benchmark::internal::Benchmark* bench) {
  for (int level : {2, 1}) {
    for (int type : {0, 1, 2, 3}) {
      for (int rows : {1, 8, 96, 1500}) {
        for (auto [n, k] : {std::pair{1536, 384}, std::pair{384, 1536}, std::pair{2048, 512}}) {
          bench->Args({type, rows, n, k, level});
        }
      }
      bench->Args({type, 8, 51864, 384, level});
      bench->Args({type, 1500, 64, 1500, level});
      bench->Args({type, 1500, 1500, 64, level});
    }
  }
}
BENCHMARK(BM_Linear)->Apply(Shapes)->MinTime(0.05);

}  // namespace
}  // namespace ironscribe::kernels
