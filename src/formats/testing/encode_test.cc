#include "formats/testing/encode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace ironscribe::formats::testing {
namespace {

// IEEE 754 binary16 values that are known by heart or from the definition.
TEST(EncodeTest, HalvesAreRoundedToNearestEven) {
  EXPECT_EQ(Float16FromFloat(0.0f), 0x0000);
  EXPECT_EQ(Float16FromFloat(-0.0f), 0x8000);
  EXPECT_EQ(Float16FromFloat(1.0f), 0x3c00);
  EXPECT_EQ(Float16FromFloat(-2.0f), 0xc000);
  EXPECT_EQ(Float16FromFloat(0.333251953125f), 0x3555);
  EXPECT_EQ(Float16FromFloat(65504.0f), 0x7bff);
  EXPECT_EQ(Float16FromFloat(65519.0f), 0x7bff);
  EXPECT_EQ(Float16FromFloat(65520.0f), 0x7c00);
  EXPECT_EQ(Float16FromFloat(0x1p-14f), 0x0400);
  EXPECT_EQ(Float16FromFloat(0x1p-24f), 0x0001);
  EXPECT_EQ(Float16FromFloat(0x1p-25f), 0x0000);
  EXPECT_EQ(Float16FromFloat(0x1.8p-24f), 0x0002);
  EXPECT_EQ(Float16FromFloat(1.0f + 0x1p-11f), 0x3c00);
  EXPECT_EQ(Float16FromFloat(1.0f + 0x1.8p-10f), 0x3c02);
  EXPECT_EQ(Float16FromFloat(std::nanf("")) & 0x7c00, 0x7c00);
}

// Every half, through an independent decoder (tensor::FloatFromFloat16) and back.
TEST(EncodeTest, EveryFiniteHalfComesBack) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    if ((bits & 0x7c00) == 0x7c00) continue;
    const auto half = static_cast<uint16_t>(bits);
    EXPECT_EQ(Float16FromFloat(tensor::FloatFromFloat16(half)), half);
  }
}

}  // namespace
}  // namespace ironscribe::formats::testing
