#include "text/utf8.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace ironscribe::text {
namespace {

constexpr char kReplacement[] = "\xef\xbf\xbd";

std::string Replacements(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += kReplacement;
  return text;
}

TEST(Utf8Test, ValidTextIsUnchanged) {
  for (const char* text : {"", "ascii", "é", "€", "😀", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf",
                           "\xed\x9f\xbf", "\xee\x80\x80", "日本語 mixed"}) {
    EXPECT_TRUE(IsValidUtf8(text));
    EXPECT_EQ(SafeUtf8(text), text);
  }
}

// Tables 3-8 to 3-11 of the Unicode standard, and single cases.
TEST(Utf8Test, MaximalSubpartsAreReplaced) {
  const struct {
    std::string_view bytes;
    std::string expected;
  } cases[] = {
      {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", Replacements(8) + "A"},
      {"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", Replacements(8) + "A"},
      {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", Replacements(5) + "A" + Replacements(2) + "B"},
      {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", Replacements(4) + "A"},
      {"\xe6\x97", Replacements(1)},
      {"\xf0\x9f\x98", Replacements(1)},
      {"\xc3", Replacements(1)},
      {"\xf5\x80", Replacements(2)},
  };
  for (const auto& it : cases) {
    EXPECT_FALSE(IsValidUtf8(it.bytes));
    EXPECT_EQ(SafeUtf8(it.bytes), it.expected);
  }
}

TEST(Utf8Test, AnyBytesBecomeValid) {
  Random random(5);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    for (int j = 0; j < 12; ++j) bytes.push_back(static_cast<char>(random.Next()));
    const std::string safe = SafeUtf8(bytes);
    EXPECT_TRUE(IsValidUtf8(safe));
    EXPECT_EQ(SafeUtf8(safe), safe);
  }
}

TEST(Utf8Test, EveryCodePointComesBack) {
  for (char32_t code_point = 0; code_point <= 0x10ffff; code_point += 7) {
    if (code_point >= 0xd800 && code_point < 0xe000) continue;
    std::string text;
    AppendUtf8(code_point, text);
    ASSERT_EQ(ToCodePoints(text), std::u32string(1, code_point));
  }
}

TEST(Utf8Test, Categories) {
  EXPECT_TRUE(IsLetter(U'é'));
  EXPECT_TRUE(IsLetter(U'語'));
  EXPECT_FALSE(IsLetter(U'1'));
  EXPECT_FALSE(IsLetter(0x301));
  EXPECT_TRUE(IsNumber(U'½'));
  EXPECT_TRUE(IsNumber(U'٣'));
  EXPECT_FALSE(IsNumber(U'a'));
  // The 25 characters with the property White_Space.
  int num_spaces = 0;
  for (char32_t code_point = 0; code_point < 0x110000; ++code_point) {
    num_spaces += IsWhiteSpace(code_point) ? 1 : 0;
  }
  EXPECT_EQ(num_spaces, 25);
  EXPECT_TRUE(IsWhiteSpace(0x3000));
  EXPECT_TRUE(IsWhiteSpace(0x85));
  EXPECT_FALSE(IsWhiteSpace(0x200b));
  EXPECT_FALSE(IsWhiteSpace(0x1c));
}

}  // namespace
}  // namespace ironscribe::text
