#include "guard/text_guard.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace ironscribe::guard {
namespace {

using models::SpeechShare;
using models::TextEvidence;
using models::Verdict;

std::vector<int32_t> DifferentTokens(int count) {
  std::vector<int32_t> tokens(static_cast<size_t>(count));
  std::iota(tokens.begin(), tokens.end(), 100);
  return tokens;
}

// What a segment of clear speech looks like.
struct Segment {
  std::vector<int32_t> tokens = DifferentTokens(12);
  TextEvidence evidence{.text = " The quick brown fox.",
                        .tokens = {},
                        .speech = {.peak = 1.0f, .share = 0.8f},
                        .speech_seconds = 4,
                        .window_speech_seconds = 4,
                        .average_log_probability = -0.2,
                        .no_speech_probability = 0.01f,
                        .repeats = 0};

  models::Judgement Judged() {
    evidence.tokens = tokens;
    return TextGuard().Judge(evidence);
  }
};

TEST(TextGuardTest, SpeechIsBelieved) {
  Segment segment;
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
  segment.evidence.text = " Thank you.";  // No text is dropped for what it says.
  segment.tokens = DifferentTokens(3);
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
  // Unsure, but heard.
  segment.evidence.average_log_probability = -1.1;
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
}

TEST(TextGuardTest, WithoutVoiceActivityTheModelIsBelieved) {
  Segment segment;
  segment.evidence.speech = {};
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
  EXPECT_FALSE(TextGuard().IsSilent({}));
}

TEST(TextGuardTest, WhereNothingIsHeardNothingWasSaid) {
  Segment segment;
  segment.evidence.speech = {.peak = 0.02f, .share = 0};
  EXPECT_EQ(segment.Judged().verdict, Verdict::kDrop);
  EXPECT_EQ(segment.Judged().reason, "no_voice");
  EXPECT_TRUE(TextGuard().IsSilent(segment.evidence.speech));
}

TEST(TextGuardTest, WeakVoiceAndADoubtfulModelTogetherAreTooLittle) {
  Segment segment;
  segment.evidence.speech = {.peak = 0.55f, .share = 0.1f};
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
  segment.evidence.average_log_probability = -0.9;
  EXPECT_EQ(segment.Judged().verdict, Verdict::kDrop);
  segment.evidence.speech = {.peak = 1, .share = 0.9f};
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
}

TEST(TextGuardTest, LoopsAreDoubtedAndCountingIsNot) {
  Segment segment;
  segment.tokens = {5, 5, 5, 5, 5, 5, 5, 5};  // "no no no no no no no no"
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
  segment.tokens.clear();
  for (int i = 0; i < 3; ++i) segment.tokens.insert(segment.tokens.end(), {1, 2, 3, 4, 5});
  EXPECT_EQ(segment.Judged().verdict, Verdict::kDoubt);
  EXPECT_EQ(segment.Judged().reason, "repetition");
}

std::string Repeat(const std::string& text, int count) {
  std::string repeated;
  for (int i = 0; i < count; ++i) repeated += text;
  return repeated;
}

TEST(TextGuardTest, DigitsMayRepeatThemselvesWhereSomebodySpeaksSoLong) {
  Segment segment;
  segment.tokens.clear();
  for (int i = 0; i < 16; ++i) segment.tokens.insert(segment.tokens.end(), {1, 2});
  segment.evidence.window_speech_seconds = 8;
  for (const char* digit : {" 1,", " One.", " one", " 1"}) {
    const std::string text = " My number is" + Repeat(digit, 16) + " and that is all.";
    segment.evidence.text = text;
    EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep) << digit;
  }
  const std::string digits = Repeat(" 1,", 16);
  segment.evidence.text = digits;
  segment.evidence.window_speech_seconds = 4;
  EXPECT_EQ(segment.Judged().reason, "repetition") << "more than anyone dictates";
  segment.evidence.window_speech_seconds = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(segment.Judged().reason, "repetition") << "nobody heard it";
}

TEST(TextGuardTest, WordsBesideDigitsAreALoopAllTheSame) {
  Segment segment;
  segment.evidence.window_speech_seconds = 20;
  segment.tokens.clear();
  for (int i = 0; i < 5; ++i) segment.tokens.insert(segment.tokens.end(), {1, 2, 3});
  const std::string rooms = Repeat(" room 5,", 5);
  segment.evidence.text = rooms;
  EXPECT_EQ(segment.Judged().reason, "repetition");
  segment.tokens = std::vector<int32_t>(20, 7);
  const std::string dots = " 5" + Repeat(" .", 20);
  segment.evidence.text = dots;
  EXPECT_EQ(segment.Judged().reason, "repetition");
  // Segments in succession.
  segment.tokens = DifferentTokens(6);
  segment.evidence.repeats = 2;
  segment.evidence.text = " 5 5 5";
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
  segment.evidence.text = " It is 5.";
  EXPECT_EQ(segment.Judged().reason, "repetition");
}

TEST(TextGuardTest, SegmentsThatSayTheSameAreALoop) {
  Segment segment;
  segment.tokens = DifferentTokens(5);
  segment.evidence.repeats = 1;
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
  segment.evidence.repeats = 2;
  EXPECT_EQ(segment.Judged().reason, "repetition");
  segment.tokens = DifferentTokens(2);  // "Yes." "Yes." "Yes."
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
}

TEST(TextGuardTest, SignsAreNoWords) {
  Segment segment;
  for (const char* text : {" . . .", "...", " - ?", "", " \u266a\u266a", "\u2026", "\u3002"}) {
    segment.evidence.text = text;
    // Somebody speaks, so another try may find what.
    segment.evidence.speech.peak = 1;
    EXPECT_EQ(segment.Judged().reason, "no_words") << text;
    EXPECT_EQ(segment.Judged().verdict, Verdict::kDoubt) << text;
    segment.evidence.speech.peak = 0.5f;
    EXPECT_EQ(segment.Judged().verdict, Verdict::kDrop) << text;
  }
  segment.evidence.speech.peak = 1;
  for (const char* text : {" 7", " a.", " \u662f\u3002", " \u0434\u0430"}) {
    segment.evidence.text = text;
    EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep) << text;
  }
}

TEST(TextGuardTest, NobodySaysSoMuchInSoShortATime) {
  Segment segment;
  const std::string sixty_letters(60, 'a');
  segment.evidence.text = sixty_letters;
  segment.evidence.speech_seconds = 0.5;
  EXPECT_EQ(segment.Judged().reason, "too_much_text");
  segment.evidence.speech_seconds = 2;
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
  // Bytes are no characters.
  std::string forty;
  for (int i = 0; i < 40; ++i) forty += "\u0c24";
  segment.evidence.text = forty;
  segment.evidence.speech_seconds = 0.5;
  EXPECT_EQ(segment.Judged().verdict, Verdict::kKeep);
}

TEST(TextGuardTest, TheBudgetGrowsWithTheSpeech) {
  const TextGuard guard;
  EXPECT_GE(guard.MaxTokens(0), 8);  // "Yes." and its times.
  EXPECT_GT(guard.MaxTokens(7.5), 200);
  EXPECT_LT(guard.MaxTokens(1), 80);
  EXPECT_EQ(guard.MaxTokens(-1), guard.MaxTokens(0));
}

}  // namespace
}  // namespace ironscribe::guard
