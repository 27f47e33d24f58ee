#include "transcript/cues.h"

#include <gtest/gtest.h>

#include <limits>

namespace ironscribe::transcript {
namespace {

Segment MakeSegment(double start, double end, std::string text) {
  Segment segment;
  segment.start_seconds = start;
  segment.end_seconds = end;
  segment.text = std::move(text);
  return segment;
}

struct Times {
  int64_t start_ms, end_ms;
  bool operator==(const Times&) const = default;
};

std::vector<Times> CueTimes(const std::vector<Segment>& segments) {
  std::vector<Times> times;
  for (const Cue& cue : MakeCues(segments)) times.push_back({cue.start_ms, cue.end_ms});
  return times;
}

TEST(MakeCues, KeepsTimesThatDoNotOverlap) {
  EXPECT_EQ(CueTimes({MakeSegment(0, 1.5, "a"), MakeSegment(1.5, 2.0004, "b")}),
            (std::vector<Times>{{0, 1500}, {1500, 2000}}));
}

TEST(MakeCues, ShortensACueThatReachesIntoTheNext) {
  EXPECT_EQ(CueTimes({MakeSegment(0, 5, "a"), MakeSegment(4, 8, "b")}),
            (std::vector<Times>{{0, 4000}, {4000, 8000}}));
}

TEST(MakeCues, MovesACueThatStartsBeforeItsPredecessor) {
  EXPECT_EQ(CueTimes({MakeSegment(3, 4, "a"), MakeSegment(1, 2, "b"), MakeSegment(3, 5, "c")}),
            (std::vector<Times>{{3000, 3001}, {3001, 3002}, {3002, 5000}}));
}

TEST(MakeCues, GivesEveryCueALength) {
  EXPECT_EQ(CueTimes({MakeSegment(2, 2, "a"), MakeSegment(2, 2, "b")}),
            (std::vector<Times>{{2000, 2001}, {2001, 2002}}));
}

TEST(MakeCues, LeavesOutSegmentsWithoutText) {
  EXPECT_EQ(CueTimes({MakeSegment(0, 9, " "), MakeSegment(1, 2, "b"), MakeSegment(2, 3, "\x07")}),
            (std::vector<Times>{{1000, 2000}}));
}

TEST(MakeCues, BoundsTimesThatMakeNoSense) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(CueTimes({MakeSegment(-3, nan, "a")}), (std::vector<Times>{{0, 1}}));
  EXPECT_EQ(CueTimes({MakeSegment(0, infinity, "a")}), (std::vector<Times>{{0, 36'000'000'000}}));
}

}  // namespace
}  // namespace ironscribe::transcript
