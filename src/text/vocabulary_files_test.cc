#include "text/vocabulary_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace ironscribe::text {
namespace {

namespace fs = std::filesystem;

class VocabularyFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("vocabulary_files_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  std::string FirstToken(int max_tokens = 100) {
    const auto vocabulary = ReadVocabularyFolder(folder_, max_tokens);
    return vocabulary.ok() ? vocabulary->tokens.at(0) : vocabulary.status().ToString();
  }

  fs::path folder_;
};

TEST_F(VocabularyFilesTest, NothingThere) {
  const auto vocabulary = ReadVocabularyFolder(folder_, 100);
  EXPECT_EQ(vocabulary.status().code(), StatusCode::kNotFound);
  for (const char* name : {"tokenizer.json", "merges.txt", "vocabulary.txt", "*.tiktoken"}) {
    EXPECT_NE(vocabulary.status().message().find(name), std::string::npos) << name;
  }
  EXPECT_EQ(ReadVocabularyFolder(folder_ / "missing", 100).status().code(), StatusCode::kNotFound);
}

TEST_F(VocabularyFilesTest, OrderOfPreference) {
  Write("any.tiktoken", "YQ== 0\n");
  EXPECT_EQ(FirstToken(), "a");
  Write("vocabulary.txt", "b\n");
  EXPECT_EQ(FirstToken(), "b");
  Write("vocabulary.json", R"(["c"])");
  EXPECT_EQ(FirstToken(), "c");
  Write("vocab.json", R"({"d": 0})");
  EXPECT_EQ(FirstToken(), "c");  // Without merges.txt it says nothing.
  Write("merges.txt", "#version: 0.2\n");
  EXPECT_EQ(FirstToken(), "d");
  Write("tokenizer.json", R"({"model": {"vocab": {"e": 0}, "merges": []}})");
  EXPECT_EQ(FirstToken(), "e");
}

TEST_F(VocabularyFilesTest, AddedTokensBesideVocabJson) {
  Write("vocab.json", R"({"a": 0})");
  Write("merges.txt", "");
  Write("added_tokens.json", R"({"<|endoftext|>": 1})");
  const auto vocabulary = ReadVocabularyFolder(folder_, 100);
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status().ToString();
  EXPECT_EQ(vocabulary->tokens, (std::vector<std::string>{"a", "<|endoftext|>"}));
}

TEST_F(VocabularyFilesTest, OpenAisPairOfRankFiles) {
  Write("gpt2.tiktoken", "Zw== 0\n");
  Write("multilingual.tiktoken", "bQ== 0\n");
  EXPECT_EQ(FirstToken(51864), "g");
  EXPECT_EQ(FirstToken(51865), "m");
}

TEST_F(VocabularyFilesTest, AFileThatCannotBeRead) {
  fs::create_directories(folder_ / "tokenizer.json");
  const auto vocabulary = ReadVocabularyFolder(folder_, 100);
  EXPECT_EQ(vocabulary.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(vocabulary.status().message().find("tokenizer.json"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::text
