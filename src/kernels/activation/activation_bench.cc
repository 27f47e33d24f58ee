// Speed of one core on the arrays of Silero's voice activity: elements (G/s).
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "kernels/activation/activation.h"

namespace ironscribe::kernels {
namespace {

std::vector<float> RandomFloats(int64_t count) {
  Random random(1);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(random.NextUnit() * 8 - 4);
  return values;
}

using ArrayFunction = void (*)(const ActivationKernels&, std::vector<float>& data, int64_t n);

struct Operation {
  const char* name;
  ArrayFunction function;
  int64_t n;
};

// Arrays of 4 n floats: the gates of an LSTM with n = 128, and 64 channels of 4 frames.
constexpr Operation kOperations[] = {
    {"Relu",
     [](const ActivationKernels& k, std::vector<float>& d, int64_t n) { k.relu(d.data(), n); },
     256},
    {"Sigmoid",
     [](const ActivationKernels& k, std::vector<float>& d, int64_t n) { k.sigmoid(d.data(), n); },
     256},
    {"Magnitude",
     [](const ActivationKernels& k, std::vector<float>& d, int64_t n) {
       k.magnitude(d.data(), d.data() + n, n, d.data() + 2 * n);
     },
     129},
    {"LstmCell",
     [](const ActivationKernels& k, std::vector<float>& d, int64_t n) {
       k.lstm_cell(d.data(), n, d.data() + 4 * n, d.data() + 5 * n);
     },
     128},
};

// Every level of this machine, the highest first.
[[maybe_unused]] const bool kRegistered = [] {
  std::vector<CpuLevel> levels = SupportedCpuLevels();
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    for (const Operation& operation : kOperations) {
      const std::string name = operation.name + ("/" + std::string(CpuLevelName(*level)));
      benchmark::RegisterBenchmark(name.c_str(), [level = *level,
                                                  operation](benchmark::State& state) {
        std::vector<float> data = RandomFloats(6 * operation.n);
        for (auto _ : state) {
          operation.function(ActivationKernelsFor(level), data, operation.n);
          benchmark::ClobberMemory();
        }
        state.counters["G/s"] = benchmark::Counter(1e-9 * static_cast<double>(operation.n),
                                                   benchmark::Counter::kIsIterationInvariantRate);
      })->MinTime(0.05);
    }
  }
  return true;
}();

}  // namespace
}  // namespace ironscribe::kernels
