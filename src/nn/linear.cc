#include "nn/linear.h"

#include <algorithm>
#include <cstring>

namespace ironscribe::nn {

using kernels::LinearType;

void RowBuffer::Reset(LinearType type, int64_t rows, int64_t k) {
  type_ = type;
  k_ = k;
  row_bytes_ = kernels::ActivationRowBytes(type, k);
  data_.Resize(row_bytes_ * static_cast<size_t>(rows));
  const auto count = static_cast<size_t>(rows);
  if (scales_.size() < count) scales_.resize(count);
  if (sums_.size() < count) sums_.resize(count);
}

void RowBuffer::Set(const Kernels& kernels, int64_t row, const float* x) {
  const auto index = static_cast<size_t>(row);
  std::byte* to = data_.data() + index * row_bytes_;
  const int64_t padded = kernels::PaddedDepth(type_, k_);
  switch (type_) {
    case LinearType::kFloat32:
      std::memcpy(to, x, static_cast<size_t>(k_) * sizeof(float));
      return;
    case LinearType::kBFloat16:
      return kernels.rowwise->to_bfloat16(x, k_, padded, reinterpret_cast<uint16_t*>(to));
    case LinearType::kInt8:
      scales_[index] = kernels.rowwise->quantize_int8(x, k_, padded, reinterpret_cast<int8_t*>(to),
                                                      &sums_[index]);
      return;
    case LinearType::kInt8Wide:
      scales_[index] =
          kernels.rowwise->quantize_int16(x, k_, padded, reinterpret_cast<int16_t*>(to));
      return;
  }
}

kernels::Activations RowBuffer::view(int64_t first_row) const {
  const auto row = static_cast<size_t>(first_row);
  return {.data = data_.data() + row * row_bytes_,
          .stride_bytes = static_cast<int64_t>(row_bytes_),
          .scales = scales_.data() + row,
          .sums = sums_.data() + row};
}

namespace {

kernels::LinearCall MakeCall(const LinearLayer& layer, const kernels::Activations& a, int64_t rows,
                             const LinearTarget& target) {
  return {.a = a,
          .rows = rows,
          .b = &layer.weights,
          .panel_begin = 0,
          .panel_end = layer.weights.num_panels(),
          .bias = layer.bias,
          .residual = target.residual,
          .out = target.out,
          .out_stride = target.out_stride};
}

}  // namespace

void ApplyLinear(const Kernels& kernels, const LinearLayer& layer, const kernels::Activations& a,
                 int64_t rows, const LinearTarget& target) {
  kernels::MultiplyPanels(kernels.level, MakeCall(layer, a, rows, target));
}

void ApplyLinearParallel(const Kernels& kernels, const LinearLayer& layer,
                         const kernels::Activations& a, int64_t rows, const LinearTarget& target,
                         ThreadPool& pool) {
  const int64_t panels = layer.weights.num_panels();
  // Four parts a thread even out what other work takes from one of them.
  const int64_t parts =
      pool.num_threads() == 1 ? 1 : std::min<int64_t>(panels, 4 * pool.num_threads());
  pool.ParallelFor(parts, [&](int64_t part) {
    kernels::LinearCall call = MakeCall(layer, a, rows, target);
    call.panel_begin = panels * part / parts;
    call.panel_end = panels * (part + 1) / parts;
    kernels::MultiplyPanels(kernels.level, call);
  });
}

}  // namespace ironscribe::nn
