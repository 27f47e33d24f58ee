// Recordings that a model would work on for ever if it were let.
#include "models/whisper/window_policy_budget.h"

#include <numeric>

#include "models/stub_voice_activity.h"
#include "models/whisper/window_policy_sounds.h"

namespace ironscribe::models::whisper {
namespace {

TEST(StepBudget, GrowsWithTheAudioOfItsClip) {
  StepBudget budget;
  budget.Start(1000);
  const auto worth = static_cast<int64_t>(StepBudget::kStepsPerSecond);
  budget.Spend(StepBudget::kFreeSteps + 10 * worth);
  EXPECT_FALSE(budget.IsSpent(2000));
  EXPECT_TRUE(budget.IsSpent(1990));
  budget.Spend(1);
  EXPECT_TRUE(budget.IsSpent(2000));
  EXPECT_FALSE(budget.IsSpent(2001));
  budget.Start(1990);
  EXPECT_FALSE(budget.IsSpent(1990)) << "each clip has its own";
}

class StepBudgetTest : public SoundsTest {
 protected:
  static constexpr double kSeconds = 60;

  // A text that ends after so many steps of 20 ms, and what is cut off behind it.
  ScriptedCall ShortText(int end, int rest) const {
    const TokenId time = english_.special().timestamp_begin;
    const TokenId letter = english_.Encode("x")[0];
    ScriptedCall call;
    call.tokens = {time, letter, time + end, time + end};
    for (int i = 0; i < rest; ++i) call.tokens.push_back(letter);
    return call;
  }

  Result<transcript::Transcript> Transcribe(ScriptedRunner& runner) {
    runner.voice = std::make_shared<LoudnessModel>();
    FakeSource source(Render({{0, kSeconds, 1}}, kSeconds));
    return english_policy_.Transcribe(source, options_, runner, {}, {});
  }
};

// Each window says that its text ended after two frames.
TEST_F(StepBudgetTest, AWindowThatHardlyMovesOnIsMovedOn) {
  for (Segmentation segmentation :
       {Segmentation::kSequential, Segmentation::kFixed, Segmentation::kVoiceActivity}) {
    options_.segmentation = segmentation;
    ScriptedRunner runner(english_, [&](const SeenCall&) { return ShortText(1, 0); });
    const auto result = Transcribe(runner);
    ASSERT_TRUE(result.ok());
    // For two or three clips what is free, then a window for each two seconds.
    EXPECT_GE(runner.encoded.size(), 20u);
    EXPECT_LE(runner.encoded.size(), 120u);
    double dropped = 0;
    for (const transcript::DroppedSpan& span : result->dropped) {
      EXPECT_EQ(span.reason, "too_many_steps");
      EXPECT_LT(span.start_seconds, span.end_seconds);
      dropped += span.end_seconds - span.start_seconds;
    }
    const double heard = std::accumulate(
        result->segments.begin(), result->segments.end(), 0.0,
        [](double sum, const auto& s) { return sum + s.end_seconds - s.start_seconds; });
    EXPECT_NEAR(heard + dropped, kSeconds, 1.5) << "what has no text is reported";
  }
}

// Each window moves on by two seconds only, after all attempts and a long text.
TEST_F(StepBudgetTest, AttemptsEndWithTheBudget) {
  for (bool reference : {false, true}) {
    options_.reference = reference;
    ScriptedRunner runner(english_, [&](const SeenCall&) {
      ScriptedCall call = ShortText(100, 200);
      call.average_log_probability = -3;
      call.no_speech_probability = 0;
      return call;
    });
    ASSERT_TRUE(Transcribe(runner).ok());
    constexpr size_t kWindows = 30;
    if (reference) {
      EXPECT_GE(runner.calls.size(), kWindows * 5);
    } else {
      EXPECT_GE(runner.calls.size(), kWindows);
      EXPECT_LE(runner.calls.size(), kWindows * 3);
    }
  }
}

}  // namespace
}  // namespace ironscribe::models::whisper
