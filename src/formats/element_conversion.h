// Conversion of stored tensor elements to float32: plain types of any container and ggml's
// 32-element blocks. Sources need no alignment. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tensor/tensor.h"

namespace ironscribe::formats {

// How the elements of one tensor are stored. The kQ types are ggml's, in blocks along the last
// dimension; ggml/FORMAT.md has their layout.
enum class Encoding : uint8_t {
  kFloat32,
  kFloat16,
  kBFloat16,
  kFloat64,
  kUint8,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kQ4_0,
  kQ4_1,
  kQ5_0,
  kQ5_1,
  kQ8_0,
};

// The smallest unit that can be converted: one element, or one block.
struct EncodingUnit {
  size_t elements;
  size_t size_bytes;
};
EncodingUnit UnitOf(Encoding encoding);

std::string_view EncodingName(Encoding encoding);

// Bytes of a contiguous tensor; nothing on overflow, on a negative dimension, or when the last
// dimension is not a multiple of the block.
std::optional<uint64_t> EncodedSizeBytes(Encoding encoding, const tensor::Shape& shape);

// Converts out.size() elements. Requires: a whole number of units, and as many bytes at `source`.
// False when a block's scale or minimum is NaN or infinite.
bool ConvertToFloat(Encoding encoding, const std::byte* source, std::span<float> out);

}  // namespace ironscribe::formats
