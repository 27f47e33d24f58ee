#include "models/whisper/fallback.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "models/whisper/timestamp_rules.h"
#include "models/whisper/window_policy_fakes.h"

namespace ironscribe::models::whisper {
namespace {

constexpr float kOff = std::numeric_limits<float>::quiet_NaN();

struct Case {
  double average;
  float ratio;
  float no_speech;
  float ratio_threshold;
  float average_threshold;
  float no_speech_threshold;
  bool falls_back;
  bool silent;
};

TEST(Fallback, Decisions) {
  const Case cases[] = {
      // average, ratio, no speech | thresholds         | falls back, silent
      {-0.5, 1.5f, 0.1f, 2.4f, -1.0f, 0.6f, false, false},
      {-0.5, 2.5f, 0.1f, 2.4f, -1.0f, 0.6f, true, false},  // Repetitive.
      {-1.5, 1.5f, 0.1f, 2.4f, -1.0f, 0.6f, true, false},  // Improbable.
      {-1.5, 1.5f, 0.7f, 2.4f, -1.0f, 0.6f, false, true},  // Improbable because silent.
      {-1.5, 2.5f, 0.7f, 2.4f, -1.0f, 0.6f, false, true},
      {-0.5, 2.5f, 0.7f, 2.4f, -1.0f, 0.6f, true, false},  // Probable text is no silence.
      {-0.5, 2.5f, 0.1f, kOff, -1.0f, 0.6f, false, false},
      {-1.5, 1.5f, 0.1f, 2.4f, kOff, 0.6f, false, false},
      {-0.5, 1.5f, 0.7f, 2.4f, kOff, 0.6f, false, true},  // Nothing vouches for the text.
      {-1.5, 1.5f, 0.7f, 2.4f, -1.0f, kOff, true, false},
      {-1.0, 2.4f, 0.6f, 2.4f, -1.0f, 0.6f, false, false},  // Thresholds themselves pass.
  };
  for (const Case& test : cases) {
    DecodedWindow decoded;
    decoded.average_log_probability = test.average;
    decoded.compression_ratio = test.ratio;
    decoded.no_speech_probability = test.no_speech;
    DecodingOptions options;
    options.compression_ratio_threshold = test.ratio_threshold;
    options.log_probability_threshold = test.average_threshold;
    options.no_speech_threshold = test.no_speech_threshold;
    SCOPED_TRACE(&test - cases);
    EXPECT_EQ(NeedsFallback(decoded, options), test.falls_back);
    EXPECT_EQ(IsSilent(decoded, options), test.silent);
  }
}

class FallbackDecoderTest : public testing::Test {
 protected:
  Result<DecodedWindow> Decode(ScriptedRunner& runner, int64_t seek) {
    const FallbackDecoder decoder(tokenizer_, options_, rules_);
    const WindowPrompt prompt{{7, 8, 50257}, 2};
    return decoder.Decode(
        {.runner = runner, .encoding = nullptr, .prompt = prompt, .seek_frames = seek});
  }

  ByteTokenizer tokenizer_{false};
  DecodingOptions options_;
  TimestampRules rules_{tokenizer_.special(), tokenizer_.vocab_size(), {}};
};

TEST_F(FallbackDecoderTest, TriesTemperaturesUntilOneIsGoodEnough) {
  ScriptedRunner runner(tokenizer_, [](const SeenCall& call) {
    return ScriptedCall{{50363, 10, 11}, call.temperature < 0.3f ? -1.5 : -0.25, 0.125};
  });
  const auto decoded = Decode(runner, 0);
  ASSERT_TRUE(decoded.ok());
  ASSERT_EQ(runner.calls.size(), 3u);
  EXPECT_EQ(runner.calls[0].num_slots, 1);
  EXPECT_EQ(runner.calls[1].num_slots, 5);
  EXPECT_EQ(runner.calls[2].prompt, (std::vector<TokenId>{7, 8, 50257}));
  EXPECT_FLOAT_EQ(decoded->temperature, 0.4f);
  EXPECT_DOUBLE_EQ(decoded->average_log_probability, -0.25);
  EXPECT_FLOAT_EQ(decoded->no_speech_probability, 0.125f);
  EXPECT_EQ(decoded->tokens, (std::vector<TokenId>{50363, 10, 11}));
}

TEST_F(FallbackDecoderTest, KeepsTheMostProbableAttemptWhenNoneIsGood) {
  ScriptedRunner runner(tokenizer_, [](const SeenCall& call) {
    return ScriptedCall{{10}, call.temperature == 0.4f ? -1.5 : -2.0, 0.1};
  });
  const auto decoded = Decode(runner, 0);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(runner.calls.size(), 6u);
  EXPECT_FLOAT_EQ(decoded->temperature, 0.4f);
  EXPECT_FLOAT_EQ(decoded->last_temperature, 1.0f);
}

TEST_F(FallbackDecoderTest, WhatRepeatsItselfIsNoBetterForBeingProbable) {
  ScriptedRunner runner(tokenizer_, [](const SeenCall& call) {
    return call.temperature < 0.9f ? ScriptedCall{std::vector<TokenId>(100, 10), -0.1, 0.1}
                                   : ScriptedCall{{10}, -2.0, 0.1};
  });
  const auto decoded = Decode(runner, 0);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(runner.calls.size(), 6u);
  EXPECT_FLOAT_EQ(decoded->temperature, 1.0f);
}

TEST_F(FallbackDecoderTest, TheReferenceKeepsTheLastAttempt) {
  options_.reference = true;
  ScriptedRunner runner(tokenizer_, [](const SeenCall& call) {
    return ScriptedCall{{10}, call.temperature == 0.4f ? -1.5 : -2.0, 0.1};
  });
  const auto decoded = Decode(runner, 0);
  ASSERT_TRUE(decoded.ok());
  EXPECT_FLOAT_EQ(decoded->temperature, 1.0f);
}

TEST_F(FallbackDecoderTest, BeamOnlyAtTemperatureZero) {
  options_.beam_size = 4;
  options_.best_of = 3;
  ScriptedRunner runner(tokenizer_, [](const SeenCall& call) {
    return ScriptedCall{{10, 11}, call.temperature > 0 ? -0.5 : -2.0, 0.1};
  });
  ASSERT_TRUE(Decode(runner, 0).ok());
  ASSERT_EQ(runner.calls.size(), 2u);
  EXPECT_EQ(runner.calls[0].num_slots, 4);
  EXPECT_EQ(runner.calls[0].num_candidates, 5);
  EXPECT_EQ(runner.calls[1].num_slots, 3);
  EXPECT_EQ(runner.calls[1].num_candidates, 1);
}

TEST_F(FallbackDecoderTest, SeedsDifferByWindowAndAttemptAndRepeat) {
  const auto seeds = [&](int64_t seek) {
    ScriptedRunner runner(tokenizer_, [](const SeenCall&) {
      return ScriptedCall{{10}, -2.0, 0.1};
    });
    EXPECT_TRUE(Decode(runner, seek).ok());
    std::set<uint64_t> seen;
    for (const SeenCall& call : runner.calls) seen.insert(call.seed);
    return seen;
  };
  const std::set<uint64_t> first = seeds(0);
  EXPECT_EQ(first.size(), 6u);
  EXPECT_EQ(seeds(0), first);
  std::set<uint64_t> both = first;
  both.merge(seeds(2900));
  EXPECT_EQ(both.size(), 12u);
  options_.seed = 1;
  both.merge(seeds(0));
  EXPECT_EQ(both.size(), 18u);
}

}  // namespace
}  // namespace ironscribe::models::whisper
