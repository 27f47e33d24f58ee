#include "formats/testing/encode.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "tensor/tensor.h"

namespace ironscribe::formats::testing {
namespace {

constexpr size_t kBlock = 32;

// Nibbles of codes 0-15 and 16-31 side by side, and the fifth bits in a word.
void PutCodes(std::string* out, const std::vector<int>& codes, bool has_fifth_bit) {
  if (has_fifth_bit) {
    uint32_t fifth = 0;
    for (size_t i = 0; i < kBlock; ++i) fifth |= static_cast<uint32_t>(codes[i] >> 4) << i;
    Put(out, fifth);
  }
  for (size_t i = 0; i < kBlock / 2; ++i) {
    out->push_back(static_cast<char>((codes[i] & 15) | ((codes[i + kBlock / 2] & 15) << 4)));
  }
}

// Codes around zero: the value of largest magnitude gets the most negative code.
void PutCentred(std::string* out, std::span<const float> block, int half_range) {
  const float extreme = *std::max_element(
      block.begin(), block.end(), [](float a, float b) { return std::abs(a) < std::abs(b); });
  const uint16_t scale = Float16FromFloat(extreme / static_cast<float>(-half_range));
  const float step = tensor::FloatFromFloat16(scale);
  Put(out, scale);
  std::vector<int> codes;
  for (const float value : block) {
    const float code = step == 0.0f ? 0.0f : std::nearbyint(value / step);
    codes.push_back(std::clamp(static_cast<int>(code) + half_range, 0, 2 * half_range - 1));
  }
  PutCodes(out, codes, half_range == 16);
}

// Codes between the block's smallest and largest value.
void PutRange(std::string* out, std::span<const float> block, int max_code) {
  const auto [low, high] = std::minmax_element(block.begin(), block.end());
  const uint16_t minimum = Float16FromFloat(*low);
  const uint16_t scale = Float16FromFloat((*high - *low) / static_cast<float>(max_code));
  const float step = tensor::FloatFromFloat16(scale);
  Put(out, scale);
  Put(out, minimum);
  std::vector<int> codes;
  for (const float value : block) {
    const float offset = value - tensor::FloatFromFloat16(minimum);
    const float code = step == 0.0f ? 0.0f : std::nearbyint(offset / step);
    codes.push_back(std::clamp(static_cast<int>(code), 0, max_code));
  }
  PutCodes(out, codes, max_code == 31);
}

void PutQ8(std::string* out, std::span<const float> block) {
  float extreme = 0.0f;
  for (const float value : block) extreme = std::max(extreme, std::abs(value));
  const uint16_t scale = Float16FromFloat(extreme / 127.0f);
  const float step = tensor::FloatFromFloat16(scale);
  Put(out, scale);
  for (const float value : block) {
    const float code = step == 0.0f ? 0.0f : std::nearbyint(value / step);
    out->push_back(static_cast<char>(std::clamp(static_cast<int>(code), -127, 127)));
  }
}

void PutBlock(std::string* out, Encoding type, std::span<const float> block) {
  switch (type) {
    case Encoding::kQ4_0:
      return PutCentred(out, block, 8);
    case Encoding::kQ5_0:
      return PutCentred(out, block, 16);
    case Encoding::kQ4_1:
      return PutRange(out, block, 15);
    case Encoding::kQ5_1:
      return PutRange(out, block, 31);
    case Encoding::kQ8_0:
      return PutQ8(out, block);
    default:
      IRONSCRIBE_CHECK(false);
  }
}

void PutPlain(std::string* out, Encoding type, float value) {
  switch (type) {
    case Encoding::kFloat32:
      return Put(out, value);
    case Encoding::kFloat16:
      return Put(out, Float16FromFloat(value));
    case Encoding::kBFloat16:
      return Put(out, tensor::BFloat16FromFloat(value));
    case Encoding::kFloat64:
      return Put(out, static_cast<double>(value));
    case Encoding::kUint8:
      return Put(out, static_cast<uint8_t>(value));
    case Encoding::kInt8:
      return Put(out, static_cast<int8_t>(value));
    case Encoding::kInt16:
      return Put(out, static_cast<int16_t>(value));
    case Encoding::kInt32:
      return Put(out, static_cast<int32_t>(value));
    case Encoding::kInt64:
      return Put(out, static_cast<int64_t>(value));
    default:
      IRONSCRIBE_CHECK(false);
  }
}

}  // namespace

uint16_t Float16FromFloat(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000u);
  const float magnitude = std::abs(value);
  if (std::isnan(value)) return sign | 0x7e00u;
  if (magnitude >= 65520.0f) return sign | 0x7c00u;  // Halfway past the largest, 65,504.
  // The spacing of halves at this magnitude: 2^-24 below 2^-14, else 2^-10 of the power of two.
  int exponent = 0;
  if (std::frexp(magnitude, &exponent) == 0.0f) return sign;
  exponent = std::max(exponent, -13);
  const auto fraction = static_cast<uint32_t>(std::nearbyint(std::ldexp(magnitude, 11 - exponent)));
  // A fraction that lacks or exceeds its leading bit carries into the exponent field by itself.
  const auto biased = static_cast<uint32_t>(exponent + 13) << 10;
  return static_cast<uint16_t>(sign | (biased + fraction));
}

std::string Encode(Encoding type, std::span<const float> values) {
  std::string out;
  if (UnitOf(type).elements == 1) {
    for (const float value : values) PutPlain(&out, type, value);
    return out;
  }
  IRONSCRIBE_CHECK(values.size() % kBlock == 0);
  for (size_t i = 0; i < values.size(); i += kBlock) {
    PutBlock(&out, type, values.subspan(i, kBlock));
  }
  return out;
}

}  // namespace ironscribe::formats::testing
