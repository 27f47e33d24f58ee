#include "models/speech_track.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace ironscribe::models {
namespace {

// Frames of 32 ms.
SpeechTrack Track(std::initializer_list<float> probabilities) {
  SpeechTrack track(512);
  for (float probability : probabilities) track.Append(probability);
  return track;
}

TEST(SpeechTrackTest, CountsTheFramesThatLieInAStretch) {
  const SpeechTrack track = Track({0, 0.2f, 0.9f, 0.6f, 0.1f});
  const SpeechShare all = track.Over(0, 1);
  EXPECT_NEAR(all.peak, 0.9f, 0.003f);
  EXPECT_FLOAT_EQ(all.share, 2.0f / 5);
  const SpeechShare first = track.Over(0, 0.064);
  EXPECT_NEAR(first.peak, 0.2f, 0.003f);
  EXPECT_FLOAT_EQ(first.share, 0);
  // The third frame, of which the beginning lies outside, not the fourth, of which the end does.
  EXPECT_FLOAT_EQ(track.Over(0.090, 0.1).share, 1);
  EXPECT_FLOAT_EQ(track.Over(0.033, 0.1).share, 1.0f / 2);
}

TEST(SpeechTrackTest, KnowsNothingOutside) {
  const SpeechTrack track = Track({0.9f});
  EXPECT_TRUE(std::isnan(track.Over(5, 6).peak));
  EXPECT_TRUE(std::isnan(track.Over(-2, -1).share));
  EXPECT_TRUE(std::isnan(track.Over(0.5, 0.1).share));
  EXPECT_TRUE(std::isnan(SpeechTrack(512).Over(0, 1).peak));
  EXPECT_NEAR(track.Over(-10, 1e9).peak, 0.9f, 0.003f);
}

TEST(SpeechTrackTest, ASliceAnswersAsTheWholeDoes) {
  SpeechTrack track(512);
  for (int i = 0; i < 1000; ++i) track.Append(static_cast<float>(i * 37 % 101) / 101);
  const SpeechTrack slice = track.Slice(5, 9);
  for (double begin = 5; begin < 9; begin += 0.31) {
    const SpeechShare expected = track.Over(begin, begin + 0.5);
    const SpeechShare actual = slice.Over(begin, std::min(begin + 0.5, 9.0));
    if (begin + 0.5 > 9) continue;
    EXPECT_EQ(actual.peak, expected.peak) << begin;
    EXPECT_EQ(actual.share, expected.share) << begin;
  }
  EXPECT_TRUE(std::isnan(slice.Over(0, 4.9).peak));
  EXPECT_TRUE(std::isnan(slice.Over(9.1, 20).peak));
}

}  // namespace
}  // namespace ironscribe::models
