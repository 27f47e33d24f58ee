#include "finishing/spans_between.h"

#include <gtest/gtest.h>

namespace ironscribe::finishing {
namespace {

SpokenUnit Kept(double start_seconds, double end_seconds) {
  return {start_seconds, end_seconds, end_seconds, "", 0};
}

SpokenUnit Redacted(double start_seconds, double end_seconds, double least_seconds) {
  return {start_seconds, end_seconds, end_seconds, "SSN", least_seconds};
}

TEST(SpansBetween, ReachFromKeptWordToKeptWord) {
  const std::vector<SpokenUnit> units = {Kept(0, 1), Redacted(1.5, 2, 0.1), Redacted(2, 2.2, 0.1),
                                         Kept(4, 5), Redacted(9, 10, 0.1),  Kept(10, 11)};
  const auto spans = SpansBetween(units, kReachAloneSeconds);
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].start_seconds, 1);
  EXPECT_EQ(spans[0].end_seconds, 4);
  EXPECT_EQ(spans[0].label, "SSN");
  EXPECT_EQ(spans[1].start_seconds, 9);  // Behind a long pause.
  EXPECT_EQ(spans[1].end_seconds, 10);
  EXPECT_TRUE(SpansBetween({}, 1).empty());
}

TEST(SpansBetween, StopSoonerWhereOthersSpeak) {
  const std::vector<SpokenUnit> units = {Redacted(0.5, 2, 0.1), Kept(60, 61), Redacted(62, 63, 0)};
  const auto spans = SpansBetween(units, kReachAmongChannelsSeconds);
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].start_seconds, 0);
  EXPECT_EQ(spans[0].end_seconds, 2 + kReachAmongChannelsSeconds);
  EXPECT_EQ(spans[1].end_seconds, 63 + kReachAmongChannelsSeconds);
}

// Ten figures in half a second: the words beside have some of their time.
TEST(SpansBetween, TellWhatIsTooShort) {
  const auto spans = [](double end_seconds) {
    const std::vector<SpokenUnit> units = {Kept(0, 1), Redacted(1, 1.2, 1.0), Kept(end_seconds, 9)};
    return SpansBetween(units, kReachAloneSeconds);
  };
  EXPECT_TRUE(spans(1.5)[0].is_implausibly_short);
  EXPECT_FALSE(spans(2.1)[0].is_implausibly_short);
  EXPECT_GE(spans(0.8)[0].end_seconds, 1.2);
}

TEST(SpansBetween, CountFiguresAndLetters) {
  transcript::Segment segment;
  segment.text = " it is 4155 now";
  segment.words = {{" it", 0, 1, 1}, {" is", 1, 2, 1}, {" 4155", 2, 3, 1}, {" now", 3, 4, 1}};
  segment.end_seconds = 4;
  const std::vector<text::TextEdit> edits = {{7, 4, "[X]"}};
  const std::vector<std::string> labels = {"X"};
  std::vector<SpokenUnit> units;
  AppendUnits(segment, edits, labels, units);
  ASSERT_EQ(units.size(), 4u);
  EXPECT_TRUE(units[1].label.empty());
  EXPECT_EQ(units[2].label, "X");
  EXPECT_NEAR(units[2].least_seconds, 0.4, 1e-9);
  segment.words.clear();  // The whole segment counts.
  AppendUnits(segment, edits, labels, units);
  ASSERT_EQ(units.size(), 5u);
  EXPECT_EQ(units[4].end_seconds, 4);
}

}  // namespace
}  // namespace ironscribe::finishing
