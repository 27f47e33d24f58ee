// Operations on one row of floats: normalisation, activation, conversion to what a matrix product
// reads, softmax, and attention over a short history. Sums run over sixteen lanes in a fixed order
// at every CPU level. No allocation, no threads.
#pragma once

#include <cstdint>

#include "base/cpu.h"

namespace ironscribe::kernels {

struct RowwiseKernels {
  // (x - mean) / sqrt(variance + 1e-5) * gamma + beta; out may be x (Ba, Kiros and Hinton 2016).
  void (*layer_norm)(const float* x, const float* gamma, const float* beta, int64_t n, float* out);

  // x * Phi(x), in place (Hendrycks and Gimpel 2016, the exact form).
  void (*gelu)(float* x, int64_t n);

  // Symmetric quantisation by the row's largest magnitude; fills up to `padded` with zeros. Returns
  // the scale (value = quantised * scale) and, for 8 bits, the sum of the quantised values.
  float (*quantize_int8)(const float* x, int64_t n, int64_t padded, int8_t* out, int32_t* sum);
  float (*quantize_int16)(const float* x, int64_t n, int64_t padded, int16_t* out);

  // Round to nearest even; fills up to `padded` with zeros.
  void (*to_bfloat16)(const float* x, int64_t n, int64_t padded, uint16_t* out);

  // exp(x - max) of the first n values, zeros up to `padded`; returns the sum of the n values
  // before any rounding. The float form works in place.
  float (*softmax_float32)(float* x, int64_t n, int64_t padded);
  float (*softmax_bfloat16)(const float* x, int64_t n, int64_t padded, uint16_t* out);

  // The largest value and sum(exp((x - maximum) * factor)).
  float (*maximum)(const float* x, int64_t n);
  float (*sum_exp)(const float* x, int64_t n, float maximum, float factor);

  // x . w with w in bfloat16.
  float (*dot_bfloat16)(const float* x, const uint16_t* w, int64_t n);

  // Attention of one query over `count` earlier positions: for each head h,
  // out_h = softmax(q_h . keys[p]_h) values[p]_h. keys[p] and values[p] point to rows of
  // num_heads * head_size floats; the query is already scaled. `scores` holds count floats.
  void (*attend)(const float* query, const float* const* keys, const float* const* values,
                 int64_t count, int64_t num_heads, int64_t head_size, float* scores, float* out);
};

// The table of one level. Requires: level supported by this machine.
const RowwiseKernels& RowwiseKernelsFor(CpuLevel level);

}  // namespace ironscribe::kernels
