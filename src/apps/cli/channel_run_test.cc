#include "engine/channel_run.h"

#include <gtest/gtest.h>

#include <mutex>

#include "apps/cli/test_fakes.h"

namespace ironscribe::cli {
namespace {

class ChannelRunTest : public testing::Test {
 protected:
  Result<transcript::Transcript> Run(const std::string& said, int max_together,
                                     std::stop_token stop = {}) {
    InputFile input;
    input.path = folder_.Write("a.wav", said);
    const auto sources = OpenFakeChannels(input, {});
    EXPECT_TRUE(sources.ok());
    const engine::TranscribeFunction transcribe =
        [this](auto& source, const auto& options, const auto& callbacks, std::stop_token token) {
          return fake_.Transcribe(source, options, callbacks, std::move(token));
        };
    return engine::TranscribeChannels(
        *sources,
        {.transcribe = transcribe,
         .decoding = decoding_,
         .names = names_,
         .max_together = max_together,
         .callbacks = {.progress = [this](double seconds) { progress_.push_back(seconds); }}},
        std::move(stop));
  }

  TestFolder folder_;
  FakeTranscriber fake_;
  models::DecodingOptions decoding_;
  std::vector<std::string> names_;
  std::vector<double> progress_;
};

TEST_F(ChannelRunTest, MergesInTheOrderOfTheChannelsHoweverManyRunTogether) {
  for (const int max_together : {1, 2, 5, 100}) {
    const auto transcript = Run("a|b|c|d", max_together);
    ASSERT_TRUE(transcript.ok()) << transcript.status().message();
    EXPECT_EQ(transcript->text, " a b c d");
    EXPECT_EQ(transcript->channels.size(), 4u);
    EXPECT_EQ(transcript->duration_seconds, 2);
  }
}

TEST_F(ChannelRunTest, ASilentChannelSaysNothingButIsThere) {
  const auto transcript = Run("|b", 1);
  ASSERT_TRUE(transcript.ok());
  ASSERT_EQ(transcript->segments.size(), 1u);
  EXPECT_EQ(transcript->segments[0].channel, 1);
  EXPECT_EQ(transcript->channels.size(), 2u);
}

TEST_F(ChannelRunTest, ProgressIsTheMeanOfTheChannels) {
  ASSERT_TRUE(Run("a|b|c|d", 2).ok());
  EXPECT_EQ(progress_, (std::vector<double>{0.5, 1, 1.5, 2}));
}

TEST_F(ChannelRunTest, TakesSixteenChannelsAndNoMore) {
  const auto most = Run(std::string(15, '|'), 4);
  ASSERT_TRUE(most.ok()) << most.status().message();
  EXPECT_EQ(most->channels.size(), 16u);
  const auto more = Run(std::string(16, '|'), 4);
  ASSERT_FALSE(more.ok());
  EXPECT_EQ(more.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(more.status().message().find("17 channels"), std::string::npos);
  EXPECT_NE(more.status().message().find("mix them"), std::string::npos);
}

TEST_F(ChannelRunTest, AFailureStopsTheOtherChannels) {
  // The first would wait for ever.
  const auto transcript = Run("waits|broken|c", 2);
  ASSERT_FALSE(transcript.ok());
  EXPECT_EQ(transcript.status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(transcript.status().message(), "channel 2: it breaks off after 1.0 s");
}

TEST_F(ChannelRunTest, EndsWhenStopped) {
  std::stop_source stop;
  stop.request_stop();
  const auto transcript = Run("waits|b", 1, stop.get_token());
  ASSERT_FALSE(transcript.ok());
  EXPECT_EQ(transcript.status().code(), StatusCode::kCancelled);
}

}  // namespace
}  // namespace ironscribe::cli
