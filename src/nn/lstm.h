// A layer of LSTM cells (Hochreiter and Schmidhuber 1997; gates as PyTorch orders them: input,
// forget, candidate, output). What comes from the inputs is one product for many steps and streams;
// only the recurrent part goes step by step.
#pragma once

#include <cstdint>

#include "nn/linear.h"

namespace ironscribe::nn {

struct LstmLayer {
  int64_t size = 0;
  LinearLayer input;      // [4 * size, inputs], with the sum of both biases.
  LinearLayer recurrent;  // [4 * size, size], no bias.
};

// One step of `streams` streams: `gates` [streams, 4 * size] holds input applied to the step's
// inputs and is overwritten; `cell` and `hidden` [streams, size] are advanced.
void StepLstm(const Kernels& kernels, const LstmLayer& layer, int64_t streams, float* gates,
              float* cell, float* hidden);

}  // namespace ironscribe::nn
