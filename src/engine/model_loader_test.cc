#include "engine/model_loader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "engine/model_store.h"
#include "engine/packed_cache_name.h"
#include "io/file.h"
#include "models/whisper/random_checkpoint.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;
using models::whisper::ModelFolder;

class ModelLoaderTest : public testing::Test {
 protected:
  void SetUp() override {
    cache_ = fs::path(testing::TempDir()) / ("model_loader_" + std::to_string(::getpid()));
    fs::remove_all(cache_);
    options_.cache_folder = cache_;
    WriteModel(1);
  }
  void TearDown() override { fs::remove_all(cache_); }

  void WriteModel(uint64_t seed) {
    model_.Write("model.safetensors",
                 formats::testing::MakeSafetensors(
                     models::whisper::ToHuggingFace(models::whisper::RandomOpenAiCheckpoint(seed)),
                     formats::Encoding::kFloat32));
  }

  std::vector<fs::path> CacheFiles() const {
    std::vector<fs::path> files;
    if (!fs::exists(cache_)) return files;
    for (const auto& entry : fs::directory_iterator(cache_)) files.push_back(entry.path());
    return files;
  }

  ModelFolder model_;
  fs::path cache_;
  RecognizerOptions options_;
};

TEST_F(ModelLoaderTest, PacksOnceAndMapsAfterwards) {
  const auto first = LoadModel(model_.path(), options_);
  ASSERT_TRUE(first.ok()) << first.status().message();
  EXPECT_EQ(first->note, "");
  ASSERT_EQ(CacheFiles().size(), 1u);
  const auto identity = io::IdentifyFile(CacheFiles()[0]).value();
  const auto second = LoadModel(model_.path(), options_);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(io::IdentifyFile(CacheFiles()[0]).value(), identity);
  EXPECT_EQ(first->model->info().digest, second->model->info().digest);
  EXPECT_EQ(first->model->info().digest.size(), 64u);
  EXPECT_EQ(PackedCachesOf(model_.path(), {.models_folder = "", .cache_folder = cache_}),
            CacheFiles());
}

TEST_F(ModelLoaderTest, AChangedModelIsPackedAgain) {
  const std::string before = LoadModel(model_.path(), options_).value().model->info().digest;
  WriteModel(2);
  const std::string after = LoadModel(model_.path(), options_).value().model->info().digest;
  EXPECT_NE(before, after);
  EXPECT_EQ(CacheFiles().size(), 1u);
}

// With the same weights other tokens are suppressed, or stand for other texts.
TEST_F(ModelLoaderTest, RulesAndTokenizerHaveADigestOfTheirOwn) {
  const auto info = [this] { return LoadModel(model_.path(), options_).value().model->info(); };
  const transcript::ModelInfo before = info();
  EXPECT_EQ(before.rules_digest.size(), 64u);
  EXPECT_EQ(info().rules_digest, before.rules_digest) << "from the cache";
  model_.Write("generation_config.json", R"({"suppress_tokens": [5]})");
  const transcript::ModelInfo suppressed = info();
  EXPECT_EQ(suppressed.digest, before.digest);
  EXPECT_NE(suppressed.rules_digest, before.rules_digest);
  std::string ranks = io::ReadFile(model_.path() / "small.tiktoken", 1 << 20).value();
  const size_t last = ranks.rfind('\n', ranks.size() - 2) + 1;
  ranks.replace(last, ranks.find(' ', last) - last, "enpxeg==");
  model_.Write("small.tiktoken", ranks);
  const transcript::ModelInfo other_words = info();
  EXPECT_EQ(other_words.digest, before.digest);
  EXPECT_NE(other_words.rules_digest, suppressed.rules_digest);
}

TEST_F(ModelLoaderTest, ADamagedCacheIsMadeAgain) {
  ASSERT_TRUE(LoadModel(model_.path(), options_).ok());
  const fs::path cache = CacheFiles()[0];
  fs::resize_file(cache, fs::file_size(cache) / 2);
  EXPECT_TRUE(LoadModel(model_.path(), options_).ok());
  std::ofstream(cache) << "not a packed model";
  EXPECT_TRUE(LoadModel(model_.path(), options_).ok());
  EXPECT_GT(fs::file_size(cache), 1000u);
}

TEST_F(ModelLoaderTest, EachArithmeticHasItsOwnCache) {
  for (models::ComputeType compute : {models::ComputeType::kFloat32, models::ComputeType::kBFloat16,
                                      models::ComputeType::kInt8}) {
    options_.compute = compute;
    const auto loaded = LoadModel(model_.path(), options_);
    ASSERT_TRUE(loaded.ok());
    EXPECT_EQ(loaded->model->info().compute_type, models::ComputeTypeName(compute));
  }
  EXPECT_EQ(CacheFiles().size(), 3u);
}

TEST_F(ModelLoaderTest, WithoutAWritableCacheItPacksInMemoryAndSaysSo) {
  std::ofstream(cache_.string()) << "a file where the folder should be";
  const auto loaded = LoadModel(model_.path(), options_);
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  EXPECT_NE(loaded->note.find("packed in memory"), std::string::npos);
  fs::remove(cache_);
  options_.cache_folder.clear();
  EXPECT_NE(LoadModel(model_.path(), options_).value().note.find("no cache folder"),
            std::string::npos);
}

TEST_F(ModelLoaderTest, ManyLoadersAtOnceAllSucceed) {
  std::vector<std::thread> threads;
  std::atomic<int> loaded{0};
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] { loaded += LoadModel(model_.path(), options_).ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(loaded.load(), 6);
  EXPECT_EQ(CacheFiles().size(), 1u);
}

TEST_F(ModelLoaderTest, ErrorsNameWhatIsWrong) {
  EXPECT_EQ(LoadModel("/no/such/folder", options_).status().code(), StatusCode::kNotFound);
  const ModelFolder empty;
  const Status missing = LoadModel(empty.path(), options_).status();
  EXPECT_EQ(missing.code(), StatusCode::kNotFound);
  EXPECT_NE(missing.message().find("model.bin"), std::string::npos) << missing.message();
  const ModelFolder text;
  text.Write("model.bin", "this is a text file and no model at all, long enough to hold a header");
  EXPECT_FALSE(LoadModel(text.path(), options_).ok());
  const ModelFolder config;
  config.Write("config.json", "{broken");
  config.Write("model.safetensors",
               formats::testing::MakeSafetensors(
                   models::whisper::ToHuggingFace(models::whisper::RandomOpenAiCheckpoint(1)),
                   formats::Encoding::kFloat32));
  EXPECT_NE(LoadModel(config.path(), options_).status().message().find("config.json"),
            std::string::npos);
}

TEST_F(ModelLoaderTest, AlignmentHeadsThatTheModelLacksAreTheCallersFault) {
  for (const char* heads : {"2:0", "0:2", "0:0,1:1,0:0"}) {
    options_.alignment_heads = heads;
    const Status status = LoadModel(model_.path(), options_).status();
    EXPECT_EQ(status.code(), StatusCode::kOutOfRange) << status.ToString();
  }
  options_.alignment_heads = "7:1";
  EXPECT_NE(LoadModel(model_.path(), options_)
                .status()
                .message()
                .find("alignment head 7:1 is outside the model, which has the layers 0 to 1 with "
                      "the heads 0 to 1"),
            std::string::npos);
  options_.alignment_heads = "1:1,0:0";
  EXPECT_TRUE(LoadModel(model_.path(), options_).ok());
}

TEST_F(ModelLoaderTest, PackModelReturnsThePathThatLoadsUse) {
  const auto path = PackModel(model_.path(), options_);
  ASSERT_TRUE(path.ok()) << path.status().message();
  EXPECT_EQ(CacheFiles(), std::vector<fs::path>{*path});
  EXPECT_EQ(path->filename().string(), PackedCacheName(model_.path(), "int8", ""));
}

}  // namespace
}  // namespace ironscribe::engine
