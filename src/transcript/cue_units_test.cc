#include "transcript/cue_units.h"

#include <gtest/gtest.h>

#include <limits>

#include "transcript/display_width.h"

namespace ironscribe::transcript {
namespace {

Segment MakeSegment(double start, double end, std::string text, std::vector<Word> words = {}) {
  Segment segment;
  segment.start_seconds = start;
  segment.end_seconds = end;
  segment.text = std::move(text);
  segment.words = std::move(words);
  return segment;
}

std::vector<CueUnit> Units(const std::vector<Segment>& segments, int max_columns = 42) {
  std::vector<const Segment*> pointers;
  for (const Segment& segment : segments) pointers.push_back(&segment);
  return MakeCueUnits(pointers, "en", max_columns);
}

// "0-500 one|500-900 _two": times, '_' for a space before.
std::string Show(const std::vector<CueUnit>& units) {
  std::string shown;
  for (const CueUnit& unit : units) {
    if (!shown.empty()) shown += '|';
    shown += std::to_string(unit.start_ms) + "-" + std::to_string(unit.end_ms) + " " +
             (unit.space_before ? "_" : "") + unit.text;
  }
  return shown;
}

TEST(MakeCueUnits, TakesTheTimesOfWords) {
  EXPECT_EQ(
      Show(Units({MakeSegment(0, 9, " Ask not,", {{" Ask", 0.25, 0.5, 1}, {" not,", 1, 2, 1}})})),
      "250-500 Ask|1000-2000 _not,");
}

TEST(MakeCueUnits, SharesTheTimeOfASegmentWithoutWordsByColumns) {
  EXPECT_EQ(Show(Units({MakeSegment(1, 3, " abcde fghij klmnopqrst")})),
            "1000-1500 abcde|1500-2000 _fghij|2000-3000 _klmnopqrst");
  EXPECT_EQ(Show(Units({MakeSegment(0, 3, "今 abcd")})), "0-1000 今|1000-3000 _abcd");
}

TEST(MakeCueUnits, DoesNotTrustWordsThatAreNotTheText) {
  const std::vector<Word> words = {{" one", 5, 6, 1}};
  EXPECT_EQ(Show(Units({MakeSegment(0, 2, " two six", words)})), "0-1000 two|1000-2000 _six");
  EXPECT_EQ(Show(Units({MakeSegment(0, 2, " one six", words)})), "0-1000 one|1000-2000 _six");
}

TEST(MakeCueUnits, JoinsWordsThatTouch) {
  EXPECT_EQ(
      Show(Units({MakeSegment(0, 2, " self-made man",
                              {{" self", 0, 0.5, 1}, {"-made", 0.5, 1, 1}, {" man", 1, 2, 1}})})),
      "0-1000 self-made|1000-2000 _man");
  EXPECT_EQ(Show(Units({MakeSegment(0, 1, "今日は", {{"今日", 0, 0.5, 1}, {"は", 0.5, 1, 1}})})),
            "0-500 今日|500-1000 は");
}

TEST(MakeCueUnits, CutsWhatIsWiderThanALine) {
  EXPECT_EQ(Show(Units({MakeSegment(0, 2.5, std::string(25, 'x') + " y")}, 10)),
            "0-962 xxxxxxxxxx|962-1923 xxxxxxxxxx|1923-2404 xxxxx|2404-2500 _y");
  const auto units = Units({MakeSegment(0, 1, " 今今今今今今", {{" 今今今今今今", 0, 1, 1}})}, 5);
  ASSERT_EQ(units.size(), 3u);
  for (const CueUnit& unit : units) EXPECT_EQ(unit.columns, 4);
  EXPECT_EQ(units[0].break_after, BreakGrade::kPoor);
}

TEST(MakeCueUnits, MakesTimesAscend) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(
      Show(Units({MakeSegment(3, 4, " a"), MakeSegment(1, 2, " b"), MakeSegment(nan, -1, " c")})),
      "3000-4000 a|3000-3000 _b|3000-3000 _c");
}

TEST(MakeCueUnits, KnowsSentencesAndSegments) {
  const auto units = Units({MakeSegment(0, 1, " The end."), MakeSegment(1, 2, " ")});
  ASSERT_EQ(units.size(), 2u);
  EXPECT_EQ(units[0].break_after, BreakGrade::kPoor);
  EXPECT_FALSE(units[0].ends_segment);
  EXPECT_EQ(units[1].break_after, BreakGrade::kSentence);
  EXPECT_TRUE(units[1].ends_segment);
  EXPECT_TRUE(Units({MakeSegment(0, 1, "")}).empty());
}

TEST(MakeCueUnits, PutsNoSpaceBetweenSegmentsOfScriptsWithoutSpaces) {
  EXPECT_EQ(Show(Units({MakeSegment(0, 1, "今"), MakeSegment(1, 2, "日")})),
            "0-1000 今|1000-2000 日");
  EXPECT_EQ(Show(Units({MakeSegment(0, 1, "one"), MakeSegment(1, 2, "two")})),
            "0-1000 one|1000-2000 _two");
}

TEST(ColumnsOf, CountsSpacesBetweenUnitsOnly) {
  const auto units = Units({MakeSegment(0, 1, " one two 今日")});
  EXPECT_EQ(ColumnsOf(units), DisplayColumns("one two 今日"));
  EXPECT_EQ(ColumnsOf(std::span(units).subspan(1)), DisplayColumns("two 今日"));
  EXPECT_EQ(ColumnsOf({}), 0);
}

}  // namespace
}  // namespace ironscribe::transcript
