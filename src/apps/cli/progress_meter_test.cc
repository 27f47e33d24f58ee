#include "apps/cli/progress_meter.h"

#include <gtest/gtest.h>

namespace ironscribe::cli {
namespace {

TEST(FormatDuration, ShowsHoursOnlyWhenThereAreAny) {
  EXPECT_EQ(FormatDuration(0), "0:00");
  EXPECT_EQ(FormatDuration(7.9), "0:07");
  EXPECT_EQ(FormatDuration(725), "12:05");
  EXPECT_EQ(FormatDuration(3723), "1:02:03");
  EXPECT_EQ(FormatDuration(-5), "0:00");
}

TEST(ProgressMeter, ShowsPositionSpeedAndTimeLeftOfOneFile) {
  ProgressMeter meter(1);
  meter.FileStarted(0, 120);
  meter.FileProgress(0, 30, 0);
  EXPECT_DOUBLE_EQ(meter.Fraction(), 0.25);
  EXPECT_DOUBLE_EQ(meter.SecondsLeft(10), 30);
  const std::string bar = "[" + std::string(6, '#') + std::string(20, '.') + "]";
  EXPECT_EQ(meter.Render(10, 60), " 25% " + bar + " 0:30/2:00  3.0x  left 0:30");
}

TEST(ProgressMeter, CountsFilesOfARun) {
  ProgressMeter meter(4);
  meter.FileStarted(0, 10);
  meter.FileStarted(1, 10);
  meter.FileProgress(0, 10, 0);
  meter.FileEnded(0);
  meter.FileProgress(1, 5, 0);
  EXPECT_DOUBLE_EQ(meter.Fraction(), 1.5 / 4);
  EXPECT_DOUBLE_EQ(meter.audio_seconds(), 15);
  EXPECT_NE(meter.Render(5, 80).find("1/4 files  3.0x  left 0:09"), std::string::npos);
}

TEST(ProgressMeter, SaysThatItIsAtWorkBeforeAnythingIsDone) {
  ProgressMeter meter(4);
  meter.FileStarted(0, 10);
  meter.FileStarted(1, 10);
  const std::string line = meter.Render(7, 80);
  EXPECT_TRUE(line.starts_with("  0% [")) << line;
  EXPECT_TRUE(line.ends_with("] 0/4 files, 2 under way  0:07 so far")) << line;
  EXPECT_LT(meter.SecondsLeft(7), 0);
  meter.FileProgress(0, 10, 0);
  meter.FileEnded(0);
  EXPECT_TRUE(meter.Render(10, 80).ends_with("1/4 files  1.0x  left 0:30")) << line;
}

TEST(ProgressMeter, CountsFilesThatNeverStarted) {
  ProgressMeter meter(2);
  meter.FileEnded(0);
  EXPECT_DOUBLE_EQ(meter.Fraction(), 0.5);
}

TEST(ProgressMeter, ShowsOnlyThePositionWhenTheLengthIsNotKnown) {
  ProgressMeter meter(1);
  meter.FileStarted(0, -1);
  meter.FileProgress(0, 61, 0);
  EXPECT_LT(meter.Fraction(), 0);
  EXPECT_LT(meter.SecondsLeft(10), 0);
  EXPECT_EQ(meter.Render(10, 60), "1:01  6.1x");
}

// The part that an earlier run did passes in no time: neither speed nor time left may believe it.
TEST(ProgressMeter, DoesNotCountWhatAnEarlierRunDid) {
  ProgressMeter meter(1);
  meter.FileStarted(0, 36000);
  meter.FileResumed(0, 18000);
  meter.FileProgress(0, 9000, 10);
  EXPECT_LT(meter.Speed(10), 0);
  EXPECT_LT(meter.SecondsLeft(10), 0);
  // It is done nevertheless: the position never goes back behind where the run was interrupted.
  EXPECT_DOUBLE_EQ(meter.Fraction(), 0.5);
  EXPECT_DOUBLE_EQ(meter.PositionSeconds(0), 18000);
  EXPECT_LT(meter.PositionSeconds(1), 0);
  meter.FileProgress(0, 18000, 20);
  EXPECT_LT(meter.SecondsLeft(25), 0);
  meter.FileProgress(0, 19000, 30);
  EXPECT_DOUBLE_EQ(meter.Speed(30), 100);
  EXPECT_DOUBLE_EQ(meter.SecondsLeft(30), 170);
  EXPECT_NE(meter.Render(30, 80).find("5:16:40/10:00:00  100.0x  left 2:50"), std::string::npos)
      << meter.Render(30, 80);
}

TEST(ProgressMeter, CountsWhatIsNewOfARunWithAnEarlierPart) {
  ProgressMeter meter(2);
  meter.FileStarted(0, 100);
  meter.FileResumed(0, 80);
  meter.FileProgress(0, 80, 1);
  meter.FileProgress(0, 100, 11);
  meter.FileEnded(0);
  EXPECT_DOUBLE_EQ(meter.Speed(11), 2);
  // One tenth of the run took 10 s, half of it is left.
  EXPECT_DOUBLE_EQ(meter.SecondsLeft(11), 50);
}

TEST(ProgressMeter, NeverExceedsTheWholeOrTheWidth) {
  ProgressMeter meter(1);
  meter.FileStarted(0, 10);
  meter.FileProgress(0, 50, 0);  // The container's estimate was wrong.
  EXPECT_DOUBLE_EQ(meter.Fraction(), 1);
  for (int width = 0; width < 100; ++width) {
    EXPECT_LE(meter.Render(100, width).size(), static_cast<size_t>(width));
  }
}

}  // namespace
}  // namespace ironscribe::cli
