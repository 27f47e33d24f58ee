// Attention of many queries over one set of keys and values (Vaswani et al. 2017): the encoder's
// self-attention and the decoder's cross-attention. Keys and values are kept packed, so that scores
// and weighted sums are matrix products; scores of a block of queries stay in the cache between the
// two.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nn/linear.h"

namespace ironscribe::nn {

// Packed keys and values of `positions` positions, all heads of one layer: float32, bfloat16, or
// kInt8Wide, that is 8 bits with one scale for each key and each value.
// Put by disjoint even-aligned ranges of positions may run on several threads.
class KeyValues {
 public:
  // Of one head, `stride` floats apart.
  struct Rows {
    const float* keys = nullptr;
    const float* values = nullptr;
    int64_t stride = 0;
  };

  KeyValues() = default;
  KeyValues(kernels::LinearType type, int64_t positions, int64_t num_heads, int64_t head_size);

  int64_t positions() const { return positions_; }
  int64_t num_heads() const { return num_heads_; }
  int64_t head_size() const { return head_size_; }
  kernels::LinearType type() const { return type_; }
  size_t size_bytes() const {
    return keys_.size_bytes() + values_.size_bytes() + value_scales_.size() * sizeof(float);
  }

  // Rows [first, first + count) from float rows of num_heads * head_size, `stride` floats apart.
  // Requires: first even; count even unless the range ends at positions().
  void Put(const Kernels& kernels, int64_t first, int64_t count, const float* keys,
           const float* values, int64_t stride);

  // Of the positions [first, first + count): [count, head_size] and [head_size, count]. Requires:
  // all positions, or first a multiple of kernels::kPanelColumns, count even and head_size at most
  // kernels::kPanelColumns.
  kernels::PackedMatrix keys(int64_t head, int64_t first, int64_t count) const;
  kernels::PackedMatrix values(int64_t head, int64_t first, int64_t count) const;

  // [positions], of 8-bit values only, else null: what their weights are to be multiplied by.
  const float* value_scales(int64_t head) const;

 private:
  void PutConverted(const Kernels& kernels, int64_t head, int64_t first, int64_t count,
                    const Rows& rows);
  void PutQuantized(const Kernels& kernels, int64_t head, int64_t first, int64_t count,
                    const Rows& rows);

  kernels::LinearType type_ = kernels::LinearType::kFloat32;
  int64_t positions_ = 0;
  int64_t num_heads_ = 0;
  int64_t head_size_ = 0;
  size_t key_head_bytes_ = 0;
  size_t value_head_bytes_ = 0;
  AlignedArray keys_;
  AlignedArray values_;
  std::vector<float> value_scales_;  // [num_heads, positions]
};

// Buffers of one thread.
struct AttentionScratch {
  RowBuffer queries;
  AlignedArray scores;
  RowBuffer weights;
  AlignedArray sums;
};

// Queries per block: scores of 48 x 1,536 floats and their weights fill half of a 1-MB second-level
// cache.
inline constexpr int64_t kAttentionBlockRows = 48;

// Some positions of a memory; see KeyValues::keys for what first and count may be.
struct MemorySpan {
  const KeyValues* memory = nullptr;
  int64_t first = 0;
  int64_t count = 0;
};

// out[row, head] = softmax(query[row, head] . keys) values for `rows` <= kAttentionBlockRows
// queries of one head. `query` and `out` point at the head's first element of row 0; rows are the
// strides apart; queries are scaled already. `raw_scores`, if not null, receives [rows, positions]
// scores before the softmax. The memory is one or more spans of the same type and heads, the counts
// of all but the last multiples of kernels::kPanelColumns.
struct AttentionCall {
  const float* query = nullptr;
  int64_t query_stride = 0;
  int64_t rows = 0;
  float* out = nullptr;
  int64_t out_stride = 0;
  float* raw_scores = nullptr;
};
void AttendBlock(const Kernels& kernels, std::span<const MemorySpan> memory, int64_t head,
                 const AttentionCall& call, AttentionScratch& scratch);

}  // namespace ironscribe::nn
