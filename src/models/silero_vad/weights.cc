#include "models/silero_vad/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

namespace ironscribe::models::silero_vad {
namespace {

using kernels::LinearType;

constexpr int64_t kTaps = 3;

Result<std::vector<float>> ReadTensor(const formats::WeightSource& source, std::string_view name,
                                      const tensor::Shape& shape) {
  const formats::TensorInfo* info = source.Find(name);
  if (info == nullptr) {
    return InvalidArgumentError(fmt::format("Silero VAD: there is no tensor '{}'", name));
  }
  if (info->shape != shape) {
    return InvalidArgumentError(fmt::format("Silero VAD: '{}' must have shape {}, it has {}", name,
                                            tensor::ShapeToString(shape),
                                            tensor::ShapeToString(info->shape)));
  }
  size_t size = 1;
  for (int64_t dimension : shape) size *= static_cast<size_t>(dimension);
  std::vector<float> values(size);
  RETURN_IF_ERROR(source.Read(name, 0, values));
  for (size_t i = 0; i < size; ++i) {
    // Written so that a NaN is refused.
    if (!(std::fabs(values[i]) <= kLargestValue)) {
      return DataLossError(
          fmt::format("Silero VAD: value {} of '{}' is no weight: {}", i, name, values[i]));
    }
  }
  return values;
}

class Packer {
 public:
  explicit Packer(std::vector<nn::AlignedArray>& storage) : storage_(storage) {}

  // `weights` [n, k] row-major.
  nn::LinearLayer Pack(int64_t n, int64_t k, const std::vector<float>& weights,
                       const std::vector<float>& bias = {}) {
    nn::AlignedArray packed;
    packed.Resize(kernels::PackedSizeBytes(LinearType::kFloat32, n, k));
    const size_t panel_bytes = kernels::PanelSizeBytes(LinearType::kFloat32, k);
    for (int64_t row = 0; row < n; row += kernels::kPanelColumns) {
      const int64_t count = std::min(kernels::kPanelColumns, n - row);
      kernels::PackPanel(
          LinearType::kFloat32, {weights.data() + row * k, static_cast<size_t>(count * k)}, count,
          k, packed.data() + static_cast<size_t>(row / kernels::kPanelColumns) * panel_bytes);
    }
    nn::LinearLayer layer{
        .weights = {.type = LinearType::kFloat32, .n = n, .k = k, .data = packed.data()}};
    storage_.push_back(std::move(packed));
    if (!bias.empty()) {
      nn::AlignedArray values;
      std::ranges::copy(bias, values.As<float>(bias.size()).begin());
      layer.bias = reinterpret_cast<const float*>(values.data());
      storage_.push_back(std::move(values));
    }
    return layer;
  }

  // Taps [first, last] of a convolution [outputs, inputs, 3], as rows [outputs, taps, inputs]: the
  // inputs of neighbouring positions are then one contiguous row.
  nn::LinearLayer PackTaps(int64_t outputs, int64_t inputs, const std::vector<float>& weights,
                           const std::vector<float>& bias, std::pair<int64_t, int64_t> taps) {
    std::vector<float> rows;
    for (int64_t out = 0; out < outputs; ++out) {
      for (int64_t tap = taps.first; tap <= taps.second; ++tap) {
        for (int64_t in = 0; in < inputs; ++in) {
          rows.push_back(weights[static_cast<size_t>((out * inputs + in) * kTaps + tap)]);
        }
      }
    }
    return Pack(outputs, inputs * (taps.second - taps.first + 1), rows, bias);
  }

 private:
  std::vector<nn::AlignedArray>& storage_;
};

// Rows: the cosines of bins 0 to 128, then their sines.
Status CheckFourier(const std::vector<float>& rows) {
  for (int64_t row = 0; row < 2 * kBins; ++row) {
    const float* w = rows.data() + row * kWindowSamples;
    const float sign = row < kBins ? 1.0f : -1.0f;
    bool folds = w[0] == 0 && (row < kBins || w[kFolded] == 0);
    for (int64_t i = 1; i < kFolded; ++i) folds = folds && w[i] == sign * w[kWindowSamples - i];
    // The sines of bins 0 and 128 are zero everywhere.
    const bool is_zero = row == kBins || row == 2 * kBins - 1;
    if (is_zero)
      folds = folds && std::all_of(w, w + kWindowSamples, [](float x) { return x == 0; });
    if (!folds) {
      return InvalidArgumentError(fmt::format(
          "Silero VAD: row {} of 'stft_conv.weight' is not that of a windowed Fourier transform",
          row));
    }
  }
  return OkStatus();
}

Status PackTransform(const formats::WeightSource& source, Packer& packer, Weights& weights) {
  ASSIGN_OR_RETURN(const auto rows,
                   ReadTensor(source, "stft_conv.weight", {2 * kBins, 1, kWindowSamples}));
  RETURN_IF_ERROR(CheckFourier(rows));
  std::vector<float> cosines, sines;
  for (int64_t bin = 0; bin < kFolded; ++bin) {
    const float* cosine = rows.data() + bin * kWindowSamples + 1;
    cosines.insert(cosines.end(), cosine, cosine + kFolded);
    if (bin == 0) continue;
    // The last weight is that of the middle sample, which is zero.
    const float* sine = rows.data() + (kBins + bin) * kWindowSamples + 1;
    sines.insert(sines.end(), sine, sine + kFolded);
  }
  sines.resize(static_cast<size_t>(kFolded * kFolded), 0.0f);
  sines.back() = 1.0f;
  weights.cosines = packer.Pack(kFolded, kFolded, cosines);
  weights.sines = packer.Pack(kFolded, kFolded, sines);
  const float* nyquist = rows.data() + kFolded * kWindowSamples + 1;
  weights.nyquist.assign(nyquist, nyquist + kFolded);
  return OkStatus();
}

struct Convolution {
  std::vector<float> weights;
  std::vector<float> bias;
};

Result<Convolution> ReadConvolution(const formats::WeightSource& source, const std::string& name,
                                    int64_t outputs, int64_t inputs) {
  Convolution read;
  ASSIGN_OR_RETURN(read.weights, ReadTensor(source, name + ".weight", {outputs, inputs, kTaps}));
  ASSIGN_OR_RETURN(read.bias, ReadTensor(source, name + ".bias", {outputs}));
  return read;
}

Status PackConvolutions(const formats::WeightSource& source, Packer& packer, Weights& weights) {
  ASSIGN_OR_RETURN(const auto conv1, ReadConvolution(source, "conv1", kChannels, kBins));
  const auto pack1 = [&](std::pair<int64_t, int64_t> taps) {
    return packer.PackTaps(kChannels, kBins, conv1.weights, conv1.bias, taps);
  };
  weights.conv1_first = pack1({1, 2});
  weights.conv1_middle = pack1({0, 2});
  weights.conv1_last = pack1({0, 1});
  ASSIGN_OR_RETURN(const auto conv2, ReadConvolution(source, "conv2", kNarrowChannels, kChannels));
  const auto pack2 = [&](std::pair<int64_t, int64_t> taps) {
    return packer.PackTaps(kNarrowChannels, kChannels, conv2.weights, conv2.bias, taps);
  };
  weights.conv2_first = pack2({1, 2});
  weights.conv2_last = pack2({0, 2});
  ASSIGN_OR_RETURN(const auto conv3,
                   ReadConvolution(source, "conv3", kNarrowChannels, kNarrowChannels));
  weights.conv3 =
      packer.PackTaps(kNarrowChannels, kNarrowChannels, conv3.weights, conv3.bias, {1, 2});
  ASSIGN_OR_RETURN(const auto conv4, ReadConvolution(source, "conv4", kChannels, kNarrowChannels));
  weights.conv4 = packer.PackTaps(kChannels, kNarrowChannels, conv4.weights, conv4.bias, {1, 1});
  return OkStatus();
}

Status PackLstm(const formats::WeightSource& source, Packer& packer, Weights& weights) {
  const auto read = [&](const char* name, const tensor::Shape& shape) {
    return ReadTensor(source, fmt::format("lstm_cell.{}", name), shape);
  };
  ASSIGN_OR_RETURN(const auto input, read("weight_ih", {4 * kCells, kChannels}));
  ASSIGN_OR_RETURN(const auto recurrent, read("weight_hh", {4 * kCells, kCells}));
  ASSIGN_OR_RETURN(auto bias, read("bias_ih", {4 * kCells}));
  ASSIGN_OR_RETURN(const auto recurrent_bias, read("bias_hh", {4 * kCells}));
  std::transform(bias.begin(), bias.end(), recurrent_bias.begin(), bias.begin(), std::plus<>());
  weights.lstm.size = kCells;
  weights.lstm.input = packer.Pack(4 * kCells, kChannels, input, bias);
  weights.lstm.recurrent = packer.Pack(4 * kCells, kCells, recurrent);
  return OkStatus();
}

}  // namespace

Result<Weights> ReadWeights(const formats::WeightSource& source) {
  Weights weights;
  Packer packer(weights.storage);
  RETURN_IF_ERROR(PackTransform(source, packer, weights));
  RETURN_IF_ERROR(PackConvolutions(source, packer, weights));
  RETURN_IF_ERROR(PackLstm(source, packer, weights));
  ASSIGN_OR_RETURN(const auto output, ReadTensor(source, "final_conv.weight", {1, kCells, 1}));
  ASSIGN_OR_RETURN(const auto output_bias, ReadTensor(source, "final_conv.bias", {1}));
  weights.output = packer.Pack(1, kCells, output, output_bias);
  return weights;
}

}  // namespace ironscribe::models::silero_vad
