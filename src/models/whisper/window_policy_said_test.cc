#include "models/whisper/window_policy_said.h"

#include <gtest/gtest.h>

namespace ironscribe::models::whisper {
namespace {

TEST(IsSaidInTest, WordsAreComparedWholeAndInOrder) {
  EXPECT_TRUE(IsSaidIn("He said: Go home!", " go home"));
  EXPECT_FALSE(IsSaidIn("He said: Go home!", " home go"));
  EXPECT_FALSE(IsSaidIn("He is homesick.", " home"));
  EXPECT_FALSE(IsSaidIn("Go right home", " go home"));
  EXPECT_FALSE(IsSaidIn("anything", " ..."));
  EXPECT_FALSE(IsSaidIn("", " a"));
}

TEST(IsSaidInTest, NumbersAreComparedByTheirDigits) {
  EXPECT_TRUE(IsSaidIn(" 0343.6467", " 4, 3, 6, 4"));
  EXPECT_TRUE(IsSaidIn(" 0343.6467", " four three six four"));
  EXPECT_TRUE(IsSaidIn(" Four. Three.", " 43"));
  EXPECT_FALSE(IsSaidIn(" 0343.6467", " 4, 3, 7"));
}

TEST(IsSaidInTest, OneDigitInFourMayHaveBeenMisheard) {
  EXPECT_TRUE(IsSaidIn(" 415552671.", " 1, 5, 5, 5, 5, 2, 6."));
  EXPECT_TRUE(IsSaidIn(" 4155", " 4, 9, 5, 5"));
  EXPECT_FALSE(IsSaidIn(" 415", " 4, 9, 5"));
  EXPECT_FALSE(IsSaidIn(" 415552671.", " 8, 9, 0, 5, 5, 2, 6."));
  // Words are not: what was missed may be like what was not.
  EXPECT_FALSE(IsSaidIn(" we all went home then", " we all came home then"));
  EXPECT_FALSE(IsSaidIn(" 4155 2671", " call 4, 9, 5, 5"));
}

TEST(DictationTest, NumbersTakeAsLongAsTheirDigits) {
  EXPECT_EQ(LongestSeconds(" extraordinary"), 2);
  EXPECT_EQ(LongestSeconds(" 42"), 2);
  EXPECT_GT(LongestSeconds(" 415552671."), 5);
  EXPECT_FALSE(IsDictated(" seven"));
  EXPECT_FALSE(IsDictated(" 42."));
  EXPECT_TRUE(IsDictated(".9148"));
}

}  // namespace
}  // namespace ironscribe::models::whisper
