// Element types and shapes of tensors; no maths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::tensor {

enum class ElementType : uint8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kBFloat16 = 2,
  kInt8 = 3,
  kInt16 = 4,
  kInt32 = 5,
  kInt64 = 6,
};

std::string_view ElementTypeName(ElementType type);
size_t ElementSizeBytes(ElementType type);

using Shape = std::vector<int64_t>;

// "[384, 1536]".
std::string ShapeToString(const Shape& shape);

// bfloat16 is the upper half of a float32; rounding is to nearest even, NaN stays NaN.
inline uint16_t BFloat16FromFloat(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<uint16_t>((bits >> 16) | 0x40u);
  return static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

inline float FloatFromBFloat16(uint16_t value) {
  const uint32_t bits = static_cast<uint32_t>(value) << 16;
  float result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

// IEEE 754 binary16 to binary32, exact.
float FloatFromFloat16(uint16_t value);

}  // namespace ironscribe::tensor
