#include "text/inverse_normalization/english_cardinals.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace ironscribe::text {
namespace {

std::string Read(const std::string& text) {
  const auto tokens = CutIntoTokens(text);
  const auto cardinal = ReadCardinal(tokens, 0);
  if (!cardinal) return "none";
  return std::to_string(cardinal->value) + "/" + std::to_string(cardinal->end) + cardinal->scale;
}

TEST(EnglishCardinals, ReadsNumbers) {
  EXPECT_EQ(Read("twenty-five apples"), "25/2");
  EXPECT_EQ(Read("a hundred and five"), "105/4");
  EXPECT_EQ(Read("nineteen hundred eighty four"), "1984/4");
  EXPECT_EQ(Read("two thousand and twenty one"), "2021/5");
  EXPECT_EQ(Read("five million"), "5000000/2million");
  EXPECT_EQ(Read("a million"), "1000000/2million");
  EXPECT_EQ(Read("two million five hundred thousand"), "2500000/5");
  EXPECT_EQ(Read("one trillion and one"), "1000000000001/4");
  EXPECT_EQ(Read("two thousand three million"), "2000/2");  // Two numbers.
  EXPECT_EQ(Read("five, six"), "5/1");
  EXPECT_EQ(Read("one hundred and"), "100/2");
  EXPECT_EQ(Read("a dog"), "none");
  EXPECT_EQ(Read("zero"), "none");
}

TEST(EnglishCardinals, SaysNumbers) {
  EXPECT_EQ(SayCardinal(0), "zero");
  EXPECT_EQ(SayCardinal(13), "thirteen");
  EXPECT_EQ(SayCardinal(105), "one hundred five");
  EXPECT_EQ(SayCardinal(1'000'042), "one million forty-two");
  EXPECT_EQ(SayOrdinal(1), "first");
  EXPECT_EQ(SayOrdinal(20), "twentieth");
  EXPECT_EQ(SayOrdinal(42), "forty-second");
  EXPECT_EQ(SayOrdinal(100), "one hundredth");
  EXPECT_EQ(SayOrdinal(112), "one hundred twelfth");
  EXPECT_EQ(SayYear(1984), "nineteen eighty-four");
  EXPECT_EQ(SayYear(1900), "nineteen hundred");
  EXPECT_EQ(SayYear(1905), "nineteen oh five");
  EXPECT_EQ(SayYear(2005), "two thousand five");
  EXPECT_EQ(SayYear(2024), "twenty twenty-four");
  EXPECT_EQ(SayDigits("4110"), "four one one zero");
}

TEST(EnglishCardinals, ReadsWhatItSays) {
  Random random(6);
  for (int i = 0; i < 3000; ++i) {
    const uint64_t value = 1 + (random.Next() >> (random.Next() % 60)) % 999'999'999'999'999;
    const std::string said = SayCardinal(value);
    const auto tokens = CutIntoTokens(said);
    const auto read = ReadCardinal(tokens, 0);
    ASSERT_TRUE(read) << said;
    EXPECT_EQ(read->value, value) << said;
    EXPECT_EQ(read->end, tokens.size()) << said;
  }
}

}  // namespace
}  // namespace ironscribe::text
