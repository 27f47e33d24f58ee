#include "transcript/channels.h"

#include <gtest/gtest.h>

#include <limits>

namespace ironscribe::transcript {
namespace {

// One channel that says each text at its second.
Transcript Says(const std::string& language, std::vector<std::pair<double, std::string>> texts) {
  Transcript transcript;
  transcript.language = language;
  transcript.duration_seconds = 10;
  for (auto& [start_seconds, text] : texts) {
    Segment segment;
    segment.id = static_cast<int>(transcript.segments.size());
    segment.start_seconds = start_seconds;
    segment.end_seconds = start_seconds + 1;
    segment.text = text;
    transcript.text += text;
    transcript.segments.push_back(segment);
  }
  return transcript;
}

TEST(MergeChannels, OrdersSegmentsByTimeAndCountsThemAnew) {
  const Transcript merged = MergeChannels(
      {Says("en", {{0, " a"}, {4, " c"}, {6, " e"}}), Says("de", {{2, " b"}, {4, " d"}})},
      {"agent"});
  EXPECT_EQ(merged.text, " a b c d e");
  ASSERT_EQ(merged.segments.size(), 5u);
  const int channels[] = {0, 1, 0, 1, 0};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(merged.segments[static_cast<size_t>(i)].id, i);
    EXPECT_EQ(merged.segments[static_cast<size_t>(i)].channel, channels[i]);
  }
  EXPECT_EQ(merged.language, "en");
  ASSERT_EQ(merged.channels.size(), 2u);
  EXPECT_EQ(ChannelName(merged, 0), "agent");
  EXPECT_EQ(ChannelName(merged, 1), "channel 2");
  EXPECT_EQ(ChannelLanguage(merged, 1), "de");
}

TEST(MergeChannels, TakesTheLanguageOfAChannelWithText) {
  Transcript speaking = Says("de", {{1, " ja"}});
  speaking.language_probabilities = {{"de", 0.75f}};
  const Transcript merged = MergeChannels({Says("nn", {}), speaking}, {});
  EXPECT_EQ(merged.language, "de");
  ASSERT_EQ(merged.language_probabilities.size(), 1u);
  EXPECT_EQ(ChannelLanguage(merged, 0), "nn");
  EXPECT_EQ(MergeChannels({Says("nn", {}), Says("", {})}, {}).language, "nn");
}

TEST(MergeChannels, KeepsTheOrderOfAChannelWhoseTimesAreWrong) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Transcript merged = MergeChannels(
      {Says("en", {{5, " a"}, {3, " b"}, {nan, " c"}}), Says("en", {{4, " x"}, {6, " y"}})}, {});
  EXPECT_EQ(merged.text, " x a b c y");
}

TEST(MergeChannels, KeepsWhatElseIsKnown) {
  Transcript first = Says("en", {});
  first.task = "translate";
  first.model.name = "base";
  first.dropped = {{2, 3, "no_speech"}};
  first.speech = {.speech_seconds = 2, .without_text_seconds = 0.5};
  Transcript second = Says("en", {});
  second.duration_seconds = 12;
  second.dropped = {{1, 4, "loop"}};
  second.speech = {.speech_seconds = 3, .without_text_seconds = 0.25};
  const Transcript merged = MergeChannels({first, second}, {});
  EXPECT_EQ(merged.task, "translate");
  EXPECT_EQ(merged.model.name, "base");
  EXPECT_EQ(merged.duration_seconds, 12);
  ASSERT_TRUE(merged.speech.has_value());
  EXPECT_EQ(merged.speech->speech_seconds, 5);
  EXPECT_EQ(merged.speech->without_text_seconds, 0.75);
  ASSERT_EQ(merged.dropped.size(), 2u);
  EXPECT_EQ(merged.dropped[0].reason, "loop");
  EXPECT_EQ(merged.dropped[0].channel, 1);
  EXPECT_EQ(merged.dropped[1].channel, 0);
}

TEST(ChannelName, IsEmptyWhereThereIsNone) {
  const Transcript mono = Says("en", {{0, " a"}});
  EXPECT_EQ(ChannelName(mono, kNoChannel), "");
  EXPECT_EQ(ChannelName(mono, 0), "");
  EXPECT_EQ(ChannelLanguage(mono, kNoChannel), "en");
  EXPECT_EQ(ChannelLanguage(mono, 7), "en");
}

}  // namespace
}  // namespace ironscribe::transcript
