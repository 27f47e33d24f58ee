#include "models/whisper/word_confidence.h"

#include <gtest/gtest.h>

namespace ironscribe::models::whisper {
namespace {

TEST(WordConfidence, GrowsWithTheProbabilityAndStaysInside) {
  float last = 0;
  for (int i = 1; i <= 99; ++i) {
    const float confidence = WordConfidence(static_cast<float>(i) / 100);
    EXPECT_GT(confidence, last);
    EXPECT_LT(confidence, 1);
    last = confidence;
  }
}

TEST(WordConfidence, EndsAreNoCertainty) {
  EXPECT_GT(WordConfidence(0), 0);
  EXPECT_LT(WordConfidence(1), 1);
  EXPECT_EQ(WordConfidence(0), WordConfidence(0.0005f));
  EXPECT_GT(WordConfidence(1), 0.99f);
}

// The model doubts itself more than it must: of two equally likely tokens it chose the better.
TEST(WordConfidence, AnEvenChoiceIsRightMoreOftenThanNot) {
  EXPECT_NEAR(WordConfidence(0.5f), 0.65f, 0.02f);
}

}  // namespace
}  // namespace ironscribe::models::whisper
