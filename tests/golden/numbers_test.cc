// Features, attention and log-probabilities of real tiny.en in float32 against openai-whisper's, on
// the first recording (README.md says what the golden files hold).

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "base/thread_pool.h"
#include "dsp/log_mel.h"
#include "engine/model_loader.h"
#include "golden/real_model.h"

namespace ironscribe::golden {
namespace {

constexpr const char* kRecording = "sense_and_sensibility_01_austen_64kb-0870.wav";
constexpr int kMels = 80;
constexpr int kWindowFrames = 3000;
constexpr int kFirstMelFrame = 100;
constexpr int kMelFrames = 100;
constexpr int kRows = 8;
constexpr int kVocabularyStride = 16;
constexpr int kFrameStride = 25;

class GoldenNumbers : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = MissingForRealModel(); !missing.empty())
      GTEST_SKIP() << missing;
  }

  // Features of the first window, [3000 frames, 80 mels].
  static std::vector<float> Features() {
    std::vector<float> samples = ReadSamples(*LibrivoxFolder() / kRecording);
    samples.resize(size_t{kWindowFrames} * dsp::kHopSamples);
    std::vector<float> features(size_t{kWindowFrames} * kMels);
    dsp::LogMel(kMels).LogEnergies(samples, 0, kWindowFrames, features);
    dsp::LogMel::Normalize(features, dsp::LogMel::Maximum(features));
    return features;
  }
};

TEST_F(GoldenNumbers, Features) {
  const std::vector<float> features = Features();
  const std::vector<float> golden = ReadFloats("mel.f32");
  ASSERT_EQ(golden.size(), size_t{kMels} * kMelFrames);
  for (int mel = 0; mel < kMels; ++mel) {
    for (int frame = 0; frame < kMelFrames; ++frame) {
      ASSERT_NEAR(features[static_cast<size_t>((kFirstMelFrame + frame) * kMels + mel)],
                  golden[static_cast<size_t>(mel * kMelFrames + frame)], 1e-4)
          << "mel " << mel << " frame " << kFirstMelFrame + frame;
    }
  }
}

// What the decoder says at the golden tokens: log-probabilities of the whole vocabulary and the raw
// scores of the alignment heads, which are linear in the encoder's output at every frame.
struct Forced {
  std::vector<float> log_probabilities;  // [kRows, vocabulary]
  std::vector<float> attention;          // [kRows, heads, encoder frames]
  size_t vocabulary = 0;
  size_t heads = 0;
  size_t frames = 0;
};

Forced RunForced(const models::WindowModel& model, std::span<const float> features) {
  ThreadPool pool(2);
  const auto scratch = model.NewScratch();
  auto encoding = model.Encode({.features = features}, *scratch, pool);
  EXPECT_TRUE(encoding.ok()) << encoding.status().message();
  const auto state = model.NewState(*encoding, 1);

  const std::vector<int> tokens = ReadTokens();
  std::vector<decoding::TokenId> everything(static_cast<size_t>(model.vocab_size()));
  std::iota(everything.begin(), everything.end(), 0);
  const std::vector<uint8_t> lineage(kRows, 0);

  Forced forced;
  forced.vocabulary = everything.size();
  forced.heads = static_cast<size_t>(model.num_alignment_heads());
  forced.frames = static_cast<size_t>(model.encoding_frames(kWindowFrames));
  forced.attention.resize(kRows * forced.heads * forced.frames);
  for (int position = 0; position < kRows; ++position) {
    decoding::TokenRow row;
    row.token = tokens.at(static_cast<size_t>(position));
    row.position = position;
    row.lineage = std::span(lineage).first(static_cast<size_t>(position));
    row.query.wants_logits = true;
    row.query.forced = everything;
    decoding::RowResult result;
    const models::StepRow step{
        .state = state.get(),
        .row = &row,
        .result = &result,
        .alignment_scores =
            forced.attention.data() + static_cast<size_t>(position) * forced.heads * forced.frames};
    model.Step({&step, 1}, *scratch, pool);
    forced.log_probabilities.insert(forced.log_probabilities.end(), result.forced.begin(),
                                    result.forced.end());
  }
  return forced;
}

TEST_F(GoldenNumbers, AttentionAndLogProbabilities) {
  engine::RecognizerOptions options;
  options.compute = engine::ComputeType::kFloat32;
  const auto loaded = engine::LoadModel(*InstalledModel("tiny.en"), options);
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  const Forced forced = RunForced(loaded->model->window_model(), Features());

  const std::vector<float> golden = ReadFloats("log_probabilities.f32");
  const std::vector<float> norms = ReadFloats("logit_norms.f32");
  const size_t columns = golden.size() / kRows;
  ASSERT_EQ(forced.log_probabilities.size(), kRows * forced.vocabulary);
  ASSERT_EQ(columns, (forced.vocabulary + kVocabularyStride - 1) / kVocabularyStride);
  for (size_t row = 0; row < kRows; ++row) {
    double squares = 0;
    for (size_t column = 0; column < columns; ++column) {
      const float got =
          forced.log_probabilities[row * forced.vocabulary + column * kVocabularyStride];
      squares += std::pow(got - golden[row * columns + column], 2);
    }
    // The norm covers every entry, the difference one in sixteen, which is a fair sample.
    EXPECT_LE(std::sqrt(squares * kVocabularyStride) / norms[row], 2e-4) << "position " << row;
  }

  const std::vector<float> attention = ReadFloats("attention.f32");
  const size_t sampled = forced.frames / kFrameStride;
  ASSERT_EQ(attention.size(), kRows * forced.heads * sampled);
  const float largest =
      std::abs(*std::max_element(attention.begin(), attention.end(),
                                 [](float a, float b) { return std::abs(a) < std::abs(b); }));
  for (size_t i = 0; i < attention.size(); ++i) {
    const float got = forced.attention[i / sampled * forced.frames + i % sampled * kFrameStride];
    ASSERT_NEAR(got, attention[i], 2e-4 * largest) << "value " << i;
  }
}

}  // namespace
}  // namespace ironscribe::golden
