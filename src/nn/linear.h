// Linear layers on packed weights, and the preparation of their left side.
//
// Thread rule: everything here is a pure function of its arguments; RowBuffer belongs to one
// thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/thread_pool.h"
#include "kernels/linear/linear.h"
#include "kernels/rowwise/rowwise.h"
#include "nn/workspace.h"

namespace ironscribe::nn {

// What every layer needs to run: the kernels of a CPU level.
struct Kernels {
  explicit Kernels(CpuLevel cpu_level)
      : level(cpu_level), rowwise(&kernels::RowwiseKernelsFor(cpu_level)) {}
  CpuLevel level;
  const kernels::RowwiseKernels* rowwise;
};

// y = W x + b. Does not own the weights.
struct LinearLayer {
  kernels::PackedMatrix weights;
  const float* bias = nullptr;
};

struct LayerNormLayer {
  const float* gamma = nullptr;
  const float* beta = nullptr;
};

// Rows of activations in the form a LinearType reads.
class RowBuffer {
 public:
  // Room for `rows` rows of k inputs; contents undefined.
  void Reset(kernels::LinearType type, int64_t rows, int64_t k);

  // Converts one row of k floats into row `row`.
  void Set(const Kernels& kernels, int64_t row, const float* x);

  // For whoever writes converted values themselves; of integer types, scales too are Set's.
  std::byte* row(int64_t row) { return data_.data() + static_cast<size_t>(row) * row_bytes_; }

  kernels::Activations view(int64_t first_row = 0) const;

 private:
  kernels::LinearType type_ = kernels::LinearType::kFloat32;
  int64_t k_ = 0;
  size_t row_bytes_ = 0;
  AlignedArray data_;
  std::vector<float> scales_;
  std::vector<int32_t> sums_;
};

// out[rows, n] = rows of `a` times the layer (+ residual, same layout as out), all panels, this
// thread.
struct LinearTarget {
  float* out = nullptr;
  int64_t out_stride = 0;
  const float* residual = nullptr;
};
void ApplyLinear(const Kernels& kernels, const LinearLayer& layer, const kernels::Activations& a,
                 int64_t rows, const LinearTarget& target);

// The same with the panels spread over the pool: for few rows.
void ApplyLinearParallel(const Kernels& kernels, const LinearLayer& layer,
                         const kernels::Activations& a, int64_t rows, const LinearTarget& target,
                         ThreadPool& pool);

}  // namespace ironscribe::nn
