#include "models/whisper/weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "formats/registry.h"
#include "models/whisper/random_checkpoint.h"
#include "nn/linear.h"
#include "tensor/tensor.h"

namespace ironscribe::models::whisper {
namespace {

Weights PackRandom(const ModelFolder& folder, const Dimensions& dims) {
  folder.Write("model.safetensors",
               formats::testing::MakeSafetensors(ToHuggingFace(RandomOpenAiCheckpoint(7, dims)),
                                                 formats::Encoding::kFloat32));
  const auto source = formats::OpenWeights(folder.path()).value();
  const Checkpoint checkpoint =
      Checkpoint::Read(*source, dims.audio_heads, dims.text_heads).value();
  const auto writer = formats::PackedWriter::CreateInMemory();
  EXPECT_TRUE(PackWeights(checkpoint, ComputeType::kInt8, {}, *writer).ok());
  return ViewWeights(writer->FinishInMemory("{}").value(), dims, ComputeType::kInt8).value();
}

// Inputs with outliers, as trained models have them, down to the smallest.
std::vector<float> Input(uint64_t seed, size_t size) {
  Random random(seed);
  std::vector<float> input(size);
  for (float& value : input) {
    const auto unit = static_cast<float>(random.NextUnit() * 2 - 1);
    value = unit * unit * unit * std::pow(10.0f, static_cast<float>(seed % 5) - 2);
  }
  return input;
}

// Otherwise the screen would drop ids that exact logits choose.
TEST(WeightsTest, EightBitLogitsStayWithinTheirBound) {
  const Dimensions dims = RandomDimensions();
  const ModelFolder folder;
  const Weights weights = PackRandom(folder, dims);
  const nn::Kernels kernels(DetectCpuLevel());
  const auto width = static_cast<size_t>(dims.text_state);
  const auto vocabulary = static_cast<size_t>(dims.vocab_size);
  double largest_share = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const std::vector<float> input = Input(seed, width);
    nn::RowBuffer row;
    row.Reset(weights.logits.weights.type, 1, dims.text_state);
    row.Set(kernels, 0, input.data());
    std::vector<float> logits(vocabulary);
    nn::ApplyLinear(kernels, weights.logits, row.view(), 1,
                    {.out = logits.data(), .out_stride = dims.vocab_size});
    const double bound = LogitBound(weights, input);
    for (size_t id = 0; id < vocabulary; ++id) {
      double exact = 0;
      for (size_t i = 0; i < width; ++i) {
        exact += double{input[i]} * tensor::FloatFromBFloat16(weights.logit_rows[id * width + i]);
      }
      const double error = std::fabs(logits[id] - exact);
      ASSERT_LE(error, bound) << "seed " << seed << ", id " << id;
      largest_share = std::max(largest_share, error / bound);
    }
  }
  // A bound that is never nearly met would let far too many ids through.
  EXPECT_GT(largest_share, 0.05);
}

}  // namespace
}  // namespace ironscribe::models::whisper
