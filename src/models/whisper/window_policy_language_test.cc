#include "models/whisper/window_policy_language.h"

#include <gtest/gtest.h>

namespace ironscribe::models::whisper {
namespace {

using Found = std::vector<transcript::LanguageProbability>;

TEST(LanguageTracker, TheMeanOfSeveralWindowsDecides) {
  LanguageTracker tracker({});
  EXPECT_TRUE(tracker.mean().empty());
  EXPECT_FALSE(tracker.IsSure());
  tracker.Add({{"de", 0.5f}, {"nl", 0.45f}, {"en", 0.05f}});
  EXPECT_FALSE(tracker.IsSure());
  tracker.Add({{"nl", 0.9f}, {"de", 0.1f}, {"en", 0.0f}});
  EXPECT_EQ(tracker.mean()[0].code, "nl");
  EXPECT_FLOAT_EQ(tracker.mean()[0].probability, 0.675f);
  tracker.Add({{"nl", 1.0f}, {"de", 0.0f}, {"en", 0.0f}});
  EXPECT_TRUE(tracker.IsSure());
}

TEST(LanguageTracker, OnlyAllowedLanguagesAreChosen) {
  LanguageTracker tracker({"de", "en"});
  tracker.Add({{"nl", 0.8f}, {"de", 0.15f}, {"en", 0.05f}});
  ASSERT_EQ(tracker.mean().size(), 2u);
  EXPECT_EQ(tracker.mean()[0].code, "de");
  EXPECT_FLOAT_EQ(tracker.mean()[0].probability, 0.75f);
  EXPECT_EQ(tracker.Follow({{"nl", 1.0f}, {"de", 0.0f}, {"en", 0.0f}}), "de");
}

TEST(LanguageTracker, AnotherLanguageIsFollowedWhenItIsClear) {
  LanguageTracker tracker({});
  EXPECT_EQ(tracker.Follow({{"en", 0.4f}, {"de", 0.3f}, {"fr", 0.3f}}), "en");
  EXPECT_EQ(tracker.Follow({{"de", 0.5f}, {"en", 0.45f}, {"fr", 0.05f}}), "en");
  EXPECT_EQ(tracker.Follow({{"de", 0.62f}, {"en", 0.35f}, {"fr", 0.03f}}), "en");
  EXPECT_EQ(tracker.Follow({{"de", 0.7f}, {"en", 0.3f}, {"fr", 0.0f}}), "de");
  EXPECT_EQ(tracker.Follow({{"en", 0.55f}, {"de", 0.05f}, {"fr", 0.4f}}), "de");
  EXPECT_EQ(tracker.Follow({{"fr", 0.9f}, {"de", 0.1f}, {"en", 0.0f}}), "fr");
}

}  // namespace
}  // namespace ironscribe::models::whisper
