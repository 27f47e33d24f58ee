#include "models/speech_coverage.h"

#include <gtest/gtest.h>

#include <limits>

namespace ironscribe::models {
namespace {

// Half-second frames; speech in those that are 1.
SpeechTrack Track(std::initializer_list<int> speech) {
  SpeechTrack track(8000);
  for (const int said : speech) track.Append(static_cast<float>(said));
  return track;
}

transcript::Segment Text(double start_seconds, double end_seconds) {
  transcript::Segment segment;
  segment.start_seconds = start_seconds;
  segment.end_seconds = end_seconds;
  return segment;
}

constexpr TimeRange kAll[] = {{0, std::numeric_limits<double>::infinity()}};

TEST(SpeechCoverageTest, CountsWhatLiesOutsideOfSegments) {
  // Speech from 1 to 3 s and from 5 to 6 s.
  const SpeechTrack track = Track({0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0});
  struct {
    std::vector<transcript::Segment> segments;
    double without_text_seconds;
  } const kCases[] = {
      {{}, 3},
      {{Text(1, 3), Text(5, 6)}, 0},
      {{Text(1, 3)}, 1},
      {{Text(1, 2), Text(5.5, 6)}, 0.5},  // From 2.5 s on.
      {{Text(5, 6), Text(1, 1.5)}, 1},    // In any order.
      {{Text(0.5, 6), Text(1, 1.5)}, 0},  // One within the other.
      {{Text(9, 12)}, 3},                 // Behind the end.
  };
  for (const auto& test : kCases) {
    const transcript::SpeechCoverage coverage = CoverageOf(track, kAll, test.segments);
    EXPECT_NEAR(coverage.speech_seconds, 3, 1e-6);
    EXPECT_NEAR(coverage.without_text_seconds, test.without_text_seconds, 1e-6);
  }
}

TEST(SpeechCoverageTest, WhatLiesOutsideOfTheClipsIsNotAskedFor) {
  const SpeechTrack track = Track({1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  constexpr TimeRange kClips[] = {{1, 2}, {4, 9}};
  const transcript::SpeechCoverage coverage = CoverageOf(track, kClips, {Text(0, 1), Text(4, 4)});
  EXPECT_NEAR(coverage.speech_seconds, 2, 1e-6);
  EXPECT_NEAR(coverage.without_text_seconds, 1, 1e-6);
}

TEST(SpeechCoverageTest, NothingHeardIsNothingMissed) {
  const transcript::SpeechCoverage coverage = CoverageOf(SpeechTrack(512), kAll, {});
  EXPECT_EQ(coverage.speech_seconds, 0);
  EXPECT_EQ(coverage.without_text_seconds, 0);
}

}  // namespace
}  // namespace ironscribe::models
