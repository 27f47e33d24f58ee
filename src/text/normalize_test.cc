#include "text/normalize.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "text/utf8.h"
#include "text/word_errors.h"

namespace ironscribe::text {
namespace {

TEST(NormalizeTest, KnownTexts) {
  const struct {
    const char* text;
    const char* expected;
  } cases[] = {
      {"", ""},
      {"  Hello,   World! ", "hello world"},
      {"DON'T don\u2019t", "dont dont"},
      {"well-known", "well known"},
      {"$5.99 (50%)", "5 99 50"},
      {"... ---", ""},
      {"\u00dcBER Fl\u00fcsse \u00c9T\u00c9", "\u00fcber fl\u00fcsse \u00e9t\u00e9"},
      {"e\u0301t\u00e9", "\u00e9t\u00e9"},        // composed
      {"\uff21\uff22\uff23 \ufb01n", "abc fin"},  // full width, ligature
      {"日本語。テキスト", "日本語 テキスト"},
      {"हिन्दी में।", "हिन्दी में"},  // Vowel signs stay.
      {"\u266a la \u266a", "la"},
      {"a\u3000b\u00a0c\nd\te", "a b c d e"},
      {"cut \xe6\x97", "cut"},
  };
  for (const auto& it : cases) EXPECT_EQ(BasicNormalize(it.text), it.expected) << it.text;
}

TEST(NormalizeTest, NormalizedTextStays) {
  Random random(9);
  for (int i = 0; i < 500; ++i) {
    std::string bytes;
    for (int j = 0; j < 20; ++j) bytes.push_back(static_cast<char>(random.Next()));
    const std::string once = BasicNormalize(bytes);
    EXPECT_TRUE(IsValidUtf8(once));
    EXPECT_EQ(BasicNormalize(once), once);
  }
}

TEST(NormalizeTest, SplitWords) {
  EXPECT_EQ(SplitWords("  a bc\u3000d\n"), (std::vector<std::string>{"a", "bc", "d"}));
  EXPECT_TRUE(SplitWords("  ").empty());
}

WordErrorCounts Compare(std::string_view reference, std::string_view hypothesis) {
  return WordErrors(SplitWords(reference), SplitWords(hypothesis));
}

TEST(WordErrorsTest, KnownCounts) {
  const struct {
    const char* reference;
    const char* hypothesis;
    int64_t substitutions, deletions, insertions;
  } cases[] = {
      {"", "", 0, 0, 0},           {"a b c", "a b c", 0, 0, 0},
      {"a b c", "a x c", 1, 0, 0}, {"a b c", "a c", 0, 1, 0},
      {"a c", "a b c", 0, 0, 1},   {"a b c", "", 0, 3, 0},
      {"", "a b", 0, 0, 2},        {"the cat sat on the mat", "the cat sit on mat today", 1, 1, 1},
      {"a b", "b a", 0, 1, 1},     {"a b", "c d", 2, 0, 0},
  };
  for (const auto& it : cases) {
    const WordErrorCounts counts = Compare(it.reference, it.hypothesis);
    EXPECT_EQ(counts.substitutions, it.substitutions) << it.reference;
    EXPECT_EQ(counts.deletions, it.deletions) << it.reference;
    EXPECT_EQ(counts.insertions, it.insertions) << it.reference;
  }
}

TEST(WordErrorsTest, RatesAndSums) {
  WordErrorCounts total = Compare("a b c d", "a x c d");
  EXPECT_EQ(total.reference_words, 4);
  EXPECT_DOUBLE_EQ(total.rate(), 0.25);
  total += Compare("e f", "e f g");
  EXPECT_EQ(total.reference_words, 6);
  EXPECT_EQ(total.errors(), 2);
  EXPECT_DOUBLE_EQ(total.rate(), 2.0 / 6.0);
  EXPECT_DOUBLE_EQ(Compare("", "").rate(), 0.0);
}

// Whatever the texts: deletions less insertions is the difference of the lengths, and swapping the
// texts swaps the two.
TEST(WordErrorsTest, Properties) {
  Random random(4);
  for (int i = 0; i < 300; ++i) {
    std::vector<std::string> a;
    std::vector<std::string> b;
    for (uint64_t j = random.Next() % 12; j > 0; --j) a.emplace_back(1, "abcd"[random.Next() % 4]);
    for (uint64_t j = random.Next() % 12; j > 0; --j) b.emplace_back(1, "abcd"[random.Next() % 4]);
    const WordErrorCounts forth = WordErrors(a, b);
    const WordErrorCounts back = WordErrors(b, a);
    EXPECT_EQ(forth.deletions - forth.insertions,
              static_cast<int64_t>(a.size()) - static_cast<int64_t>(b.size()));
    EXPECT_EQ(forth.errors(), back.errors());
    EXPECT_EQ(forth.deletions, back.insertions);
  }
}

}  // namespace
}  // namespace ironscribe::text
