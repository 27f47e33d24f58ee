#include "text/number_words.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ironscribe::text {
namespace {

using Words = std::vector<std::string>;

TEST(WordsAndDigitsTest, NumbersLookAlikeHoweverTheyAreWritten) {
  const Words expected = {"call", "4", "1", "5", "5"};
  for (const char* text : {"Call 4155", " call: 4-15.5!", "CALL 4, 1, five. Five"}) {
    EXPECT_EQ(WordsAndDigits(text), expected) << text;
  }
}

TEST(WordsAndDigitsTest, OtherWordsStayWhole) {
  EXPECT_EQ(WordsAndDigits(" B2 fiver 3rd"), (Words{"b2", "fiver", "3rd"}));
  EXPECT_EQ(WordsAndDigits(" ... "), Words());
}

TEST(WordsAndDigitsTest, ADigitIsOneSign) {
  EXPECT_TRUE(IsDigitWord("0"));
  EXPECT_TRUE(IsDigitWord("9"));
  for (const char* word : {"", "a", "12", "/", ":"}) EXPECT_FALSE(IsDigitWord(word)) << word;
}

}  // namespace
}  // namespace ironscribe::text
