#include "models/whisper/window_policy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "models/whisper/window_policy_fakes.h"

namespace ironscribe::models::whisper {
namespace {

constexpr size_t kSecond = 16000;
constexpr TokenId kEnglishTime = 50363;
constexpr TokenId kManyTime = 50364;

class WindowPolicyTest : public testing::Test {
 protected:
  static std::vector<float> Tone(size_t num_samples) {
    std::vector<float> samples(num_samples);
    for (size_t i = 0; i < num_samples; ++i) {
      samples[i] = 0.3f * std::sin(0.17f * static_cast<float>(i));
    }
    return samples;
  }

  // One segment from `begin` to `end` steps, open or closed by a pair.
  std::vector<TokenId> Segment(TokenId time, int begin, std::string_view text, int end) const {
    std::vector<TokenId> tokens = english_.Encode(text);
    tokens.insert(tokens.begin(), time + begin);
    tokens.push_back(time + end);
    return tokens;
  }

  ByteTokenizer english_{false};
  ByteTokenizer many_{true};
  dsp::LogMel log_mel_{80};
  WindowPolicy english_policy_{english_, log_mel_};
  WindowPolicy many_policy_{many_, log_mel_};
  DecodingOptions options_;
};

TEST_F(WindowPolicyTest, TooShortToHearAnything) {
  for (size_t num_samples : {0, 1, 160, 399}) {
    ScriptedRunner runner(english_, [](const SeenCall&) { return ScriptedCall{}; });
    FakeSource source(Tone(num_samples));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(result->segments.empty());
    EXPECT_EQ(result->text, "");
    EXPECT_DOUBLE_EQ(result->duration_seconds, static_cast<double>(num_samples) / 16000);
    EXPECT_TRUE(runner.calls.empty());
  }
}

TEST_F(WindowPolicyTest, FourHundredSamplesAreTranscribed) {
  ScriptedRunner runner(
      english_, [&](const SeenCall&) { return ScriptedCall{Segment(kEnglishTime, 0, " x", 1)}; });
  FakeSource source(Tone(400));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->text, " x");
  EXPECT_EQ(result->language, "en");
}

TEST_F(WindowPolicyTest, SegmentsProgressAndCallbacks) {
  int call = 0;
  ScriptedRunner runner(english_, [&](const SeenCall&) {
    return ScriptedCall{Segment(kEnglishTime, 0, " w" + std::to_string(call++), 100)};
  });
  FakeSource source(Tone(70 * kSecond));
  std::vector<double> progress;
  std::vector<std::string> texts;
  RecognitionCallbacks callbacks;
  callbacks.progress = [&](double seconds) { progress.push_back(seconds); };
  callbacks.segment = [&](const transcript::Segment& segment) { texts.push_back(segment.text); };
  const auto result = english_policy_.Transcribe(source, options_, runner, callbacks, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(texts, (std::vector<std::string>{" w0", " w1", " w2"}));
  EXPECT_EQ(result->text, " w0 w1 w2");
  EXPECT_EQ(progress, (std::vector<double>{30, 60, 70}));
  ASSERT_EQ(result->segments.size(), 3u);
  EXPECT_EQ(result->segments[2].id, 2);
  EXPECT_EQ(result->segments[2].seek_frames, 6000);
  EXPECT_DOUBLE_EQ(result->segments[2].start_seconds, 60);
  EXPECT_DOUBLE_EQ(result->segments[2].end_seconds, 62);
}

TEST_F(WindowPolicyTest, SilenceIsLeftOutAndRecorded) {
  int call = 0;
  ScriptedRunner runner(english_, [&](const SeenCall&) {
    ++call;
    return ScriptedCall{Segment(kEnglishTime, 0, " w", 100), call == 1 ? -1.5 : -0.3, 0.9};
  });
  FakeSource source(Tone(45 * kSecond));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(call, 2);
  ASSERT_EQ(result->dropped.size(), 1u);
  EXPECT_EQ(result->dropped[0].reason, "no_speech");
  EXPECT_DOUBLE_EQ(result->dropped[0].start_seconds, 0);
  EXPECT_DOUBLE_EQ(result->dropped[0].end_seconds, 30);
  ASSERT_EQ(result->segments.size(), 1u);
  EXPECT_DOUBLE_EQ(result->segments[0].start_seconds, 30);
}

TEST_F(WindowPolicyTest, DetectsTheLanguageOnTheFirstWindow) {
  ScriptedRunner runner(many_, [&](const SeenCall& seen) {
    EXPECT_EQ(seen.prompt, (std::vector<TokenId>{50258, 50261, 50358}));
    return ScriptedCall{Segment(kManyTime, 0, " x", 10)};
  });
  options_.task = Task::kTranslate;
  FakeSource source(Tone(2 * kSecond));
  const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->language, "de");
  EXPECT_EQ(result->task, "translate");
  ASSERT_EQ(result->language_probabilities.size(), 99u);
  EXPECT_EQ(result->language_probabilities[0].code, "de");
  EXPECT_FLOAT_EQ(result->language_probabilities[0].probability, std::exp(-0.25f));
  EXPECT_EQ(result->language_probabilities[1].code, "en");
  // The same encoding serves both purposes, except where the reference pads differently.
  EXPECT_EQ(runner.encoded.size(), 1u);
  options_.reference = true;
  FakeSource again(Tone(2 * kSecond));
  ASSERT_TRUE(many_policy_.Transcribe(again, options_, runner, {}, {}).ok());
  ASSERT_EQ(runner.encoded.size(), 3u);
  EXPECT_NE(runner.encoded[1].back(), 0.0f);
  EXPECT_EQ(runner.encoded[2].back(), 0.0f);
}

TEST_F(WindowPolicyTest, AGivenLanguageIsNotDetected) {
  ScriptedRunner runner(many_, [&](const SeenCall& seen) {
    EXPECT_EQ(seen.prompt, (std::vector<TokenId>{50258, 50265, 50359, 50363}));
    return ScriptedCall{many_.Encode(" oui")};
  });
  options_.language = "French";
  options_.without_timestamps = true;
  FakeSource source(Tone(2 * kSecond));
  const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->language, "fr");
  EXPECT_TRUE(result->language_probabilities.empty());
  ASSERT_EQ(result->segments.size(), 1u);
  EXPECT_DOUBLE_EQ(result->segments[0].end_seconds, 2);
}

// A text whose own times end at 20 s, of words that are spoken in the first seconds.
class WordTimesTest : public WindowPolicyTest {
 protected:
  transcript::Transcript Transcribe() {
    std::vector<TokenId> tokens = Segment(kEnglishTime, 0, " ab cd", 1000);
    tokens.push_back(kEnglishTime + 1000);
    int call = 0;
    ScriptedRunner runner(english_, [&](const SeenCall&) {
      return call++ == 0 ? ScriptedCall{tokens} : ScriptedCall{Segment(kEnglishTime, 0, " ", 9)};
    });
    runner.token_frames = [](int i) { return 25 * i; };
    FakeSource source(Tone(40 * kSecond));
    auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    EXPECT_TRUE(result.ok());
    encoded_ = std::move(runner.encoded);
    return std::move(*result);
  }

  // What the window that begins there holds.
  std::vector<float> WindowAt(double seconds) {
    options_.word_times = false;
    options_.clips = {{seconds}};
    Transcribe();
    return encoded_.at(0);
  }

  std::vector<std::vector<float>> encoded_;
};

TEST_F(WordTimesTest, MoveTheWindowToTheLastWordOfTheReference) {
  options_.word_times = true;
  options_.reference = true;
  const transcript::Transcript transcript = Transcribe();
  ASSERT_EQ(transcript.segments.size(), 1u);
  const transcript::Segment& segment = transcript.segments[0];
  ASSERT_EQ(segment.words.size(), 2u);
  EXPECT_EQ(segment.words[0].text, " ab");
  EXPECT_EQ(segment.words[1].text, " cd");
  EXPECT_FLOAT_EQ(segment.words[1].probability, 0.5f);
  EXPECT_DOUBLE_EQ(segment.end_seconds, segment.words[1].end_seconds);
  EXPECT_NEAR(segment.end_seconds, 3.0, 0.1);  // Six tokens of half a second.
  ASSERT_GE(encoded_.size(), 2u);
  const std::vector<float> second = encoded_[1];
  EXPECT_EQ(WindowAt(segment.end_seconds), second);
}

TEST_F(WordTimesTest, OurOwnTimesChangeNoWindow) {
  options_.word_times = false;
  const transcript::Transcript without = Transcribe();
  const std::vector<std::vector<float>> windows = encoded_;
  options_.word_times = true;
  const transcript::Transcript with = Transcribe();
  EXPECT_EQ(encoded_, windows);
  EXPECT_EQ(with.text, without.text);
  ASSERT_EQ(without.segments.size(), 1u);
  ASSERT_EQ(with.segments.size(), 1u);
  const transcript::Segment& segment = with.segments[0];
  ASSERT_EQ(segment.words.size(), 2u);
  EXPECT_EQ(segment.start_seconds, segment.words[0].start_seconds);
  EXPECT_EQ(segment.end_seconds, segment.words[1].end_seconds);
}

TEST_F(WindowPolicyTest, CancellationStopsBetweenAndInsideWindows) {
  for (size_t cancel_at : {1u, 2u}) {
    std::stop_source stop;
    ScriptedRunner runner(english_, [&](const SeenCall&) {
      return ScriptedCall{Segment(kEnglishTime, 0, " x", 10)};
    });
    runner.on_encode = [&] {
      if (runner.encoded.size() + 1 == cancel_at) stop.request_stop();
    };
    FakeSource source(Tone(100 * kSecond));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, stop.get_token());
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.status().code(), StatusCode::kCancelled);
    EXPECT_EQ(runner.calls.size(), cancel_at - 1);
  }
}

TEST_F(WindowPolicyTest, ABrokenSourceIsTranscribedToItsEndAndThenReported) {
  ScriptedRunner runner(
      english_, [&](const SeenCall&) { return ScriptedCall{Segment(kEnglishTime, 0, " x", 10)}; });
  FakeSource source(Tone(33 * kSecond));
  source.end_status = DataLossError("breaks off");
  int segments = 0;
  RecognitionCallbacks callbacks;
  callbacks.segment = [&](const transcript::Segment&) { ++segments; };
  const auto result = english_policy_.Transcribe(source, options_, runner, callbacks, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(segments, 2);
}

TEST_F(WindowPolicyTest, ReferenceReadsTwice) {
  ScriptedRunner runner(
      english_, [&](const SeenCall&) { return ScriptedCall{Segment(kEnglishTime, 0, " x", 10)}; });
  options_.reference = true;
  FakeSource source(Tone(3 * kSecond));
  ASSERT_TRUE(english_policy_.Transcribe(source, options_, runner, {}, {}).ok());
  EXPECT_EQ(source.rewinds, 1);
  FakeSource pipe(Tone(3 * kSecond));
  pipe.can_rewind = false;
  const auto refused = english_policy_.Transcribe(pipe, options_, runner, {}, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(WindowPolicyTest, ClipsAreHeardAlone) {
  ScriptedRunner runner(
      english_, [&](const SeenCall&) { return ScriptedCall{Segment(kEnglishTime, 0, " x", 10)}; });
  options_.clips = {{1, 2.5}, {40, 45}};
  FakeSource source(Tone(50 * kSecond));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_DOUBLE_EQ(result->duration_seconds, 50);
  ASSERT_EQ(result->segments.size(), 2u);
  EXPECT_DOUBLE_EQ(result->segments[0].start_seconds, 1);
  EXPECT_DOUBLE_EQ(result->segments[1].start_seconds, 40);
  // 1.5 s of audio, then padding.
  EXPECT_NE(runner.encoded[0][149 * 80], 0.0f);
  EXPECT_EQ(runner.encoded[0][150 * 80], 0.0f);
}

}  // namespace
}  // namespace ironscribe::models::whisper
