// Speech that a window has no text for, and what windows hold while they work.
#include "models/stub_voice_activity.h"
#include "models/whisper/window_policy_sounds.h"

namespace ironscribe::models::whisper {
namespace {

class HolesTest : public SoundsTest {
 protected:
  HolesTest() { options_.temperatures = {0}; }

  void GiveEarsAndJudge(ScriptedRunner& runner) const {
    runner.voice = std::make_shared<LoudnessModel>();
    runner.text_judge = &judge_;
    runner.token_frames = nullptr;  // The text's times are all there is.
  }

  // From `begin` to `end` seconds of its window.
  ScriptedCall Text(std::initializer_list<std::pair<std::string_view, std::pair<int, int>>> parts) {
    const TokenId time = english_.special().timestamp_begin;
    ScriptedCall call;
    for (const auto& [text, seconds] : parts) {
      call.tokens.push_back(time + 50 * seconds.first);
      for (TokenId id : english_.Encode(text)) call.tokens.push_back(id);
      call.tokens.push_back(time + 50 * seconds.second);
    }
    return call;
  }

  ScriptedJudge judge_;
};

// The model skips what lies between the first and the last of many sounds, and writes nonsense
// about windows with three or more: the hole is shortened, and what is left of it is another.
TEST_F(HolesTest, AHoleThatIsShortenedIsHeardToItsEnd) {
  const std::vector<Sound> sounds = {{0.5, 2, 1}, {4.5, 7, 2},   {7.5, 10.5, 3},
                                     {12, 15, 4}, {15.5, 19, 5}, {22, 25, 6}};
  for (Segmentation segmentation : {Segmentation::kSequential, Segmentation::kFixed}) {
    options_.segmentation = segmentation;
    judge_.doubted = " x x x";
    ScriptedRunner runner(english_, [&](const SeenCall& seen) {
      ScriptedCall call = Listen(english_, seen);
      constexpr size_t kTokensOfASound = 4;
      if (call.tokens.size() == sounds.size() * kTokensOfASound) {
        call.tokens.erase(call.tokens.begin() + kTokensOfASound,
                          call.tokens.end() - kTokensOfASound);
      } else if (call.tokens.size() > 2 * kTokensOfASound) {
        return Text({{" x x x", {0, 10}}});
      }
      return call;
    });
    GiveEarsAndJudge(runner);
    FakeSource source(Render(sounds, 27));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    ExpectHeard(sounds, result->segments);
  }
}

// A window may have the words of a stretch with other times.
TEST_F(HolesTest, AHoleSaysNothingThatItsWindowSays) {
  const std::vector<Sound> sounds = {{1, 4, 1}, {10, 13, 2}, {20, 23, 3}};
  const struct {
    std::string_view window;  // Of the first segment.
    std::string text;         // Of the recording.
  } kCases[] = {
      {" b c", " b c d"},      // The hole's " c" is there already,
      {" B, C!", " B, C! d"},  // whatever it looks like.
      {" bc", " bc c d"},      // A part of a word is another word.
      {" b", " b c d"},
      {" c7", " c7 c d"},
  };
  for (const auto& test : kCases) {
    ScriptedRunner runner(english_, [&](const SeenCall& seen) {
      const ScriptedCall heard = Listen(english_, seen);
      if (heard.tokens.size() <= 4) return heard;
      return Text({{test.window, {1, 4}}, {" d", {20, 23}}});
    });
    GiveEarsAndJudge(runner);
    FakeSource source(Render(sounds, 27));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    std::string text;
    for (const transcript::Segment& segment : result->segments) text += segment.text;
    EXPECT_EQ(text, test.text);
    EXPECT_EQ(result->text, test.text);
    EXPECT_EQ(runner.calls.size(), 2u);
  }
}

// A model may write a text with the same time for its begin and its end.
TEST_F(HolesTest, TextWithoutALengthIsKept) {
  for (const bool word_times : {false, true}) {
    options_.word_times = word_times;
    for (const std::string second : {" c", " b"}) {
      ScriptedRunner runner(english_, [&](const SeenCall&) {
        return Text({{" b", {1, 4}}, {second, {4, 4}}, {" d", {4, 7}}});
      });
      GiveEarsAndJudge(runner);
      FakeSource source(Render({{1, 4, 1}, {4.2, 7, 3}}, 9));
      const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
      ASSERT_TRUE(result.ok());
      EXPECT_EQ(result->text, " b" + second + " d");
      EXPECT_TRUE(result->dropped.empty());
    }
  }
}

// Whoever waits for the memory of an encoding must not hold another: all would wait for each other.
TEST_F(HolesTest, AWindowHoldsOneEncodingAtATime) {
  const std::vector<Sound> sounds = {{0.5, 2, 1}, {4.5, 7, 2},   {7.5, 10.5, 3},
                                     {12, 15, 4}, {15.5, 19, 5}, {22, 25, 6}};
  options_.fit_windows = true;
  judge_.doubted = " x x x";
  ScriptedRunner runner(english_, [&](const SeenCall& seen) {
    ScriptedCall call = Listen(english_, seen);
    if (call.tokens.size() > 4 * 4) return Text({{" x x x", {0, 10}}});
    if (call.tokens.size() > 2 * 4)
      call.tokens.erase(call.tokens.begin() + 4, call.tokens.end() - 4);
    return call;
  });
  GiveEarsAndJudge(runner);
  runner.keeps_windows = false;
  int most = 0;
  runner.on_encode = [&] { most = std::max(most, runner.CountEncodings()); };
  FakeSource source(Render(sounds, 27));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_GE(runner.encoded.size(), 5u) << "whole, shortened, and holes";
  EXPECT_EQ(most, 0) << "encodings held by somebody who asks for one";
}

// The language of a piece is heard before it waits for its turn.
TEST_F(HolesTest, PiecesThatWaitHoldNoEncoding) {
  options_.language_per_segment = true;
  for (Segmentation segmentation : {Segmentation::kFixed, Segmentation::kVoiceActivity}) {
    options_.segmentation = segmentation;
    ScriptedRunner runner(many_, [&](const SeenCall& seen) {
      // Time for others to be read, listened to and put behind it.
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return Listen(many_, seen);
    });
    runner.voice = std::make_shared<LoudnessModel>();
    runner.keeps_windows = false;
    constexpr int kTogether = 2;
    runner.windows_together = kTogether;
    std::atomic<int> most{0};
    runner.on_encode = [&] { most = std::max(most.load(), runner.CountEncodings()); };
    FakeSource source(Render(RandomSounds(80, 150), 150));
    const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    EXPECT_GE(runner.encoded.size(), 20u);
    EXPECT_LE(most, kTogether) << "those that run and the one that is listened to";
  }
}

// More words than a short window has positions, and words that the model writes behind its end.
TEST_F(HolesTest, NoWordLiesOutsideOfItsWindow) {
  options_.word_times = true;
  for (Segmentation segmentation :
       {Segmentation::kSequential, Segmentation::kFixed, Segmentation::kVoiceActivity}) {
    for (const int num_words : {3, 90}) {
      options_.segmentation = segmentation;
      ScriptedRunner runner(english_, [&](const SeenCall&) {
        std::string text;
        for (int i = 0; i < num_words; ++i) text += i % 2 == 0 ? " a" : " b";
        return Text({{text, {0, 1}}, {" end.", {1, 29}}});
      });
      runner.token_frames = [](int i) { return 200 * i; };
      runner.voice = std::make_shared<LoudnessModel>();
      constexpr double kSeconds = 1.5;
      FakeSource source(Render({{0.1, 1.4, 1}}, kSeconds));
      const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
      ASSERT_TRUE(result.ok());
      ASSERT_EQ(result->segments.size(), 2u);
      double last = 0;
      for (const transcript::Segment& segment : result->segments) {
        ASSERT_FALSE(segment.words.empty());
        EXPECT_EQ(segment.start_seconds, segment.words.front().start_seconds);
        EXPECT_EQ(segment.end_seconds, segment.words.back().end_seconds);
        for (const transcript::Word& word : segment.words) {
          EXPECT_GE(word.start_seconds, last);
          EXPECT_GE(word.end_seconds, word.start_seconds + (num_words > 50 ? 0 : 0.02 - 1e-9));
          last = word.end_seconds;
        }
      }
      EXPECT_LE(last, kSeconds + 1e-9);
    }
  }
}

}  // namespace
}  // namespace ironscribe::models::whisper
