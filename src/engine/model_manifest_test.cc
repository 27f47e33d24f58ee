#include "engine/model_manifest.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "io/file.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;

class ModelManifestTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              ("model_manifest_test_" + std::to_string(::getpid()) + "_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  StatusCode CodeOf(std::string_view text) {
    EXPECT_TRUE(io::WriteFileAtomically(folder_ / kManifestFileName, text).ok());
    return ReadManifest(folder_).status().code();
  }

  fs::path folder_;
};

TEST_F(ModelManifestTest, RoundTrip) {
  const ModelManifest written{.name = "o/n",
                              .source = "hub x",
                              .revision = "main",
                              .version = "abc",
                              .licence = "MIT",
                              .installed_at = "2026-01-31T12:00:00Z",
                              .files = {{"model.bin", std::string(64, 'a'), 7}}};
  ASSERT_TRUE(WriteManifest(folder_, written).ok());
  const auto read = ReadManifest(folder_);
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(read->name, "o/n");
  EXPECT_EQ(read->source, "hub x");
  EXPECT_EQ(read->revision, "main");
  EXPECT_EQ(read->version, "abc");
  EXPECT_EQ(read->licence, "MIT");
  EXPECT_EQ(read->installed_at, "2026-01-31T12:00:00Z");
  ASSERT_EQ(read->files.size(), 1u);
  EXPECT_EQ(read->files[0].name, "model.bin");
  EXPECT_EQ(read->files[0].size_bytes, 7u);
}

TEST_F(ModelManifestTest, TextThatIsNotUtf8DoesNotThrow) {
  EXPECT_TRUE(WriteManifest(folder_, {.name = "a\xff"}).ok());
}

TEST_F(ModelManifestTest, DamagedRecordsAreRefused) {
  EXPECT_EQ(ReadManifest(folder_).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(""), StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf("{"), StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf("[]"), StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf("{}"), StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf(R"({"files": 3})"), StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf(R"({"files": [3]})"), StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf(R"({"files": [{"name": "a", "sha256": "zz", "size_bytes": 1}]})"),
            StatusCode::kDataLoss);
  const std::string sum(64, 'a');
  EXPECT_EQ(CodeOf(R"({"files": [{"name": "../a", "sha256": ")" + sum + R"("}]})"),
            StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf(R"({"files": [{"name": "a", "sha256": ")" + sum + R"(", "size_bytes": -1}]})"),
            StatusCode::kOk);
}

TEST_F(ModelManifestTest, FileNames) {
  EXPECT_TRUE(IsPlainFileName("model.bin"));
  EXPECT_TRUE(IsPlainFileName("..a"));
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("/a"),
        std::string("a\\b"), std::string("a\nb"), std::string("a\0b", 3), std::string(256, 'a')}) {
    EXPECT_FALSE(IsPlainFileName(name)) << name;
  }
}

}  // namespace
}  // namespace ironscribe::engine
