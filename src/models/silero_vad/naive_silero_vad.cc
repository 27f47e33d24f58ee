#include "models/silero_vad/naive_silero_vad.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/check.h"

namespace ironscribe::models::silero_vad {
namespace {

using formats::testing::Checkpoint;
using formats::testing::CheckpointTensor;
using Signal = std::vector<std::vector<double>>;  // [channel][time]

const std::vector<float>& Values(const Checkpoint& checkpoint, const std::string& name) {
  return TensorNamed(const_cast<Checkpoint&>(checkpoint), name).values;
}

// A convolution with a padding of zeros on both sides, then max(x, 0).
Signal ConvolveRelu(const Checkpoint& checkpoint, const std::string& name, const Signal& in,
                    size_t stride) {
  const auto& weights = Values(checkpoint, name + ".weight");
  const auto& bias = Values(checkpoint, name + ".bias");
  const size_t inputs = in.size(), length = in[0].size();
  Signal out(bias.size());
  for (size_t channel = 0; channel < bias.size(); ++channel) {
    for (size_t at = 0; at < length; at += stride) {
      double sum = bias[channel];
      for (size_t input = 0; input < inputs; ++input) {
        for (size_t tap = 0; tap < 3; ++tap) {
          if (at + tap < 1 || at + tap > length) continue;
          sum += double{weights[(channel * inputs + input) * 3 + tap]} * in[input][at + tap - 1];
        }
      }
      out[channel].push_back(std::max(sum, 0.0));
    }
  }
  return out;
}

Signal Magnitudes(const Checkpoint& checkpoint, const std::vector<double>& padded) {
  const auto& weights = Values(checkpoint, "stft_conv.weight");
  Signal out(129);
  for (size_t bin = 0; bin < 129; ++bin) {
    for (size_t at = 0; at + 256 <= padded.size(); at += 128) {
      double real = 0, imaginary = 0;
      for (size_t i = 0; i < 256; ++i) {
        real += weights[bin * 256 + i] * padded[at + i];
        imaginary += weights[(129 + bin) * 256 + i] * padded[at + i];
      }
      out[bin].push_back(std::sqrt(real * real + imaginary * imaginary));
    }
  }
  return out;
}

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Memory {
  std::vector<double> cell = std::vector<double>(128);
  std::vector<double> hidden = std::vector<double>(128);
};

void Step(const Checkpoint& checkpoint, const Signal& input, Memory& memory) {
  std::vector<double> gates(512);
  for (size_t row = 0; row < 512; ++row) {
    gates[row] = double{Values(checkpoint, "lstm_cell.bias_ih")[row]} +
                 Values(checkpoint, "lstm_cell.bias_hh")[row];
    for (size_t i = 0; i < 128; ++i) {
      gates[row] += Values(checkpoint, "lstm_cell.weight_ih")[row * 128 + i] * input[i][0] +
                    Values(checkpoint, "lstm_cell.weight_hh")[row * 128 + i] * memory.hidden[i];
    }
  }
  for (size_t i = 0; i < 128; ++i) {
    memory.cell[i] =
        Sigmoid(gates[128 + i]) * memory.cell[i] + Sigmoid(gates[i]) * std::tanh(gates[256 + i]);
    memory.hidden[i] = Sigmoid(gates[384 + i]) * std::tanh(memory.cell[i]);
  }
}

}  // namespace

CheckpointTensor& TensorNamed(Checkpoint& checkpoint, std::string_view name) {
  const auto found = std::find_if(checkpoint.tensors.begin(), checkpoint.tensors.end(),
                                  [&](const CheckpointTensor& t) { return t.name == name; });
  IRONSCRIBE_CHECK(found != checkpoint.tensors.end());
  return *found;
}

std::vector<double> NaiveProbabilities(const Checkpoint& checkpoint,
                                       std::span<const float> samples) {
  std::vector<double> probabilities;
  Memory memory;
  for (size_t begin = 0; begin + 512 <= samples.size(); begin += 512) {
    std::vector<double> padded;
    for (size_t i = 0; i < 64; ++i) padded.push_back(begin == 0 ? 0 : samples[begin - 64 + i]);
    padded.insert(padded.end(), samples.begin() + static_cast<int64_t>(begin),
                  samples.begin() + static_cast<int64_t>(begin + 512));
    for (size_t i = 0; i < 64; ++i) padded.push_back(padded[574 - i]);
    Signal signal = Magnitudes(checkpoint, padded);
    signal = ConvolveRelu(checkpoint, "conv1", signal, 1);
    signal = ConvolveRelu(checkpoint, "conv2", signal, 2);
    signal = ConvolveRelu(checkpoint, "conv3", signal, 2);
    signal = ConvolveRelu(checkpoint, "conv4", signal, 1);
    Step(checkpoint, signal, memory);
    double sum = Values(checkpoint, "final_conv.bias")[0];
    for (size_t i = 0; i < 128; ++i) {
      sum += Values(checkpoint, "final_conv.weight")[i] * std::max(memory.hidden[i], 0.0);
    }
    probabilities.push_back(Sigmoid(sum));
  }
  return probabilities;
}

Checkpoint RandomSileroVad(uint64_t seed) {
  Checkpoint checkpoint;
  const auto add = [&](const std::string& name, tensor::Shape shape, float range) {
    size_t size = 1;
    for (int64_t dimension : shape) size *= static_cast<size_t>(dimension);
    auto values = formats::testing::RandomValues(size, seed++);
    for (float& value : values) value *= range;
    checkpoint.tensors.push_back({name, std::move(shape), std::move(values)});
  };
  add("stft_conv.weight", {258, 1, 256}, 0.2f);
  for (size_t row = 0; row < 258; ++row) {
    float* w = checkpoint.tensors[0].values.data() + row * 256;
    w[0] = 0;
    for (size_t i = 1; i <= 128; ++i) w[256 - i] = row < 129 ? w[i] : (i == 128 ? 0 : -w[i]);
    if (row == 129 || row == 257) std::fill(w, w + 256, 0.0f);
  }
  const struct {
    const char* name;
    int64_t outputs, inputs;
    float range;
  } convolutions[] = {{"conv1", 128, 129, 0.05f},
                      {"conv2", 64, 128, 0.1f},
                      {"conv3", 64, 64, 0.2f},
                      {"conv4", 128, 64, 0.3f}};
  for (const auto& [name, outputs, inputs, range] : convolutions) {
    add(std::string(name) + ".weight", {outputs, inputs, 3}, range);
    add(std::string(name) + ".bias", {outputs}, 0.2f);
  }
  add("lstm_cell.weight_ih", {512, 128}, 0.3f);
  add("lstm_cell.weight_hh", {512, 128}, 0.3f);
  add("lstm_cell.bias_ih", {512}, 0.5f);
  add("lstm_cell.bias_hh", {512}, 0.5f);
  add("final_conv.weight", {1, 128, 1}, 0.5f);
  add("final_conv.bias", {1}, 0.5f);
  return checkpoint;
}

}  // namespace ironscribe::models::silero_vad
