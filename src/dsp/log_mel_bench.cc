// Time of one 30-s window of features, at each level of the machine.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "dsp/log_mel.h"

namespace ironscribe::dsp {
namespace {

constexpr int kFrames = 3000;

void BM_Window(benchmark::State& state, CpuLevel level) {
  const int num_mels = static_cast<int>(state.range(0));
  const LogMel log_mel(num_mels, level);
  std::vector<float> samples(kFrames * kHopSamples);
  std::minstd_rand random(1);
  for (float& sample : samples) sample = static_cast<float>(random() % 20000) / 10000.0F - 1.0F;
  std::vector<float> features(static_cast<size_t>(kFrames) * num_mels);
  for (auto _ : state) {
    log_mel.LogEnergies(samples, 0, kFrames, features);
    LogMel::Normalize(features, LogMel::Maximum(features));
    benchmark::DoNotOptimize(features.data());
  }
}

const bool kRegistered = [] {
  for (const CpuLevel level : SupportedCpuLevels()) {
    const std::string name = "LogMelWindow/" + std::string(CpuLevelName(level));
    benchmark::RegisterBenchmark(name.c_str(), BM_Window, level)
        ->Arg(80)
        ->Arg(128)
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace ironscribe::dsp
