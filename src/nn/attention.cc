#include "nn/attention.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace ironscribe::nn {

using kernels::LinearType;

namespace {

// One row in the element form of `type`.
void ConvertRow(const Kernels& kernels, LinearType type, const float* from, int64_t n,
                int64_t padded, std::byte* to) {
  if (type == LinearType::kFloat32) {
    std::memcpy(to, from, static_cast<size_t>(n) * sizeof(float));
  } else {
    kernels.rowwise->to_bfloat16(from, n, padded, reinterpret_cast<uint16_t*>(to));
  }
}

}  // namespace

KeyValues::KeyValues(LinearType type, int64_t positions, int64_t num_heads, int64_t head_size)
    : type_(type),
      positions_(positions),
      num_heads_(num_heads),
      head_size_(head_size),
      key_head_bytes_(kernels::PackedSizeBytes(type, positions, head_size)),
      value_head_bytes_(kernels::PackedSizeBytes(type, head_size, positions)) {
  IRONSCRIBE_CHECK(type == LinearType::kFloat32 || type == LinearType::kBFloat16);
  keys_.Resize(key_head_bytes_ * static_cast<size_t>(num_heads));
  values_.Resize(value_head_bytes_ * static_cast<size_t>(num_heads));
}

void KeyValues::Put(const Kernels& kernels, int64_t first, int64_t count, const float* keys,
                    const float* values, int64_t stride) {
  IRONSCRIBE_DCHECK(first % 2 == 0);
  constexpr int64_t kMaxHeadSize = 256;
  IRONSCRIBE_CHECK(head_size_ <= kMaxHeadSize);
  std::byte row[2][kMaxHeadSize * sizeof(float)] = {};
  const int64_t padded = kernels::PaddedDepth(type_, head_size_);
  for (int64_t head = 0; head < num_heads_; ++head) {
    const auto index = static_cast<size_t>(head);
    const int64_t at = head * head_size_;
    for (int64_t i = 0; i < count; ++i) {
      ConvertRow(kernels, type_, keys + i * stride + at, head_size_, padded, row[0]);
      kernels::PutPackedColumn(type_, head_size_, first + i, row[0],
                               keys_.data() + index * key_head_bytes_);
    }
    for (int64_t i = 0; i < count; i += 2) {
      const bool pair = i + 1 < count;
      ConvertRow(kernels, type_, values + i * stride + at, head_size_, head_size_, row[0]);
      if (pair) {
        ConvertRow(kernels, type_, values + (i + 1) * stride + at, head_size_, head_size_, row[1]);
      }
      kernels::PutPackedInputs(type_, head_size_, positions_, first + i, row[0],
                               pair ? row[1] : nullptr, values_.data() + index * value_head_bytes_);
    }
  }
}

kernels::PackedMatrix KeyValues::keys(int64_t head, int64_t first, int64_t count) const {
  IRONSCRIBE_DCHECK(first % kernels::kPanelColumns == 0 && first + count <= positions_);
  const size_t offset = static_cast<size_t>(first / kernels::kPanelColumns) *
                        kernels::PanelSizeBytes(type_, head_size_);
  return {.type = type_,
          .n = count,
          .k = head_size_,
          .data = keys_.data() + static_cast<size_t>(head) * key_head_bytes_ + offset};
}

kernels::PackedMatrix KeyValues::values(int64_t head, int64_t first, int64_t count) const {
  // With one panel of outputs the inputs are one behind another, so some of them are a matrix too.
  IRONSCRIBE_DCHECK(count == positions_ ||
                    (head_size_ <= kernels::kPanelColumns && first % 2 == 0 &&
                     first + count <= positions_));
  return {.type = type_,
          .n = head_size_,
          .k = count,
          .data = values_.data() + static_cast<size_t>(head) * value_head_bytes_ +
                  kernels::PanelSizeBytes(type_, first)};
}

namespace {

int64_t CountPositions(std::span<const MemorySpan> memory) {
  int64_t count = 0;
  for (const MemorySpan& span : memory) count += span.count;
  return count;
}

// scores[row, position] of `rows` queries, already in the memory's type.
void ScoreQueries(const Kernels& kernels, std::span<const MemorySpan> memory, int64_t head,
                  const kernels::Activations& queries, int64_t rows, const LinearTarget& target) {
  int64_t at = 0;
  for (const MemorySpan& span : memory) {
    ApplyLinear(kernels, {.weights = span.memory->keys(head, span.first, span.count), .bias = {}},
                queries, rows, {.out = target.out + at, .out_stride = target.out_stride});
    at += span.count;
  }
}

// out[row] = sum over positions of weight * value.
void SumValues(const Kernels& kernels, std::span<const MemorySpan> memory, int64_t head,
               kernels::Activations weights, int64_t rows, LinearTarget target) {
  for (const MemorySpan& span : memory) {
    ApplyLinear(kernels, {.weights = span.memory->values(head, span.first, span.count), .bias = {}},
                weights, rows, target);
    weights.data += static_cast<size_t>(span.count) * ElementBytes(span.memory->type());
    target.residual = target.out;
  }
}

}  // namespace

void AttendBlock(const Kernels& kernels, std::span<const MemorySpan> memory, int64_t head,
                 const AttentionCall& call, AttentionScratch& scratch) {
  IRONSCRIBE_DCHECK(call.rows <= kAttentionBlockRows && !memory.empty());
  const LinearType type = memory[0].memory->type();
  const auto rows = static_cast<size_t>(call.rows);
  const int64_t head_size = memory[0].memory->head_size(), positions = CountPositions(memory);
  const int64_t padded_head = kernels::PaddedDepth(type, head_size);
  const int64_t padded = kernels::PaddedDepth(type, positions);
  const size_t query_bytes = static_cast<size_t>(padded_head * kernels::ElementBytes(type));
  scratch.queries.Resize(rows * query_bytes);
  for (size_t row = 0; row < rows; ++row) {
    ConvertRow(kernels, type, call.query + static_cast<int64_t>(row) * call.query_stride, head_size,
               padded_head, scratch.queries.data() + row * query_bytes);
  }
  float* scores = scratch.scores.As<float>(rows * static_cast<size_t>(padded)).data();
  ScoreQueries(
      kernels, memory, head,
      {.data = scratch.queries.data(), .stride_bytes = static_cast<int64_t>(query_bytes)},
      call.rows, {.out = scores, .out_stride = padded});
  if (call.raw_scores != nullptr) {
    for (size_t row = 0; row < rows; ++row) {
      std::memcpy(call.raw_scores + row * static_cast<size_t>(positions),
                  scores + row * static_cast<size_t>(padded),
                  static_cast<size_t>(positions) * sizeof(float));
    }
  }
  // Weights stay unnormalised until after the sum: one multiplication per output, not per position.
  float* totals = scratch.sums.As<float>(rows).data();
  const size_t weight_bytes = static_cast<size_t>(padded * kernels::ElementBytes(type));
  std::byte* weights = reinterpret_cast<std::byte*>(scores);
  if (type != LinearType::kFloat32) {
    scratch.weights.Resize(rows * weight_bytes);
    weights = scratch.weights.data();
  }
  for (size_t row = 0; row < rows; ++row) {
    float* at = scores + row * static_cast<size_t>(padded);
    totals[row] =
        type == LinearType::kFloat32
            ? kernels.rowwise->softmax_float32(at, positions, padded)
            : kernels.rowwise->softmax_bfloat16(
                  at, positions, padded, reinterpret_cast<uint16_t*>(weights + row * weight_bytes));
  }
  SumValues(kernels, memory, head,
            {.data = weights, .stride_bytes = static_cast<int64_t>(weight_bytes)}, call.rows,
            {.out = call.out, .out_stride = call.out_stride});
  for (size_t row = 0; row < rows; ++row) {
    const float inverse = 1.0f / totals[row];
    float* out = call.out + static_cast<int64_t>(row) * call.out_stride;
    for (int64_t i = 0; i < head_size; ++i) out[i] *= inverse;
  }
}

}  // namespace ironscribe::nn
