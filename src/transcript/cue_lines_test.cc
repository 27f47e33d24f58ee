#include "transcript/cue_lines.h"

#include <gtest/gtest.h>

namespace ironscribe::transcript {
namespace {

std::vector<std::string> Lines(const std::string& text, int max_columns) {
  Segment segment;
  segment.text = text;
  return BreakLines(MakeCueUnits({&segment}, "en", max_columns), max_columns);
}

using Expected = std::vector<std::string>;

TEST(BreakLines, LeavesOneLineWhereItFits) {
  EXPECT_EQ(Lines("And so, my fellow Americans,", 42), Expected{"And so, my fellow Americans,"});
  EXPECT_EQ(Lines("", 42), Expected{});
  EXPECT_EQ(Lines("exactly ten", 11), Expected{"exactly ten"});
}

TEST(BreakLines, MakesLinesOfAboutOneLength) {
  // Filled as far as it goes, the first line would take all but two words.
  EXPECT_EQ(Lines("nobody knew where captain Hansen went that night", 42),
            (Expected{"nobody knew where captain", "Hansen went that night"}));
}

TEST(BreakLines, PrefersPunctuationAndKeepsArticlesWithTheirNouns) {
  EXPECT_EQ(Lines("After a while, nobody came to see him there", 40),
            (Expected{"After a while,", "nobody came to see him there"}));
  EXPECT_EQ(Lines("We finally found the house beyond green hills", 42),
            (Expected{"We finally found the house", "beyond green hills"}));
}

TEST(BreakLines, BreaksBetweenIdeographsButNotBeforeTheirPunctuation) {
  EXPECT_EQ(Lines("今日今日今日。", 12), (Expected{"今日今", "日今日。"}));
  // Filled as far as it goes, the first line would leave the full stop alone.
  EXPECT_EQ(Lines("今日今日今。", 10), (Expected{"今日今", "日今。"}));
}

TEST(BreakLines, UsesAsManyLinesAsNeeded) {
  EXPECT_EQ(Lines("aaaa bbbb cccc dddd", 10), (Expected{"aaaa bbbb", "cccc dddd"}));
  EXPECT_EQ(Lines("aaaa bbbb cccc dddd", 5), (Expected{"aaaa", "bbbb", "cccc", "dddd"}));
}

}  // namespace
}  // namespace ironscribe::transcript
