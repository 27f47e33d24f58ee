#include "decoding/beam_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include "decoding/fake_scorer.h"

namespace ironscribe::decoding {
namespace {

constexpr TokenId kEnd = 0;

class NotEmpty : public TokenConstraint {
 public:
  void Apply(std::span<const TokenId> tokens_so_far, RowQuery& query) const override {
    if (tokens_so_far.empty()) query.also_suppressed = {kEnd};
  }
};

SequenceOptions Options(int max_new_tokens, const TokenConstraint* constraint = nullptr) {
  SequenceOptions options;
  options.prompt = {1, 2};
  options.end_of_text = kEnd;
  options.max_new_tokens = max_new_tokens;
  options.constraint = constraint;
  return options;
}

struct BeamCase {
  BeamOptions beam;
  uint64_t seed;
  int vocab_size;
  double spread;
  int limit;
  double sum;
  size_t num_ranked;
  std::vector<TokenId> tokens;
};

std::vector<BeamCase> ReadCases() {
  std::ifstream file(IRONSCRIBE_SOURCE_DIR "/src/decoding/testdata/beam_golden.txt");
  std::vector<BeamCase> cases;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    BeamCase golden;
    std::string penalty;
    fields >> golden.beam.beam_size >> golden.beam.patience >> penalty >> golden.seed >>
        golden.vocab_size >> golden.spread >> golden.limit >> golden.sum >> golden.num_ranked;
    golden.beam.length_penalty = std::strtof(penalty.c_str(), nullptr);
    for (TokenId token; fields >> token;) golden.tokens.push_back(token);
    cases.push_back(golden);
  }
  return cases;
}

TEST(BeamSearch, GivesWhatTheReferenceGives) {
  const std::vector<BeamCase> cases = ReadCases();
  ASSERT_GE(cases.size(), 200u);
  const NotEmpty constraint;
  for (const BeamCase& golden : cases) {
    SCOPED_TRACE(testing::Message()
                 << "beam " << golden.beam.beam_size << " patience " << golden.beam.patience
                 << " penalty " << golden.beam.length_penalty << " seed " << golden.seed);
    FakeScorer scorer = FakeScorer::Hashed(golden.vocab_size, golden.seed, golden.spread);
    BeamSearch search(Options(golden.limit, &constraint), golden.beam);
    scorer.Run(search);
    EXPECT_EQ(search.best().tokens, golden.tokens);
    EXPECT_NEAR(search.best().sum_log_probability, golden.sum, 2e-5);
    EXPECT_EQ(search.finished().size(), golden.num_ranked);
  }
}

// All sequences of a small tree with their probabilities, by enumeration.
void Enumerate(const FakeScorer& scorer, std::vector<TokenId> history, Hypothesis so_far, int left,
               std::vector<Hypothesis>& out) {
  if (left == 0) {
    out.push_back(so_far);
    return;
  }
  const auto values = scorer.LogProbabilities(history, RowQuery{});
  for (size_t id = 0; id < values.size(); ++id) {
    Hypothesis next = so_far;
    next.sum_log_probability += values[id];
    if (static_cast<TokenId>(id) == kEnd) {
      out.push_back(next);
      continue;
    }
    next.tokens.push_back(static_cast<TokenId>(id));
    std::vector<TokenId> longer = history;
    longer.push_back(static_cast<TokenId>(id));
    Enumerate(scorer, longer, next, left - 1, out);
  }
}

// A beam as wide as the tree loses nothing: 2 live tokens and 3 steps make 7 ends and 8 open
// leaves.
TEST(BeamSearch, AWideBeamFindsTheBestOfAllSequences) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    FakeScorer scorer = FakeScorer::Hashed(3, seed, 5.0);
    std::vector<Hypothesis> all;
    Enumerate(scorer, {1, 2}, {}, 3, all);
    ASSERT_EQ(all.size(), 15u);
    const auto best = std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return a.sum_log_probability < b.sum_log_probability;
    });
    BeamSearch search(Options(3), {.beam_size = 16, .length_penalty = 0.0f});
    scorer.Run(search);
    EXPECT_EQ(search.finished().size(), all.size());
    EXPECT_EQ(search.best().tokens, best->tokens);
    EXPECT_NEAR(search.best().sum_log_probability, best->sum_log_probability, 1e-5);
  }
}

// A wrong slot or lineage anywhere would give probabilities of another history.
TEST(BeamSearch, EveryHypothesisIsScoredByItsOwnHistory) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    FakeScorer scorer = FakeScorer::Hashed(8, seed, 2.0);
    BeamSearch search(Options(20), {.beam_size = 6, .patience = 2.0f});
    scorer.Run(search);
    EXPECT_LE(scorer.largest_batch(), 6);
    for (const Hypothesis& hypothesis : search.finished()) {
      std::vector<TokenId> history = {1, 2};
      double sum = 0;
      for (size_t i = 0; i < hypothesis.log_probabilities.size(); ++i) {
        const TokenId next = i < hypothesis.tokens.size() ? hypothesis.tokens[i] : kEnd;
        sum += scorer.LogProbabilities(history, {})[static_cast<size_t>(next)];
        history.push_back(next);
      }
      EXPECT_NEAR(hypothesis.sum_log_probability, sum, 1e-4);
    }
  }
}

TEST(BeamSearch, RoundsTheNumberOfFinishedHypothesesHalfToEven) {
  EXPECT_EQ(MaxFinished(5, 1.0f), 5);
  EXPECT_EQ(MaxFinished(5, 0.5f), 2);
  EXPECT_EQ(MaxFinished(1, 1.5f), 2);
  EXPECT_EQ(MaxFinished(1, 0.5f), 0);
}

TEST(BeamSearch, EndsWhenPositionsRunOut) {
  FakeScorer scorer = FakeScorer::Hashed(5, 2, 0.1);
  SequenceOptions options = Options(100);
  options.max_positions = 6;
  BeamSearch search(options, {.beam_size = 2, .patience = 20.0f});
  // Positions 1 to 5 each choose a token: five steps.
  EXPECT_EQ(scorer.Run(search), 5);
}

class NothingMayFollow : public TokenConstraint {
 public:
  void Apply(std::span<const TokenId>, RowQuery& query) const override {
    query.suppressed_ranges = {{0, 100}};
  }
};

TEST(BeamSearch, EndsEmptyWhenEverythingIsMasked) {
  FakeScorer scorer = FakeScorer::Hashed(5, 2, 1.0);
  const NothingMayFollow constraint;
  BeamSearch search(Options(10, &constraint), {.beam_size = 3});
  EXPECT_EQ(scorer.Run(search), 1);
  EXPECT_TRUE(search.best().tokens.empty());
}

TEST(RankingScore, KnownAnswers) {
  EXPECT_DOUBLE_EQ(RankingScore(-6.0, 3, NAN), -2.0);
  EXPECT_DOUBLE_EQ(RankingScore(-6.0, 7, 1.0f), -3.0);
  EXPECT_DOUBLE_EQ(RankingScore(-6.0, 7, 0.0f), -6.0);
  EXPECT_DOUBLE_EQ(RankingScore(-6.0, 0, NAN), -6.0);
}

}  // namespace
}  // namespace ironscribe::decoding
