#include "text/word_errors.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "text/basic_normalizer.h"

namespace ironscribe::text {
namespace {

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
