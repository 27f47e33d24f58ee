#include "transcript/display_width.h"

#include <gtest/gtest.h>

#include <string>

namespace ironscribe::transcript {
namespace {

TEST(DisplayColumns, CountsWhatAScreenShows) {
  const struct {
    const char* text;
    int columns;
  } kCases[] = {
      {"", 0},
      {"plain text.", 11},
      {"Grüße", 5},
      {"Gru\u0308\u00DFe", 5},  // u and a combining diaeresis.
      {"今日は", 6},            // Ideographs and kana are wide,
      {"안녕", 4},              // Hangul too,
      {"ＡＢ", 4},              // and the wide forms of Latin.
      {"ｱｲ", 2},                // Half-width katakana are narrow.
      {"שלום", 4},
      {"שָׁלוֹם", 4},  // Hebrew points take nothing.
      {"e\u0301\u0323x", 2},
      {"\u200Ba\u200D", 1},  // Zero-width space and joiner.
      {"😀", 2},
      {"👩‍🚀", 2},  // Two emoji and a joiner are one picture.
      {"🇩🇪", 2},
      {"❤\uFE0F", 2},
  };
  for (const auto& test : kCases) EXPECT_EQ(DisplayColumns(test.text), test.columns) << test.text;
}

TEST(FirstCluster, KeepsMarksWithTheirLetter) {
  EXPECT_EQ(FirstCluster("u\u0308x").size_bytes, 3u);
  EXPECT_EQ(FirstCluster("x").size_bytes, 1u);
  EXPECT_EQ(FirstCluster("👩‍🚀x").size_bytes, std::string("👩‍🚀").size());
}

TEST(FirstCluster, EndsHoweverLongTheChain) {
  // Leading consonants of Hangul form one cluster with each other, two columns each.
  std::string chain;
  for (int i = 0; i < 1000; ++i) chain += "\u1100";
  const Cluster cluster = FirstCluster(chain);
  EXPECT_LE(cluster.columns, kMaxClusterColumns);
  EXPECT_GT(cluster.size_bytes, 0u);
  EXPECT_EQ(DisplayColumns(chain), 2000);
}

}  // namespace
}  // namespace ironscribe::transcript
