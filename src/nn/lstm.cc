#include "nn/lstm.h"

#include "kernels/activation/activation.h"

namespace ironscribe::nn {

void StepLstm(const Kernels& kernels, const LstmLayer& layer, int64_t streams, float* gates,
              float* cell, float* hidden) {
  const kernels::Activations rows{.data = reinterpret_cast<const std::byte*>(hidden),
                                  .stride_bytes = layer.size * static_cast<int64_t>(sizeof(float))};
  ApplyLinear(kernels, layer.recurrent, rows, streams,
              {.out = gates, .out_stride = 4 * layer.size, .residual = gates});
  const auto lstm_cell = kernels::ActivationKernelsFor(kernels.level).lstm_cell;
  for (int64_t i = 0; i < streams; ++i) {
    lstm_cell(gates + i * 4 * layer.size, layer.size, cell + i * layer.size,
              hidden + i * layer.size);
  }
}

}  // namespace ironscribe::nn
