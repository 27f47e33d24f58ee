// Encoding of float32 values into stored types: the inverse of formats/element_conversion.h, for
// tests.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include "formats/element_conversion.h"

namespace ironscribe::formats::testing {

// Round to nearest even; beyond the range becomes infinity.
uint16_t Float16FromFloat(float value);

// The stored bytes of `values`. Block types need a multiple of 32.
std::string Encode(Encoding type, std::span<const float> values);

template <typename T>
void Put(std::string* out, T value) {
  static_assert(std::is_arithmetic_v<T>);
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

}  // namespace ironscribe::formats::testing
