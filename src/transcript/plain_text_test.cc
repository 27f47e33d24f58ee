#include "transcript/plain_text.h"

#include <gtest/gtest.h>

namespace ironscribe::transcript {
namespace {

using std::string_literals::operator""s;

TEST(ValidUtf8, KeepsEveryWellFormedLength) {
  const std::string text = "a \u00E9 \u20AC \U0001F600 \U0010FFFF"s;
  EXPECT_EQ(ValidUtf8(text), text);
}

// The examples of the Unicode standard's section 3.9 on maximal subparts, and the classic attacks.
TEST(ValidUtf8, ReplacesEachMaximalSubpartOnce) {
  const struct {
    std::string input, expected;
  } kCases[] = {
      {"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64",
       "a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd"},
      {"\xC0\xAF", "\uFFFD\uFFFD"},                      // Overlong slash.
      {"\xE0\x80\xAF", "\uFFFD\uFFFD\uFFFD"},            // Overlong in three bytes.
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},            // A surrogate.
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},  // Above U+10FFFF.
      {"ab\xE2\x82", "ab\uFFFD"},                        // Stops inside a character.
      {"\xFF", "\uFFFD"},
  };
  for (const auto& test : kCases) EXPECT_EQ(ValidUtf8(test.input), test.expected);
}

TEST(SingleLine, GivesOneCleanLine) {
  const struct {
    std::string input, expected;
  } kCases[] = {
      {"  Hello, world. ", "Hello, world."},
      {"one\ntwo\r\nthree", "one two three"},
      {"a\tb", "a b"},
      {"a \n b", "a b"},
      {"a  b", "a  b"},  // The recogniser's own spaces stay.
      {"\u2028a\u2029b\u0085", "a b"},
      {"be\x07ll\x1B[31m\x7F\u009B", "bell[31m"},
      {"nul\0byte"s, "nulbyte"},
      {"\u202Bשלום\u202C", "\u202Bשלום\u202C"},
      {"👩‍🚀 ok", "👩‍🚀 ok"},
      {"\xFF", "\uFFFD"},
      {" \n\t ", ""},
      {"", ""},
  };
  for (const auto& test : kCases) EXPECT_EQ(SingleLine(test.input), test.expected);
}

}  // namespace
}  // namespace ironscribe::transcript
