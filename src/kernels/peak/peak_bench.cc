// The loops timed: GOP/s of each arithmetic on one core, GB/s of reads from each cache and memory.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "kernels/peak/peak.h"

namespace ironscribe::kernels {
namespace {

void RunLoop(benchmark::State& state, const PeakLoop& loop) {
  constexpr int64_t kRounds = 10'000;
  for (auto _ : state) loop.run(kRounds);
  state.counters["GOP/s"] = benchmark::Counter(1e-9 * loop.operations_per_round * kRounds,
                                               benchmark::Counter::kIsIterationInvariantRate);
}

// Argument: KiB.
void RunRead(benchmark::State& state, CpuLevel level) {
  const std::vector<std::byte> data(static_cast<size_t>(state.range(0)) << 10, std::byte{1});
  for (auto _ : state) {
    benchmark::DoNotOptimize(PeakKernelsFor(level).read(data.data(), data.size()));
  }
  state.counters["GB/s"] = benchmark::Counter(1e-9 * static_cast<double>(data.size()),
                                              benchmark::Counter::kIsIterationInvariantRate);
}

// Every level of this machine, the highest first.
[[maybe_unused]] const bool kRegistered = [] {
  std::vector<CpuLevel> levels = SupportedCpuLevels();
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    const std::string suffix = "/" + std::string(CpuLevelName(*level));
    for (const PeakLoop& loop : PeakKernelsFor(*level).loops) {
      if (loop.run == nullptr) continue;
      benchmark::RegisterBenchmark((loop.instructions + suffix).c_str(),
                                   [&loop](benchmark::State& state) { RunLoop(state, loop); })
          ->MinTime(0.05);
    }
    benchmark::RegisterBenchmark(
        ("Read" + suffix).c_str(),
        [level = *level](benchmark::State& state) { RunRead(state, level); })
        ->MinTime(0.05)
        ->Arg(24)
        ->Arg(512)
        ->Arg(8 << 10)
        ->Arg(256 << 10);
  }
  return true;
}();

}  // namespace
}  // namespace ironscribe::kernels
