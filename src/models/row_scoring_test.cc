#include "models/row_scoring.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"
#include "tensor/tensor.h"

namespace ironscribe::models {
namespace {

using decoding::RowQuery;
using decoding::RowResult;
using decoding::TokenMask;

const nn::Kernels& TestKernels() {
  static const nn::Kernels kernels(DetectCpuLevel());
  return kernels;
}

RowResult Score(std::vector<float> logits, const RowQuery& query) {
  RowResult result;
  ScoreRow(TestKernels(), logits, query, result);
  return result;
}

TEST(RowScoringTest, BestCandidatesWithLogProbabilities) {
  RowQuery query;
  query.num_candidates = 2;
  const RowResult result = Score({0.0f, 2.0f, 1.0f, 2.0f}, query);
  const double sum = std::log(1 + 2 * std::exp(2.0) + std::exp(1.0));
  ASSERT_EQ(result.candidates.size(), 2u);
  EXPECT_EQ(result.candidates[0].id, 1);  // The lower id of the tie.
  EXPECT_EQ(result.candidates[1].id, 3);
  EXPECT_NEAR(result.candidates[0].log_probability, 2 - sum, 1e-6);
}

TEST(RowScoringTest, AllKindsOfSuppressionCount) {
  TokenMask mask(6);
  mask.Set(0);
  RowQuery query;
  query.suppressed = &mask;
  query.also_suppressed = {1};
  query.suppressed_ranges = {{2, 4}};
  query.num_candidates = 6;
  query.probe = 0;
  const RowResult result = Score({5, 5, 5, 5, 1, 0}, query);
  ASSERT_EQ(result.candidates.size(), 2u);
  EXPECT_EQ(result.candidates[0].id, 4);
  EXPECT_NEAR(result.candidates[0].log_probability, -std::log(1 + std::exp(-1.0)), 1e-6);
  // The probe sees the row before any mask.
  EXPECT_NEAR(result.probe_probability, 1 / (4 + std::exp(-4.0) + std::exp(-5.0)), 1e-6);
}

TEST(RowScoringTest, TimestampsWinByTheirTotal) {
  RowQuery query;
  query.timestamp_begin = 3;
  // Each timestamp is below the best text token, all of them together above it.
  const RowResult together = Score({0, 1.0f, 0, 0.5f, 0.6f, 0.5f}, query);
  EXPECT_EQ(together.candidates[0].id, 4);
  const double sum = std::log(2 * std::exp(0.5) + std::exp(0.6));
  EXPECT_NEAR(together.candidates[0].log_probability, 0.6 - sum, 1e-6);
  const RowResult text = Score({0, 3.0f, 0, 0.5f, 0.6f, 0.5f}, query);
  EXPECT_EQ(text.candidates[0].id, 1);
}

TEST(RowScoringTest, ForcedTokensAndTheirRestriction) {
  RowQuery query;
  query.forced = {2, 0};
  const RowResult free = Score({1, 5, 2}, query);
  const double sum = std::log(std::exp(1.0) + std::exp(5.0) + std::exp(2.0));
  EXPECT_NEAR(free.forced[0], 2 - sum, 1e-6);
  EXPECT_NEAR(free.forced[1], 1 - sum, 1e-6);
  EXPECT_EQ(free.candidates[0].id, 1);
  query.only_forced = true;
  const RowResult only = Score({1, 5, 2}, query);
  EXPECT_NEAR(only.forced[0], -std::log(1 + std::exp(-1.0)), 1e-6);
  EXPECT_EQ(only.candidates[0].id, 2);
}

TEST(RowScoringTest, SamplesFollowTheDistributionAtTheTemperature) {
  const std::vector<float> logits = {0.0f, 1.0f, -std::numeric_limits<float>::infinity(), 2.0f};
  constexpr float kTemperature = 0.7f;
  std::vector<int> counts(4, 0);
  constexpr int kDraws = 20000;
  for (int draw = 0; draw < kDraws; ++draw) {
    RowQuery query;
    query.temperature = kTemperature;
    query.seed = static_cast<uint64_t>(draw);
    ++counts[static_cast<size_t>(Score(logits, query).candidates.at(0).id)];
  }
  double total = 0;
  for (float logit : logits) total += std::exp(logit / kTemperature);
  for (size_t id = 0; id < 4; ++id) {
    const double p = std::exp(logits[id] / kTemperature) / total;
    EXPECT_NEAR(counts[id], kDraws * p, 4 * std::sqrt(kDraws * p * (1 - p)) + 1e-9) << id;
  }
}

TEST(RowScoringTest, SamplingFromALargeVocabularyIsRepeatable) {
  std::vector<float> logits(51864);
  for (size_t i = 0; i < logits.size(); ++i) logits[i] = static_cast<float>(i % 97) / 10;
  RowQuery query;
  query.temperature = 1.0f;
  query.seed = 42;
  const int first = Score(logits, query).candidates.at(0).id;
  EXPECT_EQ(Score(logits, query).candidates.at(0).id, first);
}

// Rows, an input, and logits that are off by up to a bound, many of them within it of the best.
struct Screened {
  static constexpr size_t kVocabulary = 3000, kWidth = 40;
  std::vector<uint16_t> rows = std::vector<uint16_t>(kVocabulary * kWidth);
  std::vector<float> input = std::vector<float>(kWidth);
  std::vector<float> exact, rough;
  float bound = 0.4f;

  explicit Screened(uint64_t seed) {
    Random random(seed);
    const auto unit = [&] { return static_cast<float>(random.NextUnit() * 2 - 1); };
    for (uint16_t& value : rows) value = tensor::BFloat16FromFloat(unit());
    for (float& value : input) value = unit();
    for (size_t id = 0; id < kVocabulary; ++id) {
      double sum = 0;
      for (size_t i = 0; i < kWidth; ++i) {
        sum += double{input[i]} * tensor::FloatFromBFloat16(rows[id * kWidth + i]);
      }
      exact.push_back(static_cast<float>(sum));
      rough.push_back(exact.back() + bound * unit());
    }
  }

  RowResult Score(const RowQuery& query) const {
    std::vector<float> logits = rough;
    const ExactLogits behind{input, rows.data(), bound};
    RowResult result;
    ScoreRow(TestKernels(), logits, query, result, &behind);
    return result;
  }
};

TEST(RowScoringTest, AScreenChoosesAsExactLogitsDo) {
  TokenMask mask(Screened::kVocabulary);
  for (int id = 0; id < 3000; id += 3) mask.Set(id);
  int timestamps = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Screened screened(seed);
    RowQuery query;
    query.suppressed = &mask;
    query.num_candidates = seed % 2 == 0 ? 1 : 6;
    if (seed % 4 < 2) query.timestamp_begin = 2990 - static_cast<int>(seed % 97) * 4;
    query.forced = {7, 2996};
    const RowResult result = screened.Score(query), expected = Score(screened.exact, query);
    ASSERT_EQ(result.candidates.size(), expected.candidates.size()) << "seed " << seed;
    for (size_t i = 0; i < result.candidates.size(); ++i) {
      ASSERT_EQ(result.candidates[i].id, expected.candidates[i].id) << "seed " << seed;
      // Only the sum of all probabilities has errors of the screen left, each at most the bound.
      EXPECT_NEAR(result.candidates[i].log_probability, expected.candidates[i].log_probability,
                  screened.bound)
          << "seed " << seed;
    }
    if (std::isfinite(expected.forced[0])) {  // Else text is out because of the timestamps.
      EXPECT_NEAR(result.forced[0], expected.forced[0], screened.bound) << "seed " << seed;
    }
    if (query.timestamp_begin > 0) timestamps += result.candidates[0].id >= query.timestamp_begin;
  }
  EXPECT_GT(timestamps, 5);  // Both sides of the rule are met.
  EXPECT_LT(timestamps, 95);
}

TEST(RowScoringTest, AProbeBehindAScreenIsExact) {
  const Screened screened(11);
  RowQuery query;
  query.probe = 5;
  EXPECT_NEAR(screened.Score(query).probe_probability,
              Score(screened.exact, query).probe_probability, 1e-7);
}

TEST(RowScoringTest, EverythingMaskedGivesNoCandidates) {
  RowQuery query;
  query.suppressed_ranges = {{0, 3}};
  EXPECT_TRUE(Score({1, 2, 3}, query).candidates.empty());
}

}  // namespace
}  // namespace ironscribe::models
