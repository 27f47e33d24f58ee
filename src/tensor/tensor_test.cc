#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ironscribe::tensor {
namespace {

TEST(TensorTest, Float16KnownValues) {
  // From the IEEE 754 binary16 definition.
  EXPECT_EQ(FloatFromFloat16(0x0000), 0.0f);
  EXPECT_TRUE(std::signbit(FloatFromFloat16(0x8000)));
  EXPECT_EQ(FloatFromFloat16(0x3c00), 1.0f);
  EXPECT_EQ(FloatFromFloat16(0xc000), -2.0f);
  EXPECT_EQ(FloatFromFloat16(0x7bff), 65504.0f);
  EXPECT_EQ(FloatFromFloat16(0x0001), std::ldexp(1.0f, -24));
  EXPECT_EQ(FloatFromFloat16(0x0400), std::ldexp(1.0f, -14));
  EXPECT_TRUE(std::isinf(FloatFromFloat16(0x7c00)));
  EXPECT_TRUE(std::isnan(FloatFromFloat16(0x7e00)));
}

TEST(TensorTest, BFloat16RoundsToNearestEven) {
  EXPECT_EQ(BFloat16FromFloat(1.0f), 0x3f80);
  EXPECT_EQ(BFloat16FromFloat(1.0f + std::ldexp(1.0f, -8)), 0x3f80);      // Tie to even: down.
  EXPECT_EQ(BFloat16FromFloat(1.0f + 3 * std::ldexp(1.0f, -8)), 0x3f82);  // Tie to even: up.
  EXPECT_TRUE(std::isnan(FloatFromBFloat16(BFloat16FromFloat(std::nanf("")))));
  EXPECT_TRUE(
      std::isinf(FloatFromBFloat16(BFloat16FromFloat(std::numeric_limits<float>::infinity()))));
}

TEST(TensorTest, ShapesPrint) {
  EXPECT_EQ(ShapeToString({384, 1536}), "[384, 1536]");
  EXPECT_EQ(ShapeToString({}), "[]");
}

}  // namespace
}  // namespace ironscribe::tensor
