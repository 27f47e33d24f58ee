// Arithmetic on sizes that come from outside: the result, or nothing on overflow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace ironscribe {

inline std::optional<uint64_t> CheckedAdd(uint64_t a, uint64_t b) {
  uint64_t sum;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

inline std::optional<uint64_t> CheckedMultiply(uint64_t a, uint64_t b) {
  uint64_t product;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

// The product of all dimensions; nothing on overflow or on a negative dimension.
inline std::optional<uint64_t> CheckedProduct(std::span<const int64_t> dimensions) {
  uint64_t product = 1;
  for (int64_t dimension : dimensions) {
    if (dimension < 0) return std::nullopt;
    auto next = CheckedMultiply(product, static_cast<uint64_t>(dimension));
    if (!next) return std::nullopt;
    product = *next;
  }
  return product;
}

}  // namespace ironscribe
