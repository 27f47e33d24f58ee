#include "models/whisper/window_policy_seek.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace ironscribe::models::whisper {
namespace {

constexpr TokenId kTime = 1000;

struct Case {
  const char* name;
  std::vector<TokenId> tokens;
  int segment_frames;
  // "start-end:tokens ..." with times in hundredths of a second from the window's start.
  std::string segments;
  int64_t next;  // From the window's start.
};

std::string Describe(const WindowSplit& split, int64_t seek) {
  std::string text;
  for (const TimedTokens& segment : split.segments) {
    const double offset = static_cast<double>(seek) / 100;
    const auto hundredths = [&](double seconds) {
      return std::to_string(std::lround((seconds - offset) * 100));
    };
    text += (text.empty() ? "" : " ") + hundredths(segment.start_seconds) + "-" +
            hundredths(segment.end_seconds) + ":" + std::to_string(segment.tokens.size());
  }
  return text;
}

TEST(SplitWindow, Table) {
  const Case cases[] = {
      {"nothing", {}, 3000, "0-3000:0", 3000},
      {"text without times", {1, 2}, 1234, "0-1234:2", 1234},
      {"one segment, then the end", {kTime, 1, kTime + 100}, 3000, "0-200:3", 3000},
      {"times only at zero", {kTime, 1}, 800, "0-800:2", 800},
      {"a late start and no end", {kTime + 50, 1}, 3000, "0-100:2", 3000},
      {"a pair at the end: go on there",
       {kTime, 1, kTime + 100, kTime + 100},
       3000,
       "0-200:3",
       200},
      {"an unfinished text is said again",
       {kTime, 1, kTime + 100, kTime + 110, 2, 3},
       3000,
       "0-200:3",
       200},
      {"two segments and a single time at the end",
       {kTime, 1, kTime + 100, kTime + 110, 2, kTime + 300},
       3000,
       "0-200:3 220-600:3",
       3000},
      {"three segments",
       {kTime + 5, 1, kTime + 10, kTime + 10, 2, kTime + 20, kTime + 25, 3, kTime + 30, kTime + 30},
       3000,
       "10-20:3 20-40:3 50-60:3",
       60},
      {"times beyond the audio", {kTime, 1, kTime + 900, kTime + 900}, 1000, "0-1800:3", 1800},
      {"a pair at zero moves on all the same", {kTime, kTime, 1}, 500, "0-0:1", 500},
      {"text before the first pair", {1, kTime + 10, kTime + 10}, 3000, "0-20:2", 20},
  };
  for (const Case& test : cases) {
    for (int64_t seek : {0, 4321}) {
      SCOPED_TRACE(test.name);
      const WindowSplit split = SplitWindow({test.tokens, kTime, seek, test.segment_frames, 2});
      EXPECT_EQ(Describe(split, seek), test.segments);
      EXPECT_EQ(split.next_seek_frames - seek, test.next);
    }
  }
}

TEST(SplitWindow, SingleTimestampEnding) {
  const auto ends = [](std::vector<TokenId> tokens) {
    return SplitWindow({tokens, kTime, 0, 3000, 2}).single_timestamp_ending;
  };
  EXPECT_TRUE(ends({kTime, 1, kTime + 5}));
  EXPECT_FALSE(ends({kTime, 1, kTime + 5, kTime + 5}));
  EXPECT_FALSE(ends({kTime, 1}));
  EXPECT_FALSE(ends({kTime}));
  EXPECT_FALSE(ends({}));
}

}  // namespace
}  // namespace ironscribe::models::whisper
