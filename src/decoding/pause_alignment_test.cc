#include "decoding/pause_alignment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace ironscribe::decoding {
namespace {

std::vector<SpokenToken> Tokens(const std::vector<bool>& begins_word) {
  std::vector<SpokenToken> tokens;
  for (const bool begins : begins_word) tokens.push_back({.begins_word = begins});
  return tokens;
}

// 0 where `rows` has an x, else -10.
std::vector<float> Scores(const std::vector<std::string>& rows) {
  std::vector<float> scores;
  for (const std::string& row : rows) {
    for (const char c : row) scores.push_back(c == 'x' ? 0.0f : -10.0f);
  }
  return scores;
}

std::string Spans(const std::vector<SpokenToken>& tokens) {
  std::string text;
  for (const SpokenToken& token : tokens) {
    text += std::to_string(token.begin_frame) + "-" + std::to_string(token.end_frame) + " ";
  }
  return text;
}

TEST(AlignWithPauses, PausesLieBeforeBetweenAndBehindWords) {
  auto tokens = Tokens({true, false, true});
  const auto scores = Scores({"..xx......", "....x.....", ".......x.."});
  ASSERT_TRUE(AlignWithPauses(scores, std::vector<float>(10, -1.0f), tokens));
  EXPECT_EQ(Spans(tokens), "2-4 4-5 7-8 ");
}

TEST(AlignWithPauses, NoPauseInsideAWordNorWhereItCostsMore) {
  auto tokens = Tokens({true, false});
  const auto scores = Scores({"x....", "....x"});
  ASSERT_TRUE(AlignWithPauses(scores, std::vector<float>(5, -1.0f), tokens));
  EXPECT_EQ(tokens[0].end_frame, tokens[1].begin_frame);
  tokens = Tokens({true, true});
  ASSERT_TRUE(AlignWithPauses(scores, std::vector<float>(5, -20.0f), tokens));
  EXPECT_EQ(tokens[0].begin_frame, 0);
  EXPECT_EQ(tokens[0].end_frame, tokens[1].begin_frame);
  EXPECT_EQ(tokens[1].end_frame, 5);
}

TEST(AlignWithPauses, EveryTokenHasAFrameEvenUnheard) {
  auto tokens = Tokens({true, true, false});
  ASSERT_TRUE(AlignWithPauses(Scores({"...", "...", "..."}), std::vector<float>(3, 0.0f), tokens));
  EXPECT_EQ(Spans(tokens), "0-1 1-2 2-3 ");
}

TEST(AlignWithPauses, TooFewFrames) {
  auto tokens = Tokens({true, true, false});
  EXPECT_FALSE(AlignWithPauses(Scores({"xx", "xx", "xx"}), std::vector<float>(2, 0.0f), tokens));
  EXPECT_EQ(Spans(tokens), "0-0 0-0 0-0 ");
}

// Every way to lay three tokens of two words into the frames.
TEST(AlignWithPauses, FindsTheLargestSumOfAll) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> value(-3, 0);
  constexpr int kFrames = 7;
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<float> scores(3 * kFrames), pauses(kFrames);
    for (float& score : scores) score = value(random);
    for (float& score : pauses) score = value(random);
    const auto sum = [&](int a, int b, int c, int d, int e) {
      float total = 0;
      for (int frame = 0; frame < kFrames; ++frame) {
        const bool spoken = (frame >= a && frame < c) || (frame >= d && frame < e);
        const int token = frame < b ? 0 : (frame < c ? 1 : 2);
        const int row = token * kFrames + frame;
        total += spoken ? scores[static_cast<size_t>(row)] : pauses[static_cast<size_t>(frame)];
      }
      return total;
    };
    float best = -std::numeric_limits<float>::infinity();
    for (int a = 0; a < kFrames; ++a) {
      for (int b = a + 1; b < kFrames; ++b) {
        for (int c = b + 1; c < kFrames; ++c) {
          for (int d = c; d < kFrames; ++d) {
            for (int e = d + 1; e <= kFrames; ++e) best = std::max(best, sum(a, b, c, d, e));
          }
        }
      }
    }
    auto tokens = Tokens({true, false, true});
    ASSERT_TRUE(AlignWithPauses(scores, pauses, tokens));
    ASSERT_EQ(tokens[0].end_frame, tokens[1].begin_frame);
    EXPECT_NEAR(sum(tokens[0].begin_frame, tokens[1].begin_frame, tokens[1].end_frame,
                    tokens[2].begin_frame, tokens[2].end_frame),
                best, 1e-4);
  }
}

TEST(MeanAttention, IsTheMeanOfTheHeadsOverTheFramesThatCount) {
  // One token, two heads, three frames of which the last does not count.
  const std::vector<float> scores = {std::log(3.0f), 0, 100, 0, 0, 100};
  const auto mean = MeanAttention(scores, {.tokens = 1, .heads = 2, .frames = 3, .used_frames = 2});
  ASSERT_EQ(mean.size(), 2u);
  EXPECT_NEAR(mean[0], (0.75 + 0.5) / 2, 1e-6);
  EXPECT_NEAR(mean[1], (0.25 + 0.5) / 2, 1e-6);
}

TEST(MeanAttention, TokensKeepTheirOwnRows) {
  const std::vector<float> scores = {0, 0, std::log(4.0f), 0};
  const auto mean = MeanAttention(scores, {.tokens = 2, .heads = 1, .frames = 2, .used_frames = 2});
  EXPECT_NEAR(mean[1], 0.5, 1e-6);
  EXPECT_NEAR(mean[2], 0.8, 1e-6);
}

}  // namespace
}  // namespace ironscribe::decoding
