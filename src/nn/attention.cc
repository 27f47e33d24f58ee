#include "nn/attention.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace ironscribe::nn {

using kernels::LinearType;

namespace {

// Larger than that of any model known (64 to 128), so that rows fit on the stack.
constexpr int64_t kMaxHeadSize = 256;

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
  IRONSCRIBE_CHECK(type != LinearType::kInt8);
  IRONSCRIBE_CHECK(head_size <= kMaxHeadSize);
  keys_.Resize(key_head_bytes_ * static_cast<size_t>(num_heads));
  values_.Resize(value_head_bytes_ * static_cast<size_t>(num_heads));
  if (type == LinearType::kInt8Wide) {
    value_scales_.resize(static_cast<size_t>(num_heads * positions));
  }
}

void KeyValues::Put(const Kernels& kernels, int64_t first, int64_t count, const float* keys,
                    const float* values, int64_t stride) {
  IRONSCRIBE_DCHECK(first % 2 == 0);
  for (int64_t head = 0; head < num_heads_; ++head) {
    const Rows rows{keys + head * head_size_, values + head * head_size_, stride};
    if (type_ == LinearType::kInt8Wide) {
      PutQuantized(kernels, head, first, count, rows);
    } else {
      PutConverted(kernels, head, first, count, rows);
    }
  }
}

void KeyValues::PutConverted(const Kernels& kernels, int64_t head, int64_t first, int64_t count,
                             const Rows& rows) {
  std::byte row[2][kMaxHeadSize * sizeof(float)] = {};
  const int64_t padded = kernels::PaddedDepth(type_, head_size_);
  std::byte* keys = keys_.data() + static_cast<size_t>(head) * key_head_bytes_;
  std::byte* values = values_.data() + static_cast<size_t>(head) * value_head_bytes_;
  for (int64_t i = 0; i < count; ++i) {
    ConvertRow(kernels, type_, rows.keys + i * rows.stride, head_size_, padded, row[0]);
    kernels::PutPackedColumn(type_, head_size_, first + i, row[0], keys);
  }
  for (int64_t i = 0; i < count; i += 2) {
    const bool pair = i + 1 < count;
    const float* from = rows.values + i * rows.stride;
    ConvertRow(kernels, type_, from, head_size_, head_size_, row[0]);
    if (pair) ConvertRow(kernels, type_, from + rows.stride, head_size_, head_size_, row[1]);
    kernels::PutPackedInputs(type_, head_size_, positions_, first + i, row[0],
                             pair ? row[1] : nullptr, values);
  }
}

void KeyValues::PutQuantized(const Kernels& kernels, int64_t head, int64_t first, int64_t count,
                             const Rows& rows) {
  int8_t row[2][kMaxHeadSize] = {};
  int32_t sum = 0;
  const auto quantize = [&](const float* from, int8_t* to) {
    return kernels.rowwise->quantize_int8(from, head_size_, head_size_, to, &sum);
  };
  std::byte* keys = keys_.data() + static_cast<size_t>(head) * key_head_bytes_;
  std::byte* values = values_.data() + static_cast<size_t>(head) * value_head_bytes_;
  float* scales = value_scales_.data() + head * positions_ + first;
  for (int64_t i = 0; i < count; ++i) {
    const float scale = quantize(rows.keys + i * rows.stride, row[0]);
    kernels::PutWideColumn(head_size_, first + i, row[0], scale, keys);
  }
  for (int64_t i = 0; i < count; i += 2) {
    const bool pair = i + 1 < count;
    const float* from = rows.values + i * rows.stride;
    scales[i] = quantize(from, row[0]);
    if (pair) scales[i + 1] = quantize(from + rows.stride, row[1]);
    kernels::PutWideInputs(head_size_, positions_, first + i, row[0], pair ? row[1] : nullptr,
                           values);
  }
}

const float* KeyValues::value_scales(int64_t head) const {
  return value_scales_.empty() ? nullptr : value_scales_.data() + head * positions_;
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
  IRONSCRIBE_DCHECK(count == positions_ || (head_size_ <= kernels::kPanelColumns &&
                                            first % 2 == 0 && first + count <= positions_));
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
    weights.data += kernels::ActivationRowBytes(span.memory->type(), span.count);
    target.residual = target.out;
  }
}

// Makes the weights of one row from its scores; returns what they add up to. They stay
// unnormalised until after the sum: one multiplication per output, not per position.
float WeighPositions(const Kernels& kernels, std::span<const MemorySpan> memory, int64_t head,
                     std::span<float> scores, std::byte* weights) {
  const LinearType type = memory[0].memory->type();
  const int64_t positions = CountPositions(memory);
  const auto padded = static_cast<int64_t>(scores.size());
  if (type == LinearType::kBFloat16) {
    return kernels.rowwise->softmax_bfloat16(scores.data(), positions, padded,
                                             reinterpret_cast<uint16_t*>(weights));
  }
  const float total = kernels.rowwise->softmax_float32(scores.data(), positions, padded);
  float* at = scores.data();
  for (const MemorySpan& span : memory) {
    // The test stands outside of the loop, which is one of vectors only then.
    if (const float* scales = span.memory->value_scales(head); scales != nullptr) {
      for (int64_t i = 0; i < span.count; ++i) at[i] *= scales[span.first + i];
    }
    at += span.count;
  }
  return total;
}

}  // namespace

void AttendBlock(const Kernels& kernels, std::span<const MemorySpan> memory, int64_t head,
                 const AttentionCall& call, AttentionScratch& scratch) {
  IRONSCRIBE_DCHECK(call.rows <= kAttentionBlockRows && !memory.empty());
  const LinearType type = memory[0].memory->type();
  const auto rows = static_cast<size_t>(call.rows);
  const int64_t head_size = memory[0].memory->head_size(), positions = CountPositions(memory);
  const auto padded = static_cast<size_t>(kernels::PaddedDepth(type, positions));
  scratch.queries.Reset(type, call.rows, head_size);
  for (int64_t row = 0; row < call.rows; ++row) {
    scratch.queries.Set(kernels, row, call.query + row * call.query_stride);
  }
  float* scores = scratch.scores.As<float>(rows * padded).data();
  ScoreQueries(kernels, memory, head, scratch.queries.view(), call.rows,
               {.out = scores, .out_stride = static_cast<int64_t>(padded)});
  if (call.raw_scores != nullptr) {
    for (size_t row = 0; row < rows; ++row) {
      std::memcpy(call.raw_scores + row * static_cast<size_t>(positions), scores + row * padded,
                  static_cast<size_t>(positions) * sizeof(float));
    }
  }
  float* totals = scratch.sums.As<float>(rows).data();
  scratch.weights.Reset(type, call.rows, positions);
  for (size_t row = 0; row < rows; ++row) {
    const std::span<float> at(scores + row * padded, padded);
    const auto index = static_cast<int64_t>(row);
    totals[row] = WeighPositions(kernels, memory, head, at, scratch.weights.row(index));
    if (type != LinearType::kBFloat16) scratch.weights.Set(kernels, index, at.data());
  }
  SumValues(kernels, memory, head, scratch.weights.view(), call.rows,
            {.out = call.out, .out_stride = call.out_stride});
  for (size_t row = 0; row < rows; ++row) {
    const float inverse = 1.0f / totals[row];
    float* out = call.out + static_cast<int64_t>(row) * call.out_stride;
    for (int64_t i = 0; i < head_size; ++i) out[i] *= inverse;
  }
}

}  // namespace ironscribe::nn
