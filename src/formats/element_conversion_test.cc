#include "formats/element_conversion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

namespace ironscribe::formats {
namespace {

std::vector<float> Convert(Encoding encoding, const std::string& bytes, size_t count,
                           bool* is_finite = nullptr) {
  // One byte off any alignment.
  const std::string shifted = "x" + bytes;
  std::vector<float> out(count);
  const bool ok =
      ConvertToFloat(encoding, reinterpret_cast<const std::byte*>(shifted.data()) + 1, out);
  if (is_finite != nullptr) {
    *is_finite = ok;
  } else {
    EXPECT_TRUE(ok);
  }
  return out;
}

template <typename T>
std::string Raw(std::initializer_list<T> values) {
  std::string bytes;
  for (const T value : values) bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
  return bytes;
}

TEST(ElementConversionTest, EveryHalfEqualsTheScalarDecoder) {
  std::string bytes;
  for (uint32_t bits = 0; bits < 0x10000; ++bits) bytes += Raw({static_cast<uint16_t>(bits)});
  const auto values = Convert(Encoding::kFloat16, bytes, 0x10000);
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float expected = tensor::FloatFromFloat16(static_cast<uint16_t>(bits));
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(values[bits])) << bits;
    } else {
      EXPECT_EQ(std::memcmp(&values[bits], &expected, sizeof(float)), 0) << bits;
    }
  }
}

TEST(ElementConversionTest, PlainTypes) {
  using F = std::vector<float>;
  EXPECT_EQ(Convert(Encoding::kFloat32, Raw({1.5f, -2.0f}), 2), (F{1.5f, -2.0f}));
  EXPECT_EQ(Convert(Encoding::kFloat64, Raw({0.25, -1e10}), 2), (F{0.25f, -1e10f}));
  EXPECT_EQ(Convert(Encoding::kBFloat16, Raw<uint16_t>({0x3fc0, 0xc000}), 2), (F{1.5f, -2.0f}));
  EXPECT_EQ(Convert(Encoding::kUint8, "\xff\x01", 2), (F{255.0f, 1.0f}));
  EXPECT_EQ(Convert(Encoding::kInt8, "\xff\x01", 2), (F{-1.0f, 1.0f}));
  EXPECT_EQ(Convert(Encoding::kInt16, Raw<int16_t>({-300, 7}), 2), (F{-300.0f, 7.0f}));
  EXPECT_EQ(Convert(Encoding::kInt32, Raw<int32_t>({-70000, 7}), 2), (F{-70000.0f, 7.0f}));
  EXPECT_EQ(Convert(Encoding::kInt64, Raw<int64_t>({1LL << 40}), 1), (F{0x1p40f}));
}

// Blocks written down by hand: scale 0.5 (0x3800), minimum -1 (0xbc00).
TEST(ElementConversionTest, BlocksWithKnownAnswers) {
  const std::string half = Raw<uint16_t>({0x3800});
  const std::string minus_one = Raw<uint16_t>({0xbc00});
  // Low nibble i and high nibble 15 - i in byte i.
  std::string nibbles;
  for (int i = 0; i < 16; ++i) nibbles.push_back(static_cast<char>(i | ((15 - i) << 4)));
  // Fifth bits: elements 1 and 31.
  const std::string fifth = Raw<uint32_t>({0x80000002u});
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes.push_back(static_cast<char>(i * 8 - 128));

  const auto q4_0 = Convert(Encoding::kQ4_0, half + nibbles, 32);
  const auto q4_1 = Convert(Encoding::kQ4_1, half + minus_one + nibbles, 32);
  const auto q5_0 = Convert(Encoding::kQ5_0, half + fifth + nibbles, 32);
  const auto q5_1 = Convert(Encoding::kQ5_1, half + minus_one + fifth + nibbles, 32);
  const auto q8_0 = Convert(Encoding::kQ8_0, half + bytes, 32);
  for (int i = 0; i < 32; ++i) {
    const int code = i < 16 ? i : 31 - i;
    const int wide = code + (i == 1 || i == 31 ? 16 : 0);
    const auto n = static_cast<size_t>(i);
    EXPECT_EQ(q4_0[n], 0.5f * static_cast<float>(code - 8)) << i;
    EXPECT_EQ(q4_1[n], 0.5f * static_cast<float>(code) - 1.0f) << i;
    EXPECT_EQ(q5_0[n], 0.5f * static_cast<float>(wide - 16)) << i;
    EXPECT_EQ(q5_1[n], 0.5f * static_cast<float>(wide) - 1.0f) << i;
    EXPECT_EQ(q8_0[n], 0.5f * static_cast<float>(i * 8 - 128)) << i;
  }
}

TEST(ElementConversionTest, ScalesThatAreNotFiniteAreReported) {
  for (const uint16_t bad : {0x7c00, 0xfc00, 0x7e01}) {
    for (const Encoding encoding :
         {Encoding::kQ4_0, Encoding::kQ4_1, Encoding::kQ5_0, Encoding::kQ5_1, Encoding::kQ8_0}) {
      // The second of two blocks is bad.
      const size_t size = UnitOf(encoding).size_bytes;
      std::string blocks(2 * size, '\0');
      std::memcpy(blocks.data() + size, &bad, sizeof(bad));
      bool is_finite = true;
      Convert(encoding, blocks, 64, &is_finite);
      EXPECT_FALSE(is_finite) << EncodingName(encoding);
    }
  }
}

TEST(ElementConversionTest, SizesAreCheckedAgainstOverflowAndBlocks) {
  EXPECT_EQ(EncodedSizeBytes(Encoding::kFloat16, {3, 5}), 30u);
  EXPECT_EQ(EncodedSizeBytes(Encoding::kFloat32, {}), 4u);
  EXPECT_EQ(EncodedSizeBytes(Encoding::kFloat32, {0, 7}), 0u);
  EXPECT_EQ(EncodedSizeBytes(Encoding::kQ5_1, {3, 64}), 3 * 2 * 24u);
  EXPECT_EQ(EncodedSizeBytes(Encoding::kQ5_1, {64, 3}), std::nullopt);
  EXPECT_EQ(EncodedSizeBytes(Encoding::kQ8_0, {}), std::nullopt);
  EXPECT_EQ(EncodedSizeBytes(Encoding::kFloat32, {-1, 4}), std::nullopt);
  EXPECT_EQ(EncodedSizeBytes(Encoding::kFloat32, {INT64_MAX, 1}), std::nullopt);
  EXPECT_EQ(EncodedSizeBytes(Encoding::kInt8, {INT64_MAX, 3}), std::nullopt);
}

}  // namespace
}  // namespace ironscribe::formats
