// The forward pass of Silero VAD in three parts: everything before the LSTM for a batch of frames,
// one step of the LSTM for several streams, and the output for a batch of frames. The order of rows
// is the caller's.
#pragma once

#include <cstdint>
#include <span>

#include "models/silero_vad/weights.h"
#include "nn/linear.h"
#include "nn/workspace.h"

namespace ironscribe::models::silero_vad {

// Room for the intermediate results of `capacity` frames; grows once.
class NetworkBuffers {
 public:
  explicit NetworkBuffers(int64_t capacity);

  float* folded(int64_t row) { return At(folded_, row, kPositions * 2 * kFolded); }
  float* spectrum(int64_t row) { return At(spectrum_, row, kPositions * 2 * kFolded); }
  float* magnitudes(int64_t row) { return At(magnitudes_, row, kPositions * kBins); }
  float* layer1(int64_t row) { return At(layer1_, row, kPositions * kChannels); }
  float* layer2(int64_t row) { return At(layer2_, row, 2 * kNarrowChannels); }
  float* layer3(int64_t row) { return At(layer3_, row, kNarrowChannels); }
  float* layer4(int64_t row) { return At(layer4_, row, kChannels); }
  float* gates(int64_t row) { return At(gates_, row, 4 * kCells); }
  float* outputs(int64_t row) { return At(outputs_, row, kCells); }

 private:
  static float* At(nn::AlignedArray& array, int64_t row, int64_t width) {
    return reinterpret_cast<float*>(array.data()) + row * width;
  }

  nn::AlignedArray folded_, spectrum_, magnitudes_, layer1_, layer2_, layer3_, layer4_;
  nn::AlignedArray gates_;
  nn::AlignedArray outputs_;  // Hidden states after a step, rectified.
};

// Puts a frame, with its context in front, into row `row`.
void SetFrame(const Weights& weights, std::span<const float, kContextSamples + kFrameSamples> frame,
              int64_t row, NetworkBuffers& buffers);

// gates(row) of rows [0, rows) from their frames.
void ComputeGates(const nn::Kernels& kernels, const Weights& weights, int64_t rows,
                  NetworkBuffers& buffers);

// Advances `streams` streams by one step with gates(row), row in [first, first + streams), and
// fills outputs of these rows. `cell` and `hidden`: [streams, kCells].
void StepStreams(const nn::Kernels& kernels, const Weights& weights, int64_t first_row,
                 int64_t streams, float* cell, float* hidden, NetworkBuffers& buffers);

// probabilities[row] of rows [0, rows) from their outputs.
void ComputeProbabilities(const nn::Kernels& kernels, const Weights& weights, int64_t rows,
                          NetworkBuffers& buffers, float* probabilities);

}  // namespace ironscribe::models::silero_vad
