#include "formats/element_conversion.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/safe_math.h"

namespace ironscribe::formats {
namespace {

constexpr size_t kBlockElements = 32;
constexpr size_t kHalfBlock = kBlockElements / 2;

// binary16 to binary32 without branches, so that loops vectorise. A subnormal is read as 1.fraction
// at the smallest exponent, and the one taken off again: exact, and free of float32 subnormals,
// which some threads flush to zero.
inline float FloatFromHalf(uint16_t half) {
  constexpr uint32_t kExponentMask = 0x1fu << 23;
  constexpr uint32_t kRebias = (127u - 15u) << 23;
  constexpr uint32_t kSmallestNormal = 113u << 23;  // 2^-14.
  const uint32_t magnitude = (half & 0x7fffu) << 13;
  const uint32_t exponent = magnitude & kExponentMask;
  const uint32_t normal = magnitude + kRebias;
  const uint32_t special = normal + kRebias;  // Infinity and NaN.
  const uint32_t subnormal = std::bit_cast<uint32_t>(
      std::bit_cast<float>(magnitude + kSmallestNormal) - std::bit_cast<float>(kSmallestNormal));
  uint32_t bits = exponent == kExponentMask ? special : normal;
  bits = exponent == 0 ? subnormal : bits;
  return std::bit_cast<float>(bits | (static_cast<uint32_t>(half & 0x8000u) << 16));
}

template <typename T>
inline T Load(const std::byte* source) {
  T value;
  std::memcpy(&value, source, sizeof(T));
  return value;
}

template <typename T, typename Convert>
void ConvertEach(const std::byte* source, std::span<float> out, Convert convert) {
  float* target = out.data();
  const size_t count = out.size();
  for (size_t i = 0; i < count; ++i) target[i] = convert(Load<T>(source + i * sizeof(T)));
}

template <typename T>
void CastEach(const std::byte* source, std::span<float> out) {
  ConvertEach<T>(source, out, [](T value) { return static_cast<float>(value); });
}

// Shape of the 4- and 5-bit blocks: scale, [minimum], [fifth bits], 16 bytes of nibbles, the low
// ones for elements 0 to 15, the high ones for 16 to 31.
template <bool kHasMinimum, bool kHasFifthBit>
bool ConvertNibbles(const std::byte* source, float* out) {
  constexpr size_t kMinimumBytes = kHasMinimum ? 2 : 0;
  constexpr size_t kFifthBytes = kHasFifthBit ? 4 : 0;
  const float scale = FloatFromHalf(Load<uint16_t>(source));
  // Without a minimum the codes are centred on zero.
  const int centre = kHasMinimum ? 0 : (kHasFifthBit ? 16 : 8);
  float minimum = 0.0f;
  if constexpr (kHasMinimum) minimum = FloatFromHalf(Load<uint16_t>(source + 2));
  uint32_t fifth = 0;
  if constexpr (kHasFifthBit) fifth = Load<uint32_t>(source + 2 + kMinimumBytes);
  const std::byte* nibbles = source + 2 + kMinimumBytes + kFifthBytes;
  for (size_t i = 0; i < kHalfBlock; ++i) {
    const auto byte = static_cast<uint32_t>(nibbles[i]);
    const uint32_t low = (byte & 15u) | (((fifth >> i) & 1u) << 4);
    const uint32_t high = (byte >> 4) | (((fifth >> (i + kHalfBlock)) & 1u) << 4);
    out[i] = static_cast<float>(static_cast<int>(low) - centre) * scale + minimum;
    out[i + kHalfBlock] = static_cast<float>(static_cast<int>(high) - centre) * scale + minimum;
  }
  return std::isfinite(scale) && std::isfinite(minimum);
}

bool ConvertQ8(const std::byte* source, float* out) {
  const float scale = FloatFromHalf(Load<uint16_t>(source));
  for (size_t i = 0; i < kBlockElements; ++i) {
    out[i] = static_cast<float>(static_cast<int8_t>(source[2 + i])) * scale;
  }
  return std::isfinite(scale);
}

template <typename ConvertBlock>
bool ConvertBlocks(const std::byte* source, size_t block_bytes, std::span<float> out,
                   ConvertBlock convert) {
  bool is_finite = true;
  for (size_t i = 0; i < out.size(); i += kBlockElements, source += block_bytes) {
    is_finite &= convert(source, out.data() + i);
  }
  return is_finite;
}

}  // namespace

EncodingUnit UnitOf(Encoding encoding) {
  switch (encoding) {
    case Encoding::kFloat64:
    case Encoding::kInt64:
      return {1, 8};
    case Encoding::kFloat32:
    case Encoding::kInt32:
      return {1, 4};
    case Encoding::kFloat16:
    case Encoding::kBFloat16:
    case Encoding::kInt16:
      return {1, 2};
    case Encoding::kUint8:
    case Encoding::kInt8:
      return {1, 1};
    case Encoding::kQ4_0:
      return {kBlockElements, 18};
    case Encoding::kQ4_1:
      return {kBlockElements, 20};
    case Encoding::kQ5_0:
      return {kBlockElements, 22};
    case Encoding::kQ5_1:
      return {kBlockElements, 24};
    case Encoding::kQ8_0:
      return {kBlockElements, 34};
  }
  return {1, 1};
}

std::string_view EncodingName(Encoding encoding) {
  constexpr std::string_view kNames[] = {"float32", "float16", "bfloat16", "float64", "uint8",
                                         "int8",    "int16",   "int32",    "int64",   "q4_0",
                                         "q4_1",    "q5_0",    "q5_1",     "q8_0"};
  return kNames[static_cast<size_t>(encoding)];
}

std::optional<uint64_t> EncodedSizeBytes(Encoding encoding, const tensor::Shape& shape) {
  const EncodingUnit unit = UnitOf(encoding);
  const auto elements = CheckedProduct(shape);
  const int64_t row = shape.empty() ? 1 : shape.back();
  if (!elements || row % static_cast<int64_t>(unit.elements) != 0) return std::nullopt;
  return CheckedMultiply(*elements / unit.elements, unit.size_bytes);
}

bool ConvertToFloat(Encoding encoding, const std::byte* source, std::span<float> out) {
  const size_t block_bytes = UnitOf(encoding).size_bytes;
  switch (encoding) {
    case Encoding::kFloat32:
      if (!out.empty()) std::memcpy(out.data(), source, out.size_bytes());
      return true;
    case Encoding::kFloat16:
      ConvertEach<uint16_t>(source, out, FloatFromHalf);
      return true;
    case Encoding::kBFloat16:
      ConvertEach<uint16_t>(source, out, tensor::FloatFromBFloat16);
      return true;
    case Encoding::kFloat64:
      CastEach<double>(source, out);
      return true;
    case Encoding::kUint8:
      CastEach<uint8_t>(source, out);
      return true;
    case Encoding::kInt8:
      CastEach<int8_t>(source, out);
      return true;
    case Encoding::kInt16:
      CastEach<int16_t>(source, out);
      return true;
    case Encoding::kInt32:
      CastEach<int32_t>(source, out);
      return true;
    case Encoding::kInt64:
      CastEach<int64_t>(source, out);
      return true;
    case Encoding::kQ4_0:
      return ConvertBlocks(source, block_bytes, out, ConvertNibbles<false, false>);
    case Encoding::kQ4_1:
      return ConvertBlocks(source, block_bytes, out, ConvertNibbles<true, false>);
    case Encoding::kQ5_0:
      return ConvertBlocks(source, block_bytes, out, ConvertNibbles<false, true>);
    case Encoding::kQ5_1:
      return ConvertBlocks(source, block_bytes, out, ConvertNibbles<true, true>);
    case Encoding::kQ8_0:
      return ConvertBlocks(source, block_bytes, out, ConvertQ8);
  }
  return false;
}

}  // namespace ironscribe::formats
