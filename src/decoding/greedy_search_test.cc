#include "decoding/greedy_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "decoding/fake_scorer.h"

namespace ironscribe::decoding {
namespace {

constexpr TokenId kEnd = 0;

SequenceOptions Options(std::vector<TokenId> prompt) {
  SequenceOptions options;
  options.prompt = std::move(prompt);
  options.end_of_text = kEnd;
  return options;
}

// The most probable token again and again, by definition.
Hypothesis BruteForce(const FakeScorer& scorer, std::vector<TokenId> history, size_t limit) {
  Hypothesis hypothesis;
  while (hypothesis.tokens.size() < limit) {
    const auto values = scorer.LogProbabilities(history, RowQuery{});
    const auto best = std::max_element(values.begin(), values.end());
    hypothesis.sum_log_probability += *best;
    const auto id = static_cast<TokenId>(best - values.begin());
    if (id == kEnd) {
      hypothesis.reached_end = true;
      break;
    }
    hypothesis.tokens.push_back(id);
    history.push_back(id);
  }
  return hypothesis;
}

TEST(GreedySearch, FollowsTheBestTokenToTheEnd) {
  int ended = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    FakeScorer scorer = FakeScorer::Hashed(9, seed, 4.0);
    const std::vector<TokenId> prompt = {3, 1, 4, 1};
    const Hypothesis expected = BruteForce(scorer, prompt, 224);
    GreedySearch search(Options(prompt), {});
    scorer.Run(search);
    EXPECT_TRUE(search.done());
    EXPECT_EQ(search.best().tokens, expected.tokens);
    EXPECT_EQ(search.best().reached_end, expected.reached_end);
    EXPECT_NEAR(search.best().sum_log_probability, expected.sum_log_probability, 1e-5);
    EXPECT_EQ(search.best().log_probabilities.size(),
              expected.tokens.size() + (expected.reached_end ? 1 : 0));
    ended += expected.reached_end ? 1 : 0;
  }
  EXPECT_GT(ended, 30);
}

FakeScorer NeverEnding() {
  return FakeScorer(4,
                    [](std::span<const TokenId>, TokenId next) { return next == 2 ? 5.0 : 0.0; });
}

TEST(GreedySearch, StopsAtTheTokenLimit) {
  FakeScorer scorer = NeverEnding();
  SequenceOptions options = Options({1, 1});
  options.max_new_tokens = 7;
  GreedySearch search(options, {});
  scorer.Run(search);
  EXPECT_EQ(search.best().tokens, std::vector<TokenId>(7, 2));
  EXPECT_FALSE(search.best().reached_end);
}

TEST(GreedySearch, StopsWhenTheNextTokenHasNoPosition) {
  FakeScorer scorer = NeverEnding();
  SequenceOptions options = Options({1, 1, 1});
  options.max_positions = 5;
  GreedySearch search(options, {});
  int last_position = 0;
  while (!search.done()) {
    std::vector<RowResult> results;
    for (const TokenRow& row : search.rows()) {
      last_position = row.position;
      results.push_back(scorer.Evaluate(row));
    }
    search.Advance(results);
  }
  // Rows at positions 2, 3 and 4 each choose a token; the third chosen has nowhere to be fed.
  EXPECT_EQ(last_position, 4);
  EXPECT_EQ(search.best().tokens.size(), 3u);
}

TEST(GreedySearch, HandsOutThePromptAtOnceAndAsksOnlyAtItsEnd) {
  GreedySearch search(Options({5, 6, 7}), {});
  ASSERT_EQ(search.rows().size(), 3u);
  for (int i = 0; i < 3; ++i) {
    const TokenRow& row = search.rows()[static_cast<size_t>(i)];
    EXPECT_EQ(row.token, 5 + i);
    EXPECT_EQ(row.position, i);
    EXPECT_EQ(row.slot, 0);
    EXPECT_EQ(row.lineage.size(), static_cast<size_t>(i));
    EXPECT_EQ(row.query.wants_logits, i == 2);
  }
}

TEST(GreedySearch, ReportsTheProbeOfAnyPromptRow) {
  for (int samples : {1, 3}) {
    for (int index : {0, 1, 2}) {
      FakeScorer scorer = FakeScorer::Hashed(9, 11, 4.0);
      SequenceOptions options = Options({3, 1, 4});
      options.probe_index = index;
      options.probe = 8;
      GreedyOptions greedy;
      greedy.num_samples = samples;
      greedy.temperature = samples > 1 ? 0.5f : 0.0f;
      GreedySearch search(options, greedy);
      EXPECT_TRUE(std::isnan(search.probe_probability()));
      scorer.Run(search);
      const std::vector<TokenId> seen(options.prompt.begin(), options.prompt.begin() + index + 1);
      EXPECT_NEAR(search.probe_probability(), std::exp(scorer.LogProbabilities(seen, {})[8]), 1e-6);
    }
  }
}

double MeanLogProbability(const Hypothesis& hypothesis) {
  return hypothesis.sum_log_probability /
         static_cast<double>(std::max<size_t>(hypothesis.tokens.size(), 1));
}

// Samples are followed through their lineages: the log-probability reported for each token must be
// that of the sample's own history.
TEST(GreedySearch, EverySampleHasItsOwnHistory) {
  for (size_t prompt_size : {1u, 4u}) {
    FakeScorer scorer = FakeScorer::Hashed(7, 5, 3.0);
    const std::vector<TokenId> prompt(prompt_size, 2);
    GreedySearch search(Options(prompt), {.temperature = 1.0f, .num_samples = 5, .seed = 9});
    scorer.Run(search);
    EXPECT_EQ(scorer.largest_batch(), 5);
    std::vector<std::vector<TokenId>> different;
    for (const Hypothesis& sample : search.samples()) {
      std::vector<TokenId> history = prompt;
      for (size_t i = 0; i < sample.log_probabilities.size(); ++i) {
        const TokenId next = i < sample.tokens.size() ? sample.tokens[i] : kEnd;
        const auto values = scorer.LogProbabilities(history, {});
        ASSERT_NEAR(sample.log_probabilities[i], values[static_cast<size_t>(next)], 1e-5);
        history.push_back(next);
      }
      if (!sample.tokens.empty()) {
        EXPECT_LE(MeanLogProbability(sample), MeanLogProbability(search.best()) + 1e-9);
      }
      if (std::find(different.begin(), different.end(), sample.tokens) == different.end()) {
        different.push_back(sample.tokens);
      }
    }
    EXPECT_GE(different.size(), 3u);
  }
}

TEST(GreedySearch, TheSameSeedGivesTheSameSamples) {
  std::vector<std::vector<TokenId>> first;
  for (uint64_t seed : {1, 1, 2}) {
    FakeScorer scorer = FakeScorer::Hashed(30, 3, 1.0);
    GreedySearch search(Options({1}), {.temperature = 1.0f, .num_samples = 3, .seed = seed});
    scorer.Run(search);
    std::vector<std::vector<TokenId>> samples;
    for (const Hypothesis& sample : search.samples()) samples.push_back(sample.tokens);
    if (first.empty()) first = samples;
    EXPECT_EQ(samples == first, seed == 1);
  }
}

// The tokens of many samples and steps follow softmax(logits / temperature).
TEST(GreedySearch, SamplesFollowTheTemperedDistribution) {
  const std::vector<double> logits = {-100.0, 0.0, 0.5, 1.0, 1.5};
  const float temperature = 0.7f;
  FakeScorer scorer(
      5, [&](std::span<const TokenId>, TokenId next) { return logits[static_cast<size_t>(next)]; });
  std::vector<double> counts(5, 0.0);
  double total = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SequenceOptions options = Options({1});
    options.max_new_tokens = 40;
    GreedySearch search(options, {.temperature = temperature, .num_samples = 5, .seed = seed});
    scorer.Run(search);
    for (const Hypothesis& sample : search.samples()) {
      for (TokenId token : sample.tokens) counts[static_cast<size_t>(token)] += 1;
      total += static_cast<double>(sample.tokens.size());
    }
  }
  double norm = 0;
  for (size_t i = 1; i < 5; ++i) norm += std::exp(logits[i] / temperature);
  double chi_square = 0;
  for (size_t i = 1; i < 5; ++i) {
    const double expected = total * std::exp(logits[i] / temperature) / norm;
    chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  ASSERT_EQ(total, 4000);
  // The 99.9 % quantile of the chi-square distribution with 3 degrees of freedom.
  EXPECT_LT(chi_square, 16.27);
}

class OnlyOneToken : public TokenConstraint {
 public:
  void Apply(std::span<const TokenId> tokens_so_far, RowQuery& query) const override {
    // 1, then 2, then 3, then nothing at all.
    const auto wanted = static_cast<TokenId>(tokens_so_far.size()) + 1;
    query.suppressed_ranges = {{0, wanted <= 3 ? wanted : 9}, {wanted + 1, 9}};
  }
};

TEST(GreedySearch, AsksTheConstraintAndEndsWhenNothingMayFollow) {
  FakeScorer scorer = FakeScorer::Hashed(9, 1, 4.0);
  const OnlyOneToken constraint;
  SequenceOptions options = Options({7, 7});
  options.constraint = &constraint;
  GreedySearch search(options, {});
  scorer.Run(search);
  EXPECT_EQ(search.best().tokens, (std::vector<TokenId>{1, 2, 3}));
  EXPECT_FALSE(search.best().reached_end);
}

}  // namespace
}  // namespace ironscribe::decoding
