// Activations and gates of small convolutional and recurrent networks, on arrays of floats. Each
// element depends on its own inputs only, by the same arithmetic wherever it stands. No allocation,
// no threads.
#pragma once

#include <cstdint>

#include "base/cpu.h"

namespace ironscribe::kernels {

struct ActivationKernels {
  // max(x, 0), in place.
  void (*relu)(float* x, int64_t n);

  // 1 / (1 + e^-x), in place; absolute error below 2e-7.
  void (*sigmoid)(float* x, int64_t n);

  // out[i] = |real[i] + i imaginary[i]|; out may be one of the two.
  void (*magnitude)(const float* real, const float* imaginary, int64_t n, float* out);

  // One step of n LSTM cells (Hochreiter and Schmidhuber 1997, with forget gates). `gates` holds
  // the sums before activation, [4][n] in PyTorch's order: input, forget, candidate, output.
  //   cell = sigmoid(forget) cell + sigmoid(input) tanh(candidate); hidden = sigmoid(output)
  //   tanh(cell)
  void (*lstm_cell)(const float* gates, int64_t n, float* cell, float* hidden);
};

// The table of one level. Requires: level supported by this machine.
const ActivationKernels& ActivationKernelsFor(CpuLevel level);

}  // namespace ironscribe::kernels
