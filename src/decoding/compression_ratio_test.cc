#include "decoding/compression_ratio.h"

#include <gtest/gtest.h>

#include <string>

namespace ironscribe::decoding {
namespace {

TEST(CompressionRatio, KnownAnswers) {
  EXPECT_EQ(CompressionRatio(""), 0.0f);
  // len(text.encode()) / len(zlib.compress(text.encode())) in Python 3.11 with zlib 1.2.13.
  EXPECT_FLOAT_EQ(CompressionRatio("a"), 1.0f / 9.0f);
  EXPECT_FLOAT_EQ(
      CompressionRatio("And so my fellow Americans ask not what your country can do for you."),
      68.0f / 69.0f);
  EXPECT_FLOAT_EQ(CompressionRatio("\xC3\xA9t\xC3\xA9"), 5.0f / 13.0f);
}

TEST(CompressionRatio, LoopsCompressWell) {
  std::string loop;
  for (int i = 0; i < 40; ++i) loop += "Thank you. ";
  EXPECT_GT(CompressionRatio(loop), 15.0f);
  std::string binary(1000, '\0');
  EXPECT_GT(CompressionRatio(binary), 50.0f);
}

}  // namespace
}  // namespace ironscribe::decoding
