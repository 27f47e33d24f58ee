// Windows that follow the speech: what is encoded of them, and when the whole window is asked.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/random.h"
#include "models/whisper/window_policy.h"
#include "models/whisper/window_policy_fakes.h"

namespace ironscribe::models::whisper {
namespace {

constexpr size_t kHop = 160;
constexpr size_t kMels = 80;
constexpr size_t kWholeFrames = 3000;
constexpr TokenId kTime = 50363;  // Of the English-only vocabulary.

std::vector<float> Tone(size_t num_frames) {
  std::vector<float> samples(num_frames * kHop);
  for (size_t i = 0; i < samples.size(); ++i) {
    samples[i] = 0.3f * std::sin(0.17f * static_cast<float>(i));
  }
  return samples;
}

// Letters without a pattern.
std::string Letters(size_t count) {
  Random random(5);
  std::string text;
  while (text.size() < count) text += static_cast<char>('a' + random.Next() % 26);
  return text;
}

class FitWindowsTest : public testing::Test {
 protected:
  FitWindowsTest() { options_.fit_windows = true; }

  // A text from the start of the window to its 200th time.
  std::vector<TokenId> Text(const std::string& text) const {
    std::vector<TokenId> tokens = tokenizer_.Encode(text);
    tokens.insert(tokens.begin(), kTime);
    tokens.push_back(kTime + 200);
    return tokens;
  }
  transcript::Transcript Transcribe(std::vector<float> samples, ScriptedRunner& runner) const {
    FakeSource source(std::move(samples));
    auto result = policy_.Transcribe(source, options_, runner, {}, {});
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? *std::move(result) : transcript::Transcript();
  }
  static size_t Frames(const SeenCall& call) { return call.window->features.size() / kMels; }

  ByteTokenizer tokenizer_{false};
  dsp::LogMel log_mel_{80};
  WindowPolicy policy_{tokenizer_, log_mel_};
  DecodingOptions options_;
};

TEST_F(FitWindowsTest, EncodesTheAudioAMarginAndWhatFillsUp) {
  const struct {
    size_t audio_frames, encoded_frames;
  } kCases[] = {{10, 128},    {78, 128},    {79, 256},    {200, 256},  {206, 256},
                {1000, 1152}, {2894, 2944}, {2895, 3000}, {3000, 3000}};
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.audio_frames);
    ScriptedRunner runner(tokenizer_, [&](const SeenCall&) { return ScriptedCall{Text(" x")}; });
    Transcribe(Tone(test.audio_frames), runner);
    ASSERT_EQ(runner.encoded.size(), 1u);
    EXPECT_EQ(runner.encoded[0].size(), test.encoded_frames * kMels);
    // A whole window needs no silence behind it.
    EXPECT_EQ(runner.silence_levels[0].has_value(), test.encoded_frames < kWholeFrames);
  }
}

TEST_F(FitWindowsTest, TheMarginAndTheLevelAreWhatRecordedSilenceGives) {
  ScriptedRunner runner(tokenizer_, [&](const SeenCall&) { return ScriptedCall{Text(" x")}; });
  Transcribe(Tone(200), runner);
  // The same with silence recorded behind it, in a whole window.
  std::vector<float> with_silence = Tone(200);
  with_silence.resize(500 * kHop, 0.0f);
  options_.fit_windows = false;
  Transcribe(with_silence, runner);
  ASSERT_EQ(runner.encoded.size(), 2u);
  const std::vector<float>& fitted = runner.encoded[0];
  const std::vector<float>& whole = runner.encoded[1];
  ASSERT_TRUE(runner.silence_levels[0].has_value());
  EXPECT_FALSE(runner.silence_levels[1].has_value());
  ASSERT_EQ(fitted.size(), 256 * kMels);
  ASSERT_EQ(whole.size(), kWholeFrames * kMels);
  // Two frames on each side of the end reach over it.
  for (size_t i = 0; i < 198 * kMels; ++i) ASSERT_NEAR(fitted[i], whole[i], 1e-4) << i;
  for (size_t i = 202 * kMels; i < fitted.size(); ++i) {
    ASSERT_NEAR(fitted[i], whole[i], 1e-4) << i;
    ASSERT_EQ(fitted[i], *runner.silence_levels[0]);
  }
}

TEST_F(FitWindowsTest, OnlyTheLastWindowOfALongRecordingIsShort) {
  ScriptedRunner runner(tokenizer_, [&](const SeenCall&) { return ScriptedCall{Text(" x")}; });
  const transcript::Transcript transcript = Transcribe(Tone(4000), runner);
  ASSERT_EQ(runner.encoded.size(), 2u);
  EXPECT_EQ(runner.encoded[0].size(), kWholeFrames * kMels);
  EXPECT_EQ(runner.encoded[1].size(), 1152 * kMels);
  ASSERT_EQ(transcript.segments.size(), 2u);
  EXPECT_DOUBLE_EQ(transcript.segments[1].start_seconds, 30);
}

TEST_F(FitWindowsTest, AGoodTextIsNotAskedForAgain) {
  ScriptedRunner runner(tokenizer_, [&](const SeenCall&) {
    return ScriptedCall{Text(" " + Letters(20)), -0.9};
  });
  const transcript::Transcript transcript = Transcribe(Tone(200), runner);
  EXPECT_EQ(runner.encoded.size(), 1u);
  ASSERT_EQ(runner.calls.size(), 1u);
  EXPECT_EQ(runner.calls[0].temperature, 0);
  EXPECT_EQ(transcript.text, " " + Letters(20));
}

TEST_F(FitWindowsTest, SilenceIsDecidedByTheWholeWindow) {
  ScriptedRunner runner(tokenizer_, [&](const SeenCall&) {
    return ScriptedCall{Text(" x"), -1.5, 0.9};
  });
  const transcript::Transcript transcript = Transcribe(Tone(200), runner);
  EXPECT_EQ(runner.encoded.size(), 2u);
  EXPECT_EQ(runner.calls.size(), 2u);
  ASSERT_EQ(transcript.dropped.size(), 1u);
  EXPECT_DOUBLE_EQ(transcript.dropped[0].end_seconds, 2);
}

TEST_F(FitWindowsTest, ADoubtfulTextIsDecidedByTheWholeWindow) {
  std::string repeated;
  for (int i = 0; i < 30; ++i) repeated += " la";
  const struct {
    const char* name;
    size_t audio_frames;
    ScriptedCall answer;
  } kCases[] = {
      {"improbable", 200, {Text(" hm"), -1.01}},
      {"repetitive", 2000, {Text(repeated)}},
      {"too many tokens", 200, {Text(Letters(40))}},
      {"not ended", 2800, {Text(Letters(230))}},  // 8 tokens a second + 12 would allow 236.
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.name);
    ScriptedRunner runner(tokenizer_, [&](const SeenCall& seen) {
      return Frames(seen) < kWholeFrames ? test.answer : ScriptedCall{Text(" good"), -0.5};
    });
    const transcript::Transcript transcript = Transcribe(Tone(test.audio_frames), runner);
    ASSERT_EQ(runner.calls.size(), 2u);
    EXPECT_LT(Frames(runner.calls[0]), kWholeFrames);
    EXPECT_EQ(Frames(runner.calls[1]), kWholeFrames);
    EXPECT_FALSE(runner.calls[1].window->silence_level.has_value());
    // As it would have been encoded at once.
    EXPECT_EQ(runner.calls[1].window->features.back(), 0.0f);
    EXPECT_TRUE(
        std::equal(runner.encoded[1].begin(),
                   runner.encoded[1].begin() + static_cast<ptrdiff_t>(test.audio_frames * kMels),
                   runner.encoded[0].begin()));
    EXPECT_EQ(runner.calls[1].temperature, 0);
    EXPECT_EQ(runner.calls[1].prompt, runner.calls[0].prompt);
    EXPECT_EQ(transcript.text, " good");
    ASSERT_EQ(transcript.segments.size(), 1u);
    EXPECT_FLOAT_EQ(transcript.segments[0].average_log_probability, -0.5f);
  }
}

// A long prompt leaves fewer positions than a text may have tokens.
TEST_F(FitWindowsTest, ATextThatThePositionsCutOffHasNotEnded) {
  const ByteTokenizer many(true);
  const WindowPolicy policy(many, log_mel_);
  options_.language = "en";
  options_.initial_prompt = Letters(300);
  ScriptedRunner runner(many, [&](const SeenCall& seen) {
    return ScriptedCall{many.Encode(Frames(seen) < kWholeFrames ? Letters(230) : " good")};
  });
  FakeSource source(Tone(2800));
  const auto result = policy.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->text, " good");
  EXPECT_EQ(runner.calls.size(), 2u);
}

TEST_F(FitWindowsTest, TheWholeWindowFallsBackThroughAllTemperatures) {
  ScriptedRunner runner(tokenizer_, [&](const SeenCall& seen) {
    return ScriptedCall{Text(seen.temperature == 1.0f ? " best" : " bad"),
                        seen.temperature == 1.0f ? -1.4 : -1.5};
  });
  const transcript::Transcript transcript = Transcribe(Tone(200), runner);
  std::vector<float> temperatures;
  for (const SeenCall& call : runner.calls) temperatures.push_back(call.temperature);
  EXPECT_EQ(temperatures, (std::vector<float>{0, 0, 0.2f, 0.4f, 0.6f, 0.8f, 1}));
  EXPECT_EQ(runner.encoded.size(), 2u);
  for (size_t i = 1; i < runner.calls.size(); ++i) {
    EXPECT_EQ(Frames(runner.calls[i]), kWholeFrames);
  }
  EXPECT_EQ(transcript.text, " best");
  // What a whole window gives at once, random numbers included.
  const std::vector<SeenCall> fitted = std::exchange(runner.calls, {});
  options_.fit_windows = false;
  EXPECT_EQ(Transcribe(Tone(200), runner).text, " best");
  ASSERT_EQ(runner.calls.size() + 1, fitted.size());
  for (size_t i = 0; i < runner.calls.size(); ++i) {
    EXPECT_EQ(runner.calls[i].seed, fitted[i + 1].seed);
  }
}

// Many tokens are a reason to doubt the short window only.
TEST_F(FitWindowsTest, TheWholeWindowMayHaveManyTokens) {
  ScriptedRunner runner(tokenizer_,
                        [&](const SeenCall&) { return ScriptedCall{Text(Letters(40))}; });
  EXPECT_EQ(Transcribe(Tone(200), runner).text, Letters(40));
  EXPECT_EQ(runner.calls.size(), 2u);
}

TEST_F(FitWindowsTest, ThresholdsThatAreOffAreNoReasonToDoubt) {
  ScriptedRunner runner(tokenizer_, [&](const SeenCall&) {
    return ScriptedCall{Text(" x"), -3.0};
  });
  options_.log_probability_threshold = NAN;
  EXPECT_EQ(Transcribe(Tone(200), runner).text, " x");
  EXPECT_EQ(runner.encoded.size(), 1u);
}

TEST_F(FitWindowsTest, WordTimesComeFromTheWindowThatGaveTheText) {
  options_.word_times = true;
  ScriptedRunner runner(tokenizer_, [&](const SeenCall&) { return ScriptedCall{Text(" ab cd")}; });
  const transcript::Transcript transcript = Transcribe(Tone(400), runner);
  EXPECT_EQ(runner.encoded.size(), 1u);
  ASSERT_EQ(runner.aligned.size(), 1u);
  ASSERT_EQ(transcript.segments.size(), 1u);
  ASSERT_EQ(transcript.segments[0].words.size(), 2u);
  EXPECT_LE(transcript.segments[0].words[1].end_seconds, 4.0);
}

TEST_F(FitWindowsTest, CancellationBetweenTheTwoWindows) {
  std::stop_source stop;
  ScriptedRunner runner(tokenizer_, [&](const SeenCall&) {
    return ScriptedCall{Text(" x"), -1.5};
  });
  runner.on_encode = [&] {
    if (runner.encoded.size() == 1) stop.request_stop();
  };
  FakeSource source(Tone(200));
  const auto result = policy_.Transcribe(source, options_, runner, {}, stop.get_token());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), StatusCode::kCancelled);
  EXPECT_EQ(runner.calls.size(), 1u);
}

}  // namespace
}  // namespace ironscribe::models::whisper
