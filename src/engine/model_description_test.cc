#include "engine/model_description.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "formats/testing/checkpoint_writer.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;
namespace testing_formats = formats::testing;
using testing_formats::CheckpointTensor;

class ModelDescriptionTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              ("model_description_test_" + std::to_string(::getpid()) + "_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static CheckpointTensor Tensor(const std::string& name, tensor::Shape shape) {
    size_t size = 1;
    for (const int64_t dimension : shape) size *= static_cast<size_t>(dimension);
    return {.name = name, .shape = shape, .values = testing_formats::RandomValues(size, 1)};
  }

  // As much of a Whisper model as its description needs: three encoder layers, two decoder layers.
  static testing_formats::Checkpoint Whisper(int64_t vocabulary_size) {
    testing_formats::Checkpoint checkpoint;
    checkpoint.tensors = {
        Tensor("model.encoder.conv1.weight", {64, 80, 3}),
        Tensor("model.encoder.embed_positions.weight", {10, 64}),
        Tensor("model.decoder.embed_positions.weight", {40, 64}),
        Tensor("model.decoder.embed_tokens.weight", {vocabulary_size, 64}),
        Tensor("proj_out.weight", {vocabulary_size, 64}),
    };
    for (int i = 0; i < 3; ++i) {
      checkpoint.tensors.push_back(
          Tensor("model.encoder.layers." + std::to_string(i) + ".final_layer_norm.weight", {64}));
    }
    for (int i = 0; i < 2; ++i) {
      checkpoint.tensors.push_back(
          Tensor("model.decoder.layers." + std::to_string(i) + ".final_layer_norm.weight", {64}));
    }
    return checkpoint;
  }

  Result<ModelDescription> DescribeChecked(const testing_formats::Checkpoint& checkpoint) {
    const std::string bytes =
        testing_formats::MakeSafetensors(checkpoint, formats::Encoding::kFloat16);
    RETURN_IF_ERROR(io::WriteFileAtomically(folder_ / "model.safetensors", bytes));
    return DescribeModel(folder_);
  }

  fs::path folder_;
};

TEST_F(ModelDescriptionTest, WhisperInSafetensors) {
  const auto described = DescribeChecked(Whisper(51'865));
  ASSERT_TRUE(described.ok()) << described.status().ToString();
  EXPECT_EQ(described->family, "whisper");
  EXPECT_EQ(described->format, "safetensors");
  EXPECT_EQ(described->weight_file, folder_ / "model.safetensors");
  EXPECT_EQ(described->num_mels, 80);
  EXPECT_EQ(described->encoder_layers, 3);
  EXPECT_EQ(described->decoder_layers, 2);
  EXPECT_EQ(described->encoder_width, 64);
  EXPECT_EQ(described->vocabulary_size, 51'865);
  EXPECT_EQ(described->num_languages, 99);
  // The output matrix is the embedding once more.
  EXPECT_EQ(described->num_parameters, 64u * 80 * 3 + 10 * 64 + 40 * 64 + 51'865 * 64 + 5 * 64);
}

// The three vocabularies of the published checkpoints.
TEST_F(ModelDescriptionTest, LanguagesFollowFromTheVocabulary) {
  EXPECT_EQ(DescribeChecked(Whisper(51'864))->num_languages, 1);
  EXPECT_EQ(DescribeChecked(Whisper(51'866))->num_languages, 100);
}

TEST_F(ModelDescriptionTest, VoiceActivity) {
  testing_formats::Checkpoint checkpoint;
  checkpoint.tensors = {Tensor("stft_conv.weight", {4, 1, 2}), Tensor("final_conv.weight", {2}),
                        Tensor("lstm_cell.weight_hh", {4, 2})};
  const auto described = DescribeChecked(checkpoint);
  ASSERT_TRUE(described.ok()) << described.status().ToString();
  EXPECT_EQ(described->family, "silero_vad");
  EXPECT_EQ(described->task, ModelTask::kVoiceActivity);
  EXPECT_EQ(described->num_parameters, 18u);
}

TEST_F(ModelDescriptionTest, WeightsOfSomethingElse) {
  testing_formats::Checkpoint checkpoint;
  checkpoint.tensors = {Tensor("lstm.weight", {3, 4})};
  const auto described = DescribeChecked(checkpoint);
  ASSERT_TRUE(described.ok()) << described.status().ToString();
  EXPECT_EQ(described->family, "");
  EXPECT_EQ(described->num_parameters, 12u);
}

TEST_F(ModelDescriptionTest, FolderWithoutWeights) {
  fs::create_directories(folder_);
  EXPECT_EQ(DescribeModel(folder_).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace ironscribe::engine
