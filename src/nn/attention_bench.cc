// Speed of one core on encoder attention, scores to weighted sums, and on packing its keys and
// values: GOP/s count the two products only, so that the softmax between them shows as a loss.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "nn/attention.h"

namespace ironscribe::nn {
namespace {

using kernels::LinearType;

constexpr int64_t kHeadSize = 64;  // Of every Whisper model.

std::vector<float> RandomFloats(int64_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(random.NextUnit() * 2 - 1);
  return values;
}

// Arguments: positions, heads. All queries of a window against all its keys.
void RunAttend(benchmark::State& state, CpuLevel level, LinearType type) {
  const int64_t positions = state.range(0), heads = state.range(1), width = heads * kHeadSize;
  const Kernels kernels(level);
  const auto k = RandomFloats(positions * width, 1), v = RandomFloats(positions * width, 2),
             q = RandomFloats(positions * width, 3);
  std::vector<float> out(q.size());
  KeyValues memory(type, positions, heads, kHeadSize);
  memory.Put(kernels, 0, positions, k.data(), v.data(), width);
  const MemorySpan whole{.memory = &memory, .first = 0, .count = positions};
  AttentionScratch scratch;
  for (auto _ : state) {
    for (int64_t head = 0; head < heads; ++head) {
      for (int64_t row = 0; row < positions; row += kAttentionBlockRows) {
        const int64_t at = row * width + head * kHeadSize;
        AttendBlock(kernels, {&whole, 1}, head,
                    {.query = q.data() + at,
                     .query_stride = width,
                     .rows = std::min(kAttentionBlockRows, positions - row),
                     .out = out.data() + at,
                     .out_stride = width},
                    scratch);
      }
    }
    benchmark::ClobberMemory();
  }
  state.counters["GOP/s"] =
      benchmark::Counter(4e-9 * static_cast<double>(positions * positions * width),
                         benchmark::Counter::kIsIterationInvariantRate);
}

// Arguments: positions, heads. One query against each of many memories, more than the caches hold,
// as a decoder step finds them.
void RunDecode(benchmark::State& state, CpuLevel level, LinearType type) {
  constexpr size_t kMemories = 48;  // 8 windows of 6 layers.
  const int64_t positions = state.range(0), heads = state.range(1), width = heads * kHeadSize;
  const Kernels kernels(level);
  const auto k = RandomFloats(positions * width, 1), v = RandomFloats(positions * width, 2),
             q = RandomFloats(width, 3);
  std::vector<float> out(q.size());
  std::vector<KeyValues> memories;
  for (size_t i = 0; i < kMemories; ++i) {
    memories.emplace_back(type, positions, heads, kHeadSize)
        .Put(kernels, 0, positions, k.data(), v.data(), width);
  }
  AttentionScratch scratch;
  for (auto _ : state) {
    for (const KeyValues& memory : memories) {
      const MemorySpan whole{.memory = &memory, .first = 0, .count = positions};
      for (int64_t head = 0; head < heads; ++head) {
        AttendBlock(kernels, {&whole, 1}, head,
                    {.query = q.data() + head * kHeadSize,
                     .query_stride = width,
                     .rows = 1,
                     .out = out.data() + head * kHeadSize,
                     .out_stride = width},
                    scratch);
      }
    }
    benchmark::ClobberMemory();
  }
  state.counters["GB/s read"] =
      benchmark::Counter(1e-9 * static_cast<double>(kMemories * memories[0].size_bytes()),
                         benchmark::Counter::kIsIterationInvariantRate);
}

// Arguments: positions, heads.
void RunPut(benchmark::State& state, CpuLevel level, LinearType type) {
  const int64_t positions = state.range(0), heads = state.range(1), width = heads * kHeadSize;
  const Kernels kernels(level);
  const auto k = RandomFloats(positions * width, 1), v = RandomFloats(positions * width, 2);
  KeyValues memory(type, positions, heads, kHeadSize);
  for (auto _ : state) {
    memory.Put(kernels, 0, positions, k.data(), v.data(), width);
    benchmark::ClobberMemory();
  }
  state.counters["GB/s read"] = benchmark::Counter(8e-9 * static_cast<double>(positions * width),
                                                   benchmark::Counter::kIsIterationInvariantRate);
}

// Every level of this machine, the highest first; the heads of tiny, base and large-v3.
[[maybe_unused]] const bool kRegistered = [] {
  std::vector<CpuLevel> levels = SupportedCpuLevels();
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    for (LinearType type : {LinearType::kBFloat16, LinearType::kFloat32, LinearType::kInt8Wide}) {
      const std::string suffix = "/" + std::string(CpuLevelName(*level)) +
                                 (type == LinearType::kFloat32    ? "/float32"
                                  : type == LinearType::kBFloat16 ? "/bfloat16"
                                                                  : "/int8");
      for (auto [name, function] : {std::pair{"Attend", &RunAttend}, std::pair{"Put", &RunPut},
                                    std::pair{"Decode", &RunDecode}}) {
        benchmark::RegisterBenchmark((name + suffix).c_str(),
                                     [function = function, level = *level, type](
                                         benchmark::State& state) { function(state, level, type); })
            ->MinTime(0.05)
            ->Args({1500, 6})
            ->Args({1500, 8})
            ->Args({1500, 20})
            ->Args({564, 6});  // 10 s of speech and a margin.
      }
    }
  }
  return true;
}();

}  // namespace
}  // namespace ironscribe::nn
