// Short windows with a shared window of silence behind them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/whisper/forward.h"
#include "models/whisper/naive_whisper.h"
#include "models/whisper/random_model.h"

namespace ironscribe::models::whisper {
namespace {

using decoding::TokenId;
using formats::testing::Checkpoint;

constexpr uint64_t kSeed = 7;
constexpr int kMels = 80;
constexpr int kMultiple = 128;
constexpr float kLevel = -0.6f;  // One that silence is encoded at, not rounded.

// Room for one multiple of own frames, or for two, and for silence that is none.
constexpr int kShort = 80, kLong = 160;

Dimensions Wide(int audio_context = kShort) {
  Dimensions dims = RandomDimensions();
  dims.audio_context = audio_context;
  return dims;
}

std::vector<float> Features(uint64_t seed, int frames) {
  return formats::testing::RandomValues(static_cast<size_t>(frames * kMels), seed);
}
std::vector<float> Silence(int frames, float level = kLevel) {
  return std::vector<float>(static_cast<size_t>(frames * kMels), level);
}

// Feeds the tokens and asks for some log-probabilities beside the candidates.
std::vector<decoding::RowResult> Score(const WindowModel& model,
                                       std::shared_ptr<const Encoding> encoding,
                                       const std::vector<TokenId>& tokens) {
  ThreadPool pool(1);
  const auto scratch = model.NewScratch();
  Sequence sequence(model, std::move(encoding), tokens);
  for (auto& row : sequence.rows) {
    for (TokenId id = 0; id < model.vocab_size(); id += 37) row.query.forced.push_back(id);
  }
  std::vector<StepRow> step;
  sequence.AddRows(0, tokens.size(), step);
  model.Step(step, *scratch, pool);
  return sequence.results;
}

std::shared_ptr<const Encoding> Encode(const WindowModel& model, const WindowInput& input) {
  ThreadPool pool(2);
  const auto scratch = model.NewScratch();
  auto encoding = model.Encode(input, *scratch, pool);
  EXPECT_TRUE(encoding.ok()) << encoding.status().ToString();
  return encoding.ok() ? *encoding : nullptr;
}

TEST(ForwardSilenceTest, AgreesWithDoublePrecision) {
  const std::vector<TokenId> tokens = RandomTokens(2, 4);
  for (int context : {kShort, kShort + 1}) {
    const Checkpoint checkpoint = RandomOpenAiCheckpoint(kSeed, Wide(context));
    const NaiveWhisper naive(checkpoint, Wide(context));
    const std::vector<float> features = Features(1, kMultiple);
    const auto expected = naive.LogProbabilities(features, tokens, Silence(2 * context));
    for (CpuLevel level : SupportedCpuLevels()) {
      const auto model = LoadRandomModel(checkpoint, {.cpu_level = level});
      const WindowModel& window = model->window_model();
      const auto results = Score(window, Encode(window, {features, kLevel}), tokens);
      for (size_t i = 0; i < tokens.size(); ++i) {
        for (size_t j = 0; j < results[i].forced.size(); ++j) {
          ASSERT_NEAR(results[i].forced[j], expected[i][j * 37], 2e-4)
              << context << " " << CpuLevelName(level);
        }
      }
    }
  }
}

TEST(ForwardSilenceTest, ReducedArithmeticStaysClose) {
  const std::vector<TokenId> tokens = RandomTokens(2, 4);
  const Checkpoint checkpoint = RandomOpenAiCheckpoint(kSeed, Wide());
  const std::vector<float> features = Features(1, kMultiple);
  const auto expected =
      NaiveWhisper(checkpoint, Wide()).LogProbabilities(features, tokens, Silence(2 * kShort));
  for (ComputeType compute : {ComputeType::kBFloat16, ComputeType::kInt8}) {
    for (CpuLevel level : SupportedCpuLevels()) {
      const auto model = LoadRandomModel(checkpoint, {.compute = compute, .cpu_level = level});
      const WindowModel& window = model->window_model();
      const auto results = Score(window, Encode(window, {features, kLevel}), tokens);
      double difference = 0;
      for (size_t i = 0; i < tokens.size(); ++i) {
        const decoding::Candidate& best = results[i].candidates.at(0);
        difference +=
            std::fabs(best.log_probability - expected[i][static_cast<size_t>(best.id)]) / 4;
      }
      EXPECT_LT(difference, 0.3) << CpuLevelName(level) << " " << ComputeTypeName(compute);
    }
  }
}

// Own frames that are silent too see what they would see in a whole window of silence. The
// convolutions look one frame ahead, where a short window ends in zeros; this model's do not.
TEST(ForwardSilenceTest, SilenceBeforeSilenceIsAWholeWindowOfSilence) {
  Checkpoint checkpoint = RandomOpenAiCheckpoint(kSeed, Wide(kLong));
  for (auto& tensor : checkpoint.tensors) {
    if (tensor.name != "encoder.conv1.weight" && tensor.name != "encoder.conv2.weight") continue;
    for (size_t i = 2; i < tensor.values.size(); i += 3) tensor.values[i] = 0;
  }
  const std::vector<TokenId> tokens = RandomTokens(3, 5);
  const auto model = LoadRandomModel(checkpoint, {});
  const WindowModel& window = model->window_model();
  ASSERT_EQ(window.silence_multiple_frames(), kMultiple);
  const auto whole = Score(window, Encode(window, {Silence(window.max_frames())}), tokens);
  for (int frames : {kMultiple, 2 * kMultiple}) {
    const auto fitted = Score(window, Encode(window, {Silence(frames), kLevel}), tokens);
    for (size_t i = 0; i < tokens.size(); ++i) {
      for (size_t j = 0; j < whole[i].forced.size(); ++j) {
        ASSERT_NEAR(fitted[i].forced[j], whole[i].forced[j], 1e-5) << frames;
      }
    }
    // And what is not silent is not taken for it.
    const auto loud = Score(window, Encode(window, {Features(4, frames), kLevel}), tokens);
    EXPECT_GT(std::fabs(loud[0].forced[0] - whole[0].forced[0]), 1e-3);
  }
}

TEST(ForwardSilenceTest, LevelsAreRoundedAndAbsurdOnesHarmless) {
  const auto model = LoadRandomModel(RandomOpenAiCheckpoint(kSeed, Wide()), {});
  const WindowModel& window = model->window_model();
  const std::vector<float> features = Features(1, kMultiple);
  const std::vector<TokenId> tokens = RandomTokens(3, 3);
  const auto at = [&](float level) {
    return Score(window, Encode(window, {features, level}), tokens);
  };
  const auto usual = at(kLevel);
  EXPECT_TRUE(SameResults(usual, at(-0.5f)));
  EXPECT_FALSE(SameResults(usual, at(-0.1f)));
  EXPECT_FALSE(SameResults(usual, at(-3.5f)));
  const float infinity = std::numeric_limits<float>::infinity();
  for (float level : {1e30f, -1e30f, infinity, -infinity, NAN}) {
    for (const auto& row : at(level)) {
      EXPECT_TRUE(std::isfinite(row.candidates.at(0).log_probability)) << level;
    }
  }
  // Others in between changed nothing.
  EXPECT_TRUE(SameResults(usual, at(kLevel)));
}

TEST(ForwardSilenceTest, WrongMultiplesAreRefused) {
  const auto model = LoadRandomModel(RandomOpenAiCheckpoint(kSeed, Wide()), {});
  const WindowModel& window = model->window_model();
  ThreadPool pool(1);
  const auto scratch = window.NewScratch();
  for (int frames : {2, 64, 126, 130, 158}) {
    const std::vector<float> features = Features(1, frames);
    EXPECT_FALSE(window.Encode({features, kLevel}, *scratch, pool).ok()) << frames;
    EXPECT_TRUE(window.Encode({features}, *scratch, pool).ok()) << frames;
  }
  EXPECT_FALSE(window.Encode({{}, kLevel}, *scratch, pool).ok());
  // A whole window needs none.
  const std::vector<TokenId> tokens = RandomTokens(3, 3);
  const std::vector<float> whole = Features(1, window.max_frames());
  EXPECT_TRUE(SameResults(Score(window, Encode(window, {whole, kLevel}), tokens),
                          Score(window, Encode(window, {whole}), tokens)));
}

// Packed keys and values can be divided only if a head fits one panel, on both sides of the model.
TEST(ForwardSilenceTest, ModelsOfWideHeadsTakeNoSilence) {
  Dimensions dims = Wide();
  dims.audio_state = dims.text_state = 128;
  const std::pair<int, int> kHeads[] = {{1, 2}, {2, 1}, {2, 2}};
  for (const auto& [audio_heads, text_heads] : kHeads) {
    dims.audio_heads = audio_heads;
    dims.text_heads = text_heads;
    const auto model = LoadRandomModel(
        RandomOpenAiCheckpoint(kSeed, dims),
        {.config_json = R"({"encoder_attention_heads": )" + std::to_string(audio_heads) +
                        R"(, "decoder_attention_heads": )" + std::to_string(text_heads) + "}",
         .alignment_heads = "0:0"});
    const WindowModel& window = model->window_model();
    const bool narrow = audio_heads == 2 && text_heads == 2;
    EXPECT_EQ(window.silence_multiple_frames(), narrow ? kMultiple : 0)
        << audio_heads << " " << text_heads;
    ThreadPool pool(1);
    const auto scratch = window.NewScratch();
    EXPECT_EQ(window.Encode({Features(1, kMultiple), kLevel}, *scratch, pool).ok(), narrow);
  }
}

TEST(ForwardSilenceTest, ABatchOfShortAndWholeWindowsEqualsItsMembersBitForBit) {
  for (ComputeType compute : {ComputeType::kFloat32, ComputeType::kBFloat16, ComputeType::kInt8}) {
    for (CpuLevel level : SupportedCpuLevels()) {
      const auto model = LoadRandomModel(RandomOpenAiCheckpoint(kSeed, Wide(kLong)),
                                         {.compute = compute, .cpu_level = level});
      const WindowModel& window = model->window_model();
      ThreadPool one(1), two(2);
      const auto scratch = window.NewScratch();
      std::vector<std::unique_ptr<Sequence>> alone, together;
      constexpr size_t kSequences = 6, kTokens = 4;
      for (uint64_t i = 0; i < kSequences; ++i) {
        // Whole, short, two multiples, and short without silence.
        const int frames = i % 4 == 0 ? 2 * kLong : i % 4 == 2 ? 2 * kMultiple : kMultiple;
        const std::vector<float> features = Features(i, frames);
        WindowInput input{features};
        if (i % 4 == 1 || i % 4 == 2) input.silence_level = i % 8 == 1 ? -0.1f : kLevel;
        alone.push_back(std::make_unique<Sequence>(
            window, window.Encode(input, *scratch, one).value(), RandomTokens(i + 50, kTokens)));
        together.push_back(std::make_unique<Sequence>(
            window, window.Encode(input, *scratch, two).value(), RandomTokens(i + 50, kTokens)));
        std::vector<StepRow> step;
        alone.back()->AddRows(0, kTokens, step);
        window.Step(step, *scratch, one);
      }
      for (size_t position = 0; position < kTokens; ++position) {
        std::vector<StepRow> step;
        for (auto& sequence : together) sequence->AddRows(position, 1, step);
        window.Step(step, *scratch, two);
      }
      for (size_t i = 0; i < kSequences; ++i) {
        EXPECT_TRUE(SameResults(alone[i]->results, together[i]->results))
            << CpuLevelName(level) << " " << ComputeTypeName(compute) << " sequence " << i;
      }
    }
  }
}

TEST(ForwardSilenceTest, AlignmentScoresCoverTheWholeWindow) {
  const Checkpoint checkpoint = RandomOpenAiCheckpoint(kSeed, Wide());
  const auto model = LoadRandomModel(checkpoint, {});
  const WindowModel& window = model->window_model();
  const std::vector<float> features = Features(1, kMultiple);
  const std::vector<TokenId> tokens = RandomTokens(2, 3);
  Sequence sequence(window, Encode(window, {features, kLevel}), tokens);
  constexpr size_t kRowFloats = 2 * kShort;
  std::vector<float> scores(tokens.size() * kRowFloats, NAN);
  std::vector<StepRow> step;
  sequence.AddRows(0, tokens.size(), step);
  for (size_t i = 0; i < tokens.size(); ++i) {
    step[i].alignment_scores = scores.data() + i * kRowFloats;
  }
  ThreadPool pool(2);
  const auto scratch = window.NewScratch();
  window.Step(step, *scratch, pool);
  const auto expected = NaiveWhisper(checkpoint, Wide())
                            .CrossScores(features, tokens, {{1, 0}, {0, 1}}, Silence(2 * kShort));
  ASSERT_EQ(expected.size(), scores.size());
  for (size_t i = 0; i < scores.size(); ++i) ASSERT_NEAR(scores[i], expected[i], 2e-4) << i;
}

}  // namespace
}  // namespace ironscribe::models::whisper
