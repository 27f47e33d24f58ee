#include "decoding/forced_search.h"

#include <gtest/gtest.h>

#include <cmath>

#include "decoding/fake_scorer.h"

namespace ironscribe::decoding {
namespace {

TEST(ForcedSearch, ScoresEachTokenGivenThoseBeforeIt) {
  FakeScorer scorer = FakeScorer::Hashed(11, 21, 5.0);
  const std::vector<TokenId> tokens = {4, 9, 2, 2, 7};
  ForcedSearch search(tokens, {.first_scored = 2});
  EXPECT_EQ(scorer.Run(search), 1);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (i < 2) {
      EXPECT_EQ(search.log_probabilities()[i], 0.0f);
      EXPECT_EQ(search.top()[i].id, -1);
      continue;
    }
    const std::span<const TokenId> before(tokens.data(), i);
    const auto values = scorer.LogProbabilities(before, {});
    EXPECT_NEAR(search.log_probabilities()[i], values[static_cast<size_t>(tokens[i])], 1e-5);
    const auto best = std::max_element(values.begin(), values.end());
    EXPECT_EQ(search.top()[i].id, best - values.begin());
    EXPECT_NEAR(search.top()[i].log_probability, *best, 1e-5);
  }
}

class ForbidRepeats : public TokenConstraint {
 public:
  void Apply(std::span<const TokenId> tokens_so_far, RowQuery& query) const override {
    query.also_suppressed.assign(tokens_so_far.begin(), tokens_so_far.end());
  }
};

TEST(ForcedSearch, AppliesAConstraintToTheTokensAfterThePrompt) {
  FakeScorer scorer = FakeScorer::Hashed(6, 8, 2.0);
  const ForbidRepeats constraint;
  ForcedSearch search({3, 3, 1, 3, 1}, {.first_scored = 2, .constraint = &constraint});
  scorer.Run(search);
  // 3 stands in the prompt and may follow it once; the second 1 repeats a scored token.
  EXPECT_TRUE(std::isfinite(search.log_probabilities()[3]));
  EXPECT_TRUE(std::isinf(search.log_probabilities()[4]));
  EXPECT_NE(search.top()[4].id, 1);
  EXPECT_NE(search.top()[4].id, 3);
}

TEST(ForcedSearch, LeavesIdsBehindTheEndOutOfTheSoftmax) {
  FakeScorer scorer = FakeScorer::Hashed(11, 21, 5.0);
  const std::vector<TokenId> tokens = {4, 9};
  ForcedSearch search(tokens, {.vocabulary_end = 10});
  scorer.Run(search);
  const auto values = scorer.LogProbabilities(std::span(tokens).first(1), {});
  double total = 0;
  for (size_t id = 0; id < 10; ++id) total += std::exp(values[id]);
  EXPECT_NEAR(search.log_probabilities()[1], values[9] - std::log(total), 1e-5);
  EXPECT_LT(search.top()[1].id, 10);
}

TEST(ForcedSearch, OneTokenNeedsNoScore) {
  FakeScorer scorer = FakeScorer::Hashed(6, 8, 2.0);
  ForcedSearch search({3});
  scorer.Run(search);
  EXPECT_TRUE(search.done());
  EXPECT_EQ(search.log_probabilities().size(), 1u);
}

TEST(ChoiceSearch, RenormalisesOverTheChoices) {
  FakeScorer scorer = FakeScorer::Hashed(20, 13, 4.0);
  const std::vector<TokenId> choices = {17, 3, 8};
  ChoiceSearch search({5, 6}, choices);
  EXPECT_EQ(scorer.Run(search), 1);
  const auto all = scorer.LogProbabilities(std::vector<TokenId>{5, 6}, {});
  double mass = 0;
  for (TokenId id : choices) mass += std::exp(all[static_cast<size_t>(id)]);
  ASSERT_EQ(search.log_probabilities().size(), 3u);
  for (size_t i = 0; i < choices.size(); ++i) {
    EXPECT_NEAR(std::exp(search.log_probabilities()[i]),
                std::exp(all[static_cast<size_t>(choices[i])]) / mass, 1e-6);
  }
}

}  // namespace
}  // namespace ironscribe::decoding
