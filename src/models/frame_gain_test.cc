#include "models/frame_gain.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace ironscribe::models {
namespace {

std::vector<float> Frame(float level) { return std::vector<float>(512, level); }

TEST(FrameGainTest, QuietFramesAreBroughtToOneLevel) {
  for (float level : {0.04f, 0.01f, 0.001f}) {
    EXPECT_NEAR(FrameGain().Next(Frame(level)) * level, 0.05f, 1e-6f);
  }
  EXPECT_FLOAT_EQ(FrameGain().Next(Frame(1e-5f)), 100.0f);
  EXPECT_FLOAT_EQ(FrameGain().Next(Frame(0.0f)), 100.0f);
  EXPECT_FLOAT_EQ(FrameGain().Next({}), 100.0f);
}

TEST(FrameGainTest, LoudFramesStayAsTheyAre) {
  for (float level : {0.05f, 0.3f, 1.0f, 1e30f}) {
    EXPECT_FLOAT_EQ(FrameGain().Next(Frame(level)), 1.0f);
  }
}

TEST(FrameGainTest, PausesAreNotRaisedAndLoudSpeechIsForgotten) {
  FrameGain gain;
  gain.Next(Frame(0.05f));
  for (int i = 0; i < 30; ++i) EXPECT_LT(gain.Next(Frame(0.0001f)), 1.1f);  // A second.
  for (int i = 0; i < 2000; ++i) gain.Next(Frame(0.0001f));                 // A minute.
  EXPECT_GT(gain.Next(Frame(0.0001f)), 50.0f);
}

TEST(FrameGainTest, HostileSamplesAreOvercome) {
  FrameGain gain;
  for (float bad : {std::nanf(""), std::numeric_limits<float>::infinity(), 3e38f}) {
    const float factor = gain.Next(Frame(bad));
    EXPECT_GE(factor, 1.0f);
    EXPECT_LE(factor, 100.0f);
  }
  for (int i = 0; i < 3000; ++i) gain.Next(Frame(0.001f));
  EXPECT_NEAR(gain.Next(Frame(0.001f)), 50.0f, 0.01f);
}

}  // namespace
}  // namespace ironscribe::models
