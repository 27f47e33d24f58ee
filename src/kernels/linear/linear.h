// Matrix product with packed weights: out[m, n] = sum_k a[m, k] * w[n, k] + bias[n] (+ residual).
// The work horse of every model: linear layers, convolutions (as strided rows) and attention.
//
// Four arithmetics, each with one layout for all CPU levels:
//   kFloat32   float32 on both sides.
//   kBFloat16  bfloat16 on both sides, float32 sums.
//   kInt8      8-bit activations (one scale a row) times 8-bit weights (one scale an output).
//   kInt8Wide  16-bit activations times 8-bit weights with one scale per output and 64 inputs: the
//              accuracy of 16-bit at the memory of 8-bit, for decoders.
//
// A row's result depends on that row alone, not on the rows beside it or on the number of threads:
// the order of summation over k is fixed. Integer sums are exact, so kInt8 and kInt8Wide agree bit
// for bit across CPU levels. No allocation, no threads: callers split rows and panels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"

namespace ironscribe::kernels {

enum class LinearType : uint8_t { kFloat32 = 0, kBFloat16 = 1, kInt8 = 2, kInt8Wide = 3 };

// Outputs are packed in panels of 64: four 16-lane registers, so that a tile of 6 rows holds 24
// sums in registers and still has room for 4 weights and 1 activation out of 32.
inline constexpr int64_t kPanelColumns = 64;

// Inputs that share one scale in kInt8Wide.
inline constexpr int64_t kWideGroup = 64;

// Weights [n, k] in panel form; does not own them.
struct PackedMatrix {
  LinearType type = LinearType::kFloat32;
  int64_t n = 0;
  int64_t k = 0;
  const std::byte* data = nullptr;  // PackedSizeBytes(type, n, k) bytes, 64-byte aligned.

  int64_t num_panels() const { return (n + kPanelColumns - 1) / kPanelColumns; }
};

// Bytes of an element of the activations of kFloat32 and kBFloat16.
inline constexpr int64_t ElementBytes(LinearType type) {
  return type == LinearType::kFloat32 ? 4 : 2;
}

// k rounded up to what one instruction consumes; activations are padded with zeros to it.
int64_t PaddedDepth(LinearType type, int64_t k);
size_t PackedSizeBytes(LinearType type, int64_t n, int64_t k);
// Bytes of one panel; panel i of a matrix starts at i * PanelSizeBytes.
size_t PanelSizeBytes(LinearType type, int64_t k);

// Packs up to 64 rows of weights (row-major [columns, k]) into one panel; missing columns are zero.
// `panel` holds PanelSizeBytes(type, k) bytes.
void PackPanel(LinearType type, std::span<const float> weights, int64_t columns, int64_t k,
               std::byte* panel);

// Raises largest[g] to the largest scale of any column in input group g of a kInt8Wide panel: half
// of it bounds the rounding of each weight there.
void RaiseToWideScales(const std::byte* panel, int64_t k, std::span<float> largest);

// Attention's keys and values are packed as they are computed, float32 and bfloat16 only, from rows
// in the type's own element form (float or uint16), as RowwiseKernels convert them.
//
// Key `column` of a matrix [n keys, k]: scores of a query against all keys are then one product.
void PutPackedColumn(LinearType type, int64_t k, int64_t column, const std::byte* row,
                     std::byte* matrix);
// Inputs `depth` and `depth + 1` of a matrix [n, k] with `depth` even: two value rows of n elements
// (`second` may be null: zeros). A weighted sum of all values is then one product.
void PutPackedInputs(LinearType type, int64_t n, int64_t k, int64_t depth, const std::byte* first,
                     const std::byte* second, std::byte* matrix);

// The same for kInt8Wide, from rows that are quantised already: one scale for a key; the values'
// scale is 1, so that the weights of the sum must carry those of the rows.
void PutWideColumn(int64_t k, int64_t column, const int8_t* row, float scale, std::byte* matrix);
void PutWideInputs(int64_t n, int64_t k, int64_t depth, const int8_t* first, const int8_t* second,
                   std::byte* matrix);

// The left side in the form a LinearType reads; does not own it. `scales` and `sums` (of the row's
// 8-bit values) only for integer types. Rows may overlap (convolution): consecutive rows are
// stride_bytes apart.
struct Activations {
  const std::byte* data = nullptr;
  int64_t stride_bytes = 0;
  const float* scales = nullptr;
  const int32_t* sums = nullptr;
};

// Bytes of one row of activations.
size_t ActivationRowBytes(LinearType type, int64_t k);

struct LinearCall {
  Activations a;
  int64_t rows = 0;
  const PackedMatrix* b = nullptr;
  int64_t panel_begin = 0;
  int64_t panel_end = 0;
  const float* bias = nullptr;      // [n] or null.
  const float* residual = nullptr;  // Same layout as out (may be out itself), or null.
  float* out = nullptr;             // out[row * out_stride + column]
  int64_t out_stride = 0;
};

// Computes rows x panels [panel_begin, panel_end). Requires: level supported by this machine.
void MultiplyPanels(CpuLevel level, const LinearCall& call);

}  // namespace ironscribe::kernels
