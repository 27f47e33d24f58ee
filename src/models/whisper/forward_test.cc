// The forward passes on a tiny random model: against an independent double-precision computation,
// and the promise that a batch equals its members bit for bit.
#include "models/whisper/forward.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "models/whisper/naive_whisper.h"
#include "models/whisper/random_model.h"

namespace ironscribe::models::whisper {
namespace {

using decoding::RowResult;
using decoding::TokenId;
using decoding::TokenRow;

constexpr uint64_t kSeed = 7;
constexpr int kFrames = 100;
constexpr int kMels = 80;

std::unique_ptr<Model> LoadRandom(ComputeType compute, CpuLevel level) {
  return LoadRandomModel(RandomOpenAiCheckpoint(kSeed), {.compute = compute, .cpu_level = level});
}

std::vector<float> Features(uint64_t seed, int frames = kFrames) {
  return formats::testing::RandomValues(static_cast<size_t>(frames * kMels), seed);
}

TEST(ForwardTest, Float32AgreesWithDoublePrecision) {
  const std::vector<float> features = Features(1);
  const std::vector<TokenId> tokens = RandomTokens(2, 9);
  const NaiveWhisper naive(RandomOpenAiCheckpoint(kSeed), RandomDimensions());
  const auto expected = naive.LogProbabilities(features, tokens);
  for (CpuLevel level : SupportedCpuLevels()) {
    const auto model = LoadRandom(ComputeType::kFloat32, level);
    const WindowModel& window = model->window_model();
    ThreadPool pool(2);
    const auto scratch = window.NewScratch();
    Sequence sequence(window, window.Encode({features}, *scratch, pool).value(), tokens);
    for (TokenRow& row : sequence.rows) {
      for (TokenId id = 0; id < window.vocab_size(); id += 37) row.query.forced.push_back(id);
    }
    std::vector<StepRow> step;
    sequence.AddRows(0, tokens.size(), step);
    window.Step(step, *scratch, pool);
    for (size_t i = 0; i < tokens.size(); ++i) {
      for (size_t j = 0; j < sequence.results[i].forced.size(); ++j) {
        ASSERT_NEAR(sequence.results[i].forced[j], expected[i][j * 37], 2e-4)
            << CpuLevelName(level);
      }
    }
  }
}

TEST(ForwardTest, ShorterWindowsAgreeToo) {
  const std::vector<float> features = Features(3, 38);
  const std::vector<TokenId> tokens = RandomTokens(4, 3);
  const NaiveWhisper naive(RandomOpenAiCheckpoint(kSeed), RandomDimensions());
  const auto expected = naive.LogProbabilities(features, tokens);
  const auto model = LoadRandom(ComputeType::kFloat32, DetectCpuLevel());
  const WindowModel& window = model->window_model();
  ThreadPool pool(1);
  const auto scratch = window.NewScratch();
  Sequence sequence(window, window.Encode({features}, *scratch, pool).value(), tokens);
  std::vector<StepRow> step;
  sequence.AddRows(0, tokens.size(), step);
  window.Step(step, *scratch, pool);
  for (size_t i = 0; i < tokens.size(); ++i) {
    const decoding::Candidate& best = sequence.results[i].candidates.at(0);
    EXPECT_NEAR(best.log_probability, expected[i][static_cast<size_t>(best.id)], 2e-4);
  }
}

TEST(ForwardTest, ReducedArithmeticStaysClose) {
  const std::vector<float> features = Features(1);
  const std::vector<TokenId> tokens = RandomTokens(2, 9);
  const NaiveWhisper naive(RandomOpenAiCheckpoint(kSeed), RandomDimensions());
  const auto expected = naive.LogProbabilities(features, tokens);
  for (ComputeType compute : {ComputeType::kBFloat16, ComputeType::kInt8}) {
    for (CpuLevel level : SupportedCpuLevels()) {
      const auto model = LoadRandom(compute, level);
      const WindowModel& window = model->window_model();
      ThreadPool pool(2);
      const auto scratch = window.NewScratch();
      Sequence sequence(window, window.Encode({features}, *scratch, pool).value(), tokens);
      std::vector<StepRow> step;
      sequence.AddRows(0, tokens.size(), step);
      window.Step(step, *scratch, pool);
      double difference = 0;
      for (size_t i = 0; i < tokens.size(); ++i) {
        const decoding::Candidate& best = sequence.results[i].candidates.at(0);
        difference +=
            std::fabs(best.log_probability - expected[i][static_cast<size_t>(best.id)]) / 9;
      }
      // Random weights are far less forgiving than trained ones; a wrong layer is off by whole
      // units.
      EXPECT_LT(difference, 0.3) << CpuLevelName(level) << " " << ComputeTypeName(compute);
    }
  }
}

TEST(ForwardTest, ABatchEqualsItsMembersBitForBit) {
  for (ComputeType compute : {ComputeType::kFloat32, ComputeType::kBFloat16, ComputeType::kInt8}) {
    for (CpuLevel level : SupportedCpuLevels()) {
      const auto model = LoadRandom(compute, level);
      const WindowModel& window = model->window_model();
      ThreadPool one(1), two(2);
      const auto scratch = window.NewScratch();
      std::vector<std::unique_ptr<Sequence>> alone, together;
      constexpr size_t kSequences = 9;
      for (uint64_t i = 0; i < kSequences; ++i) {
        // Encoded by one thread for one side, by two for the other.
        alone.push_back(
            std::make_unique<Sequence>(window, window.Encode({Features(i)}, *scratch, one).value(),
                                       RandomTokens(i + 50, 4 + i)));
        together.push_back(
            std::make_unique<Sequence>(window, window.Encode({Features(i)}, *scratch, two).value(),
                                       RandomTokens(i + 50, 4 + i)));
        std::vector<StepRow> step;
        alone.back()->AddRows(0, 4 + i, step);
        window.Step(step, *scratch, one);
      }
      std::vector<StepRow> prompts;
      for (auto& sequence : together) sequence->AddRows(0, 3, prompts);
      window.Step(prompts, *scratch, two);
      for (size_t position = 3; position < 4 + kSequences; ++position) {
        std::vector<StepRow> step;
        for (auto& sequence : together) {
          if (position < sequence->tokens.size()) sequence->AddRows(position, 1, step);
        }
        window.Step(step, *scratch, two);
      }
      for (size_t i = 0; i < kSequences; ++i) {
        EXPECT_TRUE(SameResults(alone[i]->results, together[i]->results))
            << CpuLevelName(level) << " " << ComputeTypeName(compute) << " sequence " << i;
      }
    }
  }
}

// Hypotheses that fork share their past through the lineage.
TEST(ForwardTest, AForkedHypothesisEqualsAFreshOne) {
  const auto model = LoadRandom(ComputeType::kInt8, DetectCpuLevel());
  const WindowModel& window = model->window_model();
  ThreadPool pool(1);
  const auto scratch = window.NewScratch();
  const auto encoding = window.Encode({Features(5)}, *scratch, pool).value();
  const std::vector<TokenId> tokens = RandomTokens(6, 5);
  Sequence fresh(window, encoding, tokens);
  std::vector<StepRow> step;
  fresh.AddRows(0, 5, step);
  window.Step(step, *scratch, pool);
  const auto state = window.NewState(encoding, 3);
  const std::vector<uint8_t> lineage = {2, 0, 1, 1, 2};  // Any slots will do, one per position.
  RowResult result;
  for (size_t i = 0; i < 5; ++i) {
    TokenRow row{.token = tokens[i],
                 .position = static_cast<int>(i),
                 .slot = lineage[i],
                 .lineage = std::span(lineage).first(i),
                 .query = {}};
    row.query.wants_logits = true;
    row.query.num_candidates = 8;
    const StepRow only{
        .state = state.get(), .row = &row, .result = &result, .alignment_scores = nullptr};
    window.Step({&only, 1}, *scratch, pool);
  }
  EXPECT_TRUE(SameResults({result}, {fresh.results.back()}));
}

TEST(ForwardTest, AProfileTellsTimeAndWorkAndChangesNothing) {
  const auto model = LoadRandom(ComputeType::kInt8, DetectCpuLevel());
  const WindowModel& window = model->window_model();
  for (int threads : {1, 2}) {
    ThreadPool pool(threads);
    Profile profile;
    std::vector<std::vector<RowResult>> results;
    double wall_seconds = 0;
    for (Profile* asked : {static_cast<Profile*>(nullptr), &profile}) {
      const auto scratch = window.NewScratch();
      scratch->profile = asked;
      const auto start = std::chrono::steady_clock::now();
      const auto encoding = window.Encode({Features(1)}, *scratch, pool).value();
      Sequence first(window, encoding, RandomTokens(2, 4)),
          second(window, encoding, RandomTokens(3, 3));
      first.rows[0].query.wants_logits = false;
      std::vector<StepRow> step;
      first.AddRows(0, 4, step);
      second.AddRows(0, 3, step);
      window.Step(step, *scratch, pool);
      wall_seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      results.push_back(first.results);
    }
    EXPECT_TRUE(SameResults(results[0], results[1]));
    const WorkCounts counts = profile.counts();
    EXPECT_EQ(counts.windows, 1);
    EXPECT_EQ(counts.frames, kFrames);
    EXPECT_EQ(counts.frame_pairs, kFrames * kFrames);
    EXPECT_EQ(counts.steps, 1);
    EXPECT_EQ(counts.rows, 7);
    EXPECT_EQ(counts.scored_rows, 6);
    EXPECT_EQ(counts.history, 1 + 2 + 3 + 4 + 1 + 2 + 3);
    EXPECT_EQ(counts.memory, 7 * kFrames / 2);
    EXPECT_EQ(counts.memory_reads, 2 * kFrames / 2);
    double thread_seconds = 0;
    for (int stage = static_cast<int>(Stage::kConvolution);
         stage <= static_cast<int>(Stage::kScoring); ++stage) {
      const double seconds = profile.thread_seconds(static_cast<Stage>(stage));
      EXPECT_GT(seconds, 0) << StageName(static_cast<Stage>(stage));
      thread_seconds += seconds;
    }
    EXPECT_LE(thread_seconds, wall_seconds * threads);
  }
}

TEST(ForwardTest, AlignmentScoresAreTheRawAttention) {
  const auto model = LoadRandom(ComputeType::kFloat32, DetectCpuLevel());
  const WindowModel& window = model->window_model();
  ThreadPool pool(2);
  const auto scratch = window.NewScratch();
  const std::vector<float> features = Features(1);
  const std::vector<TokenId> tokens = RandomTokens(2, 4);
  Sequence sequence(window, window.Encode({features}, *scratch, pool).value(), tokens);
  ASSERT_EQ(window.num_alignment_heads(), 2);
  std::vector<float> scores(4 * 2 * 50, NAN);
  std::vector<StepRow> step;
  sequence.AddRows(0, 4, step);
  for (size_t i = 0; i < 4; ++i) step[i].alignment_scores = scores.data() + i * 100;
  window.Step(step, *scratch, pool);
  const NaiveWhisper naive(RandomOpenAiCheckpoint(kSeed), RandomDimensions());
  const auto expected = naive.CrossScores(features, tokens, {{1, 0}, {0, 1}});
  ASSERT_EQ(expected.size(), scores.size());
  for (size_t i = 0; i < scores.size(); ++i) ASSERT_NEAR(scores[i], expected[i], 2e-4) << i;
}

}  // namespace
}  // namespace ironscribe::models::whisper
