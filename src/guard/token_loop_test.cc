#include "guard/token_loop.h"

#include <gtest/gtest.h>

#include <vector>

namespace ironscribe::guard {
namespace {

TEST(TokenLoopTest, FindsASequenceThatComesThreeTimes) {
  const std::vector<int32_t> tokens = {9, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 8};
  const TokenLoop loop = FindLoop(tokens, 10);
  EXPECT_EQ(loop.period, 4u);
  EXPECT_EQ(loop.count, 3u);
}

TEST(TokenLoopTest, TwiceIsNoLoop) {
  EXPECT_EQ(FindLoop(std::vector<int32_t>{1, 2, 3, 1, 2, 3, 1, 2}, 10).count, 0u);
  EXPECT_EQ(FindLoop(std::vector<int32_t>{5, 5}, 10).count, 0u);
  EXPECT_EQ(FindLoop({}, 10).count, 0u);
}

TEST(TokenLoopTest, TheShortestPeriodDescribesAStretch) {
  const TokenLoop loop = FindLoop(std::vector<int32_t>(24, 7), 10);
  EXPECT_EQ(loop.period, 1u);
  EXPECT_EQ(loop.count, 24u);
}

TEST(TokenLoopTest, TheLongestStretchWins) {
  std::vector<int32_t> tokens = {7, 7, 7};
  for (int i = 0; i < 3; ++i) tokens.insert(tokens.end(), {1, 2, 3, 4, 5});
  EXPECT_EQ(FindLoop(tokens, 10).period, 5u);
}

TEST(TokenLoopTest, PeriodsAboveTheLimitAreNotLookedFor) {
  std::vector<int32_t> tokens;
  for (int i = 0; i < 33; ++i) tokens.push_back(i % 11);
  EXPECT_EQ(FindLoop(tokens, 10).count, 0u);
  EXPECT_EQ(FindLoop(tokens, 11).count, 3u);
}

}  // namespace
}  // namespace ironscribe::guard
