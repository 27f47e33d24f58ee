// Conversion to 16 kHz of 10 s of one channel, at each level of the machine; the counter is seconds
// of audio converted in a second.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "dsp/resampler.h"

namespace ironscribe::dsp {
namespace {

void BM_Resample(benchmark::State& state, CpuLevel level) {
  const int rate_hz = static_cast<int>(state.range(0));
  std::vector<float> samples(static_cast<size_t>(rate_hz) * 10);
  std::minstd_rand random(1);
  for (float& sample : samples) sample = static_cast<float>(random() % 20000) / 10000.0F - 1.0F;
  auto resampler = Resampler::Create(rate_hz, 16000, level);
  std::vector<float> out;
  for (auto _ : state) {
    out.clear();
    (*resampler)->Process(samples, out);
    (*resampler)->Flush(out);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["times_real_time"] = benchmark::Counter(
      10.0 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void BM_Create(benchmark::State& state) {
  for (auto _ : state) {
    auto resampler = Resampler::Create(static_cast<int>(state.range(0)), 16000);
    benchmark::DoNotOptimize(resampler);
  }
}
BENCHMARK(BM_Create)->Arg(8000)->Arg(22050)->Arg(44100)->Arg(48000)->Arg(48001);

const bool kRegistered = [] {
  for (const CpuLevel level : SupportedCpuLevels()) {
    const std::string name = "Resample/" + std::string(CpuLevelName(level));
    auto* benchmark = benchmark::RegisterBenchmark(name.c_str(), BM_Resample, level);
    for (const int rate_hz : {8000, 22050, 44100, 48000, 48001, 192000}) benchmark->Arg(rate_hz);
    benchmark->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace ironscribe::dsp
