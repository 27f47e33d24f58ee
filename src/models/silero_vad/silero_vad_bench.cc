// Speed of one core on random weights, as seconds of audio in a second of time. Arguments: CPU
// level, streams advanced together, frames of each in a call.
#include <benchmark/benchmark.h>

#include <vector>

#include "base/random.h"
#include "formats/safetensors/safetensors.h"
#include "models/silero_vad/naive_silero_vad.h"
#include "models/silero_vad/silero_vad.h"

namespace ironscribe::models::silero_vad {
namespace {

std::shared_ptr<const VoiceActivityModel> NewModel(CpuLevel level) {
  const std::string bytes =
      formats::testing::MakeSafetensors(RandomSileroVad(1), formats::Encoding::kFloat32);
  const auto source = formats::ParseSafetensors(
      formats::FileBytes::Borrow(std::as_bytes(std::span(bytes.data(), bytes.size())), "random"));
  return LoadSileroVad(**source, level).value();
}

void BM_SileroVad(benchmark::State& state) {
  const auto level = static_cast<CpuLevel>(state.range(0));
  const auto streams = static_cast<size_t>(state.range(1));
  const auto frames = static_cast<size_t>(state.range(2));
  if (level > DetectCpuLevel()) return state.SkipWithError("level not supported by this machine");
  const auto model = NewModel(level);
  const auto scratch = model->NewScratch();
  Random random(1);
  std::vector<float> samples(frames * static_cast<size_t>(model->frame_samples()));
  for (float& sample : samples) sample = static_cast<float>(random.NextUnit() - 0.5);
  std::vector<std::vector<float>> probabilities(streams, std::vector<float>(frames));
  std::vector<std::unique_ptr<VoiceActivityState>> states;
  std::vector<VoiceActivityRun> runs;
  for (size_t i = 0; i < streams; ++i) {
    states.push_back(model->NewState());
    runs.push_back(
        {.state = states[i].get(), .samples = samples, .probabilities = probabilities[i]});
  }
  for (auto _ : state) {
    model->Advance(runs, *scratch);
    benchmark::ClobberMemory();
  }
  state.counters["x_real_time"] =
      benchmark::Counter(static_cast<double>(streams * samples.size()) / 16000,
                         benchmark::Counter::kIsIterationInvariantRate);
}

void Shapes(benchmark::internal::Benchmark* bench) {
  for (int level : {2, 1, 0}) {
    for (auto [streams, frames] : {std::pair{1, 1}, std::pair{1, 125}, std::pair{1, 960},
                                   std::pair{16, 1}, std::pair{16, 60}}) {
      bench->Args({level, streams, frames});
    }
  }
}
BENCHMARK(BM_SileroVad)->Apply(Shapes)->MinTime(0.2);

}  // namespace
}  // namespace ironscribe::models::silero_vad
