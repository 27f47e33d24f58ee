#include "models/whisper/window_policy_judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "models/whisper/window_policy_fakes.h"

namespace ironscribe::models::whisper {
namespace {

class CredulousJudge final : public TextJudge {
 public:
  Judgement Judge(const TextEvidence&) const override { return {}; }
  bool IsSilent(const SpeechShare& speech) const override { return speech.peak < 0.1f; }
  bool IsClear(const SpeechShare& speech) const override { return speech.peak > 0.85f; }
  int MaxTokens(double) const override { return 100; }
};

class ClipJudgeTest : public testing::Test {
 protected:
  // Hears `speech`, in seconds, and nothing else.
  ClipJudge JudgeThatHears(std::vector<std::pair<double, double>> speech) const {
    return ClipJudge(&judge_, tokenizer_, [speech = std::move(speech)](double begin, double end) {
      double heard = 0;
      for (const auto& [first, last] : speech) {
        heard += std::max(0.0, std::min(last, end) - std::max(first, begin));
      }
      return SpeechShare{.peak = heard > 0 ? 1.0f : 0.0f,
                         .share = static_cast<float>(heard / std::max(end - begin, 1e-9))};
    });
  }

  const FrameRange window_{1000, 2000};  // 10 to 20 s
  const CredulousJudge judge_;
  const ByteTokenizer tokenizer_{/*multilingual=*/false};
};

TEST_F(ClipJudgeTest, NoiseIsHushedButForWhatIsNearAVoice) {
  std::vector<float> loudness(500, 1.0f);
  JudgeThatHears({{14, 15}}).HushNoise(window_, 2, loudness);
  const auto at = [&](double seconds) {
    return loudness[static_cast<size_t>((seconds - 10) * 50)];
  };
  EXPECT_EQ(at(10), 0);
  EXPECT_EQ(at(13.6), 0);
  EXPECT_EQ(at(13.8), 1) << "a consonant";
  EXPECT_EQ(at(14.5), 1);
  EXPECT_EQ(at(15.2), 1);
  EXPECT_EQ(at(15.4), 0);
  EXPECT_EQ(at(19.9), 0);
}

TEST_F(ClipJudgeTest, WithoutEarsNothingIsHushed) {
  std::vector<float> loudness(500, 0.5f);
  ClipJudge(&judge_, tokenizer_, {}).HushNoise(window_, 2, loudness);
  ClipJudge(nullptr, tokenizer_, {}).HushNoise(window_, 2, loudness);
  EXPECT_EQ(std::count(loudness.begin(), loudness.end(), 0.5f), 500);
}

TEST_F(ClipJudgeTest, FewTokensForTheSpeechUnderThem) {
  transcript::Segment segment;
  segment.start_seconds = 11;
  segment.end_seconds = 19;
  segment.tokens = tokenizer_.Encode("six c.");  // A token each character.
  EXPECT_TRUE(JudgeThatHears({{11, 13}, {15, 19}}).SaysLittle(window_, segment));
  EXPECT_FALSE(JudgeThatHears({{11, 13}}).SaysLittle(window_, segment)) << "the rest is a pause";
  EXPECT_FALSE(JudgeThatHears({{5, 9}, {21, 30}}).SaysLittle(window_, segment)) << "elsewhere";
  EXPECT_FALSE(ClipJudge(&judge_, tokenizer_, {}).SaysLittle(window_, segment));
  segment.tokens.push_back(tokenizer_.special().timestamp_begin);
  EXPECT_FALSE(JudgeThatHears({{11, 14}}).SaysLittle(window_, segment));
  EXPECT_TRUE(JudgeThatHears({{11, 14.2}}).SaysLittle(window_, segment)) << "a time is no text";
  segment.tokens.clear();
  EXPECT_FALSE(JudgeThatHears({{12, 12.5}}).SaysLittle(window_, segment)) << "hardly any speech";
}

TEST_F(ClipJudgeTest, AWordThatIsTooLongHidesNoSpeech) {
  transcript::Segment segment;
  segment.start_seconds = 11;
  segment.end_seconds = 19;
  const ClipJudge judge = JudgeThatHears({{11, 19}});
  EXPECT_TRUE(judge.Holes(window_, std::span(&segment, 1), /*is_done=*/true).empty());
  segment.words = {{" said", 11, 11.5}, {" to", 11.5, 18.5}, {" him", 18.5, 19}};
  const auto holes = judge.Holes(window_, std::span(&segment, 1), /*is_done=*/true);
  ASSERT_EQ(holes.size(), 1u);
  EXPECT_EQ(holes[0].begin, 1400);
  EXPECT_EQ(holes[0].end, 1800);
  segment.words[1].end_seconds = 14;
  segment.words[2].start_seconds = 14;
  segment.words[2].end_seconds = 16;
  EXPECT_TRUE(judge.Holes(window_, std::span(&segment, 1), /*is_done=*/true).empty());
}

// Attention gives a number that is dictated the time of one of its digits.
TEST_F(ClipJudgeTest, ADictatedNumberHidesNoMoreThanItsDigits) {
  transcript::Segment segment;
  const ClipJudge judge = JudgeThatHears({{11, 19}});
  for (const double at : {11.5, 14.5, 17.5}) {
    segment.words = {{" call", 11, 11.5}, {" 415552671.", at, at + 0.6}, {" Bye.", 18.2, 19}};
    EXPECT_TRUE(judge.Holes(window_, std::span(&segment, 1), /*is_done=*/true).empty()) << at;
  }
  segment.words[1].text = " 415.";
  EXPECT_EQ(judge.Holes(window_, std::span(&segment, 1), /*is_done=*/true).size(), 1u);
}

}  // namespace
}  // namespace ironscribe::models::whisper
