#include "dsp/loudness.h"

#include <gtest/gtest.h>

namespace ironscribe::dsp {
namespace {

// Two bands, both of the given values.
std::vector<float> Features(const std::vector<float>& frames) {
  std::vector<float> features;
  for (const float value : frames) features.insert(features.end(), {value - 0.1f, value + 0.1f});
  return features;
}

TEST(RelativeLoudness, RunsFromTheQuietestTenthToTheLoudest) {
  std::vector<float> frames;
  for (int i = 0; i < 21; ++i) frames.push_back(0.05f * static_cast<float>(i));
  const auto loudness = RelativeLoudness(Features(frames), 2, 1);
  ASSERT_EQ(loudness.size(), 21u);
  EXPECT_NEAR(loudness[0], 0, 1e-5);
  EXPECT_NEAR(loudness[2], 0, 1e-5);
  EXPECT_NEAR(loudness[6], 0.25, 1e-5);
  EXPECT_NEAR(loudness[10], 0.5, 1e-5);
  EXPECT_NEAR(loudness[18], 1, 1e-5);
  EXPECT_NEAR(loudness[20], 1, 1e-5);
}

TEST(RelativeLoudness, TakesFramesTogetherAndRoundsDown) {
  const auto loudness = RelativeLoudness(Features({0, 0.4f, 1, 0.8f, 5}), 2, 2);
  ASSERT_EQ(loudness.size(), 2u);
  EXPECT_NEAR(loudness[0], 0, 1e-5);
  EXPECT_NEAR(loudness[1], 1, 1e-5);
}

TEST(RelativeLoudness, AnEvenWindowIsNotStretched) {
  const auto loudness = RelativeLoudness(Features({0.5f, 0.5f, 0.51f, 0.5f}), 2, 1);
  for (const float value : loudness) EXPECT_LE(value, 0.1f);
}

TEST(RelativeLoudness, ShorterThanOnePart) {
  EXPECT_TRUE(RelativeLoudness(Features({0.5f}), 2, 2).empty());
  EXPECT_TRUE(RelativeLoudness({}, 80, 2).empty());
}

}  // namespace
}  // namespace ironscribe::dsp
