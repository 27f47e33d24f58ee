#include "models/silero_vad/network.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/activation/activation.h"

namespace ironscribe::models::silero_vad {
namespace {

// Reflected samples behind a frame, so that the last window fits.
constexpr int64_t kReflected =
    (kPositions - 1) * kHopSamples + kWindowSamples - kContextSamples - kFrameSamples;
static_assert(kReflected == 64);

// Sums and differences of a window about its middle; the place of the last difference, which is
// always zero, takes the real part of bin 128.
void FoldWindow(const Weights& weights, const float* window, float* folded) {
  float* sums = folded;
  float* differences = folded + kFolded;
  for (int64_t i = 1; i < kFolded; ++i) {
    const float left = window[i], right = window[kWindowSamples - i];
    sums[i - 1] = left + right;
    differences[i - 1] = left - right;
  }
  sums[kFolded - 1] = window[kFolded];
  // Eight sums side by side, which the compiler keeps in vectors.
  constexpr int64_t kLanes = 8;
  std::array<float, kLanes> lanes{};
  for (int64_t i = 0; i < kFolded; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      lanes[static_cast<size_t>(lane)] +=
          weights.nyquist[static_cast<size_t>(i + lane)] * sums[i + lane];
    }
  }
  differences[kFolded - 1] = ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) +
                             ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

// Rows of `in_width` floats, of which the layer reads what stands at `in`, to rows of `out_width`.
struct RowLayout {
  const float* in;
  int64_t in_width;
  float* out;
  int64_t out_width;
};

void Apply(const nn::Kernels& kernels, const nn::LinearLayer& layer, int64_t rows,
           const RowLayout& layout) {
  const kernels::Activations activations{
      .data = reinterpret_cast<const std::byte*>(layout.in),
      .stride_bytes = layout.in_width * static_cast<int64_t>(sizeof(float))};
  nn::ApplyLinear(kernels, layer, activations, rows,
                  {.out = layout.out, .out_stride = layout.out_width});
}

void ComputeMagnitudes(const nn::Kernels& kernels, const Weights& weights, int64_t rows,
                       NetworkBuffers& buffers) {
  constexpr int64_t kWidth = 2 * kFolded;
  const float* folded = buffers.folded(0);
  float* spectrum = buffers.spectrum(0);
  const int64_t windows = rows * kPositions;
  Apply(kernels, weights.cosines, windows, {folded, kWidth, spectrum, kWidth});
  Apply(kernels, weights.sines, windows, {folded + kFolded, kWidth, spectrum + kFolded, kWidth});
  const auto magnitude = kernels::ActivationKernelsFor(kernels.level).magnitude;
  for (int64_t i = 0; i < windows; ++i) {
    const float* cosines = spectrum + i * kWidth;
    const float* sines = cosines + kFolded;
    float* out = buffers.magnitudes(0) + i * kBins;
    out[0] = std::fabs(cosines[0]);
    magnitude(cosines + 1, sines, kBins - 2, out + 1);
    out[kBins - 1] = std::fabs(sines[kFolded - 1]);
  }
}

}  // namespace

NetworkBuffers::NetworkBuffers(int64_t capacity) {
  const auto reserve = [&](nn::AlignedArray& array, int64_t width) {
    array.Resize(static_cast<size_t>(capacity * width) * sizeof(float));
  };
  reserve(folded_, kPositions * 2 * kFolded);
  reserve(spectrum_, kPositions * 2 * kFolded);
  reserve(magnitudes_, kPositions * kBins);
  reserve(layer1_, kPositions * kChannels);
  reserve(layer2_, 2 * kNarrowChannels);
  reserve(layer3_, kNarrowChannels);
  reserve(layer4_, kChannels);
  reserve(gates_, 4 * kCells);
  reserve(outputs_, kCells);
}

void SetFrame(const Weights& weights, std::span<const float, kContextSamples + kFrameSamples> frame,
              int64_t row, NetworkBuffers& buffers) {
  std::array<float, kContextSamples + kFrameSamples + kReflected> samples;
  std::copy(frame.begin(), frame.end(), samples.begin());
  // The last sample is the mirror and not repeated.
  std::reverse_copy(frame.end() - 1 - kReflected, frame.end() - 1,
                    samples.begin() + kContextSamples + kFrameSamples);
  for (int64_t i = 0; i < kPositions; ++i) {
    FoldWindow(weights, samples.data() + i * kHopSamples, buffers.folded(row) + i * 2 * kFolded);
  }
}

void ComputeGates(const nn::Kernels& kernels, const Weights& weights, int64_t rows,
                  NetworkBuffers& buffers) {
  const kernels::ActivationKernels& activation = kernels::ActivationKernelsFor(kernels.level);
  ComputeMagnitudes(kernels, weights, rows, buffers);
  const float* in = buffers.magnitudes(0);
  float* out = buffers.layer1(0);
  constexpr int64_t kIn1 = kPositions * kBins, kOut1 = kPositions * kChannels;
  Apply(kernels, weights.conv1_first, rows, {in, kIn1, out, kOut1});
  Apply(kernels, weights.conv1_middle, rows, {in, kIn1, out + kChannels, kOut1});
  Apply(kernels, weights.conv1_middle, rows, {in + kBins, kIn1, out + 2 * kChannels, kOut1});
  Apply(kernels, weights.conv1_last, rows, {in + 2 * kBins, kIn1, out + 3 * kChannels, kOut1});
  activation.relu(out, rows * kOut1);
  in = out;
  out = buffers.layer2(0);
  constexpr int64_t kOut2 = 2 * kNarrowChannels;
  Apply(kernels, weights.conv2_first, rows, {in, kOut1, out, kOut2});
  Apply(kernels, weights.conv2_last, rows, {in + kChannels, kOut1, out + kNarrowChannels, kOut2});
  activation.relu(out, rows * kOut2);
  in = out;
  out = buffers.layer3(0);
  Apply(kernels, weights.conv3, rows, {in, kOut2, out, kNarrowChannels});
  activation.relu(out, rows * kNarrowChannels);
  in = out;
  out = buffers.layer4(0);
  Apply(kernels, weights.conv4, rows, {in, kNarrowChannels, out, kChannels});
  activation.relu(out, rows * kChannels);
  Apply(kernels, weights.lstm.input, rows, {out, kChannels, buffers.gates(0), 4 * kCells});
}

void StepStreams(const nn::Kernels& kernels, const Weights& weights, int64_t first_row,
                 int64_t streams, float* cell, float* hidden, NetworkBuffers& buffers) {
  nn::StepLstm(kernels, weights.lstm, streams, buffers.gates(first_row), cell, hidden);
  float* outputs = buffers.outputs(first_row);
  std::copy(hidden, hidden + streams * kCells, outputs);
  kernels::ActivationKernelsFor(kernels.level).relu(outputs, streams * kCells);
}

void ComputeProbabilities(const nn::Kernels& kernels, const Weights& weights, int64_t rows,
                          NetworkBuffers& buffers, float* probabilities) {
  Apply(kernels, weights.output, rows, {buffers.outputs(0), kCells, probabilities, 1});
  kernels::ActivationKernelsFor(kernels.level).sigmoid(probabilities, rows);
}

}  // namespace ironscribe::models::silero_vad
