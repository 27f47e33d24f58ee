#include "engine/voice_activity_loader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/model_catalog.h"
#include "engine/model_loader.h"
#include "io/file.h"
#include "models/silero_vad/naive_silero_vad.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;
using formats::testing::Checkpoint;

class VoiceActivityLoaderTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) / ("voice_activity_loader_test_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const Checkpoint& checkpoint) {
    ASSERT_TRUE(io::WriteFileAtomically(
                    folder_ / "model.safetensors",
                    formats::testing::MakeSafetensors(checkpoint, formats::Encoding::kFloat32))
                    .ok());
  }

  fs::path folder_;
};

TEST_F(VoiceActivityLoaderTest, OpensAFolderAndAFile) {
  Write(models::silero_vad::RandomSileroVad(1));
  for (const fs::path& path : {folder_, folder_ / "model.safetensors"}) {
    const auto model = LoadVoiceActivity(path, DetectCpuLevel());
    ASSERT_TRUE(model.ok()) << model.status().message();
    EXPECT_EQ((*model)->family(), "silero_vad");
    EXPECT_EQ((*model)->frame_samples(), 512);
  }
}

TEST_F(VoiceActivityLoaderTest, OtherModelsAndDamagedOnesAreRefused) {
  Write({.tensors = {{"other.weight", {2}, {1, 2}}}});
  const auto other = LoadVoiceActivity(folder_, DetectCpuLevel());
  EXPECT_EQ(other.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(other.status().message().find("models pull silero-vad"), std::string::npos);
  Checkpoint damaged = models::silero_vad::RandomSileroVad(1);
  damaged.tensors.back().values[0] = 1e9f;
  Write(damaged);
  const auto refused = LoadVoiceActivity(folder_, DetectCpuLevel());
  EXPECT_EQ(refused.status().code(), StatusCode::kDataLoss);
  EXPECT_NE(refused.status().message().find(folder_.string()), std::string::npos);
  fs::remove_all(folder_);
  EXPECT_EQ(LoadVoiceActivity(folder_, DetectCpuLevel()).status().code(), StatusCode::kNotFound);
}

TEST_F(VoiceActivityLoaderTest, TheDefaultIsInTheCatalog) {
  const CatalogEntry* entry = FindCatalogEntry(kVoiceActivityModelName);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->task, ModelTask::kVoiceActivity);
}

TEST_F(VoiceActivityLoaderTest, TranscribingWithItIsExplained) {
  Write(models::silero_vad::RandomSileroVad(1));
  const auto loaded = LoadModel(folder_, {});
  EXPECT_EQ(loaded.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(loaded.status().message().find("finds speech and writes no text"), std::string::npos)
      << loaded.status().message();
}

}  // namespace
}  // namespace ironscribe::engine
