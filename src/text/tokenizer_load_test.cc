// One vocabulary in every form a model folder can have gives one tokenizer.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "text/byte_spelling.h"
#include "text/golden_tables.h"
#include "text/packed_tokenizer.h"
#include "text/tokenizer.h"

namespace ironscribe::text {
namespace {

namespace fs = std::filesystem;

constexpr int kNumText = 656;
constexpr int kVocabSize = kNumText + 2 + 99 + 6 + 1501;

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') quoted.push_back('\\');
    quoted.push_back(character);
  }
  return quoted + "\"";
}

class TokenizerLoadTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("tokenizer_load_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    expected_ = SmallTokenizer();
    merges_ = UnpackTokenizer(expected_->Serialize())->merges;
    for (const std::string& token : SmallTokens()) spellings_.push_back(SpellingOfBytes(token));
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }

  // {"spelling": id, ...}, the id of spellings_[i] being ids(i).
  template <typename Ids>
  std::string VocabObject(const Ids& ids) const {
    std::string json = "{";
    for (int i = 0; i < kNumText; ++i) {
      json += (i == 0 ? "" : ",") + Quoted(spellings_[static_cast<size_t>(i)]) + ":" +
              std::to_string(ids(i));
    }
    return json + "}";
  }

  std::string MergesJson(size_t first, bool pairs) const {
    std::string json = "[";
    for (size_t i = first; i < merges_.size(); ++i) {
      const std::string& left = spellings_[static_cast<size_t>(merges_[i].left)];
      const std::string& right = spellings_[static_cast<size_t>(merges_[i].right)];
      if (i > first) json += ",";
      json += pairs ? "[" + Quoted(left) + "," + Quoted(right) + "]" : Quoted(left + " " + right);
    }
    return json + "]";
  }

  std::string LoadAndSerialize() const {
    const auto loaded = Tokenizer::LoadFolder(folder_, kVocabSize);
    return loaded.ok() ? (*loaded)->Serialize() : loaded.status().ToString();
  }

  fs::path folder_;
  std::shared_ptr<const Tokenizer> expected_;
  std::vector<Merge> merges_;
  std::vector<std::string> spellings_;
};

int Same(int id) { return id; }

TEST_F(TokenizerLoadTest, EachTokenHasOneMerge) { EXPECT_EQ(merges_.size(), 400u); }

TEST_F(TokenizerLoadTest, TokenizerJson) {
  for (const bool pairs : {false, true}) {
    Write("tokenizer.json", R"({"added_tokens":[{"id":656,"content":"<|endoftext|>"},)"
                            R"({"id":657,"content":"<|startoftranscript|>"}],"model":{"vocab":)" +
                                VocabObject(Same) + ",\"merges\":" + MergesJson(0, pairs) + "}}");
    EXPECT_EQ(LoadAndSerialize(), expected_->Serialize());
  }
}

// As published multilingual folders have it.
TEST_F(TokenizerLoadTest, TokenizerJsonWithoutItsFirstMerge) {
  Write("tokenizer.json",
        R"({"model":{"vocab":)" + VocabObject(Same) + ",\"merges\":" + MergesJson(1, false) + "}}");
  EXPECT_EQ(LoadAndSerialize(), expected_->Serialize());
}

TEST_F(TokenizerLoadTest, MergesDecideWhereIdsAreNoRanks) {
  const auto reversed = [](int id) { return kNumText - 1 - id; };
  Write("tokenizer.json", R"({"model":{"vocab":)" + VocabObject(reversed) +
                              ",\"merges\":" + MergesJson(0, false) + "}}");
  const auto loaded = Tokenizer::LoadFolder(folder_, kVocabSize);
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  for (const auto& row : ReadTable("encodings.tsv")) {
    std::vector<TokenId> ids = ParseIds(row[1]);
    for (TokenId& id : ids) id = reversed(id);
    EXPECT_EQ((*loaded)->Encode(Unescape(row[0])), ids) << row[0];
  }
}

TEST_F(TokenizerLoadTest, AMergeOfUnknownTokens) {
  Write("tokenizer.json", R"({"model":{"vocab":)" + VocabObject(Same) + R"(,"merges":["Z Z"]}})");
  const auto loaded = Tokenizer::LoadFolder(folder_, kVocabSize);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(loaded.status().message().find("merge 1"), std::string::npos);
}

TEST_F(TokenizerLoadTest, VocabJsonAndMergesTxt) {
  std::string merges = "#version: 0.2\n";
  for (const Merge& merge : merges_) {
    merges += spellings_[static_cast<size_t>(merge.left)] + " " +
              spellings_[static_cast<size_t>(merge.right)] + "\n";
  }
  Write("vocab.json", VocabObject(Same));
  Write("merges.txt", merges);
  EXPECT_EQ(LoadAndSerialize(), expected_->Serialize());
}

TEST_F(TokenizerLoadTest, VocabularyOfCTranslate2) {
  std::string lines;
  std::string json = "[";
  for (TokenId id = 0; id < kNumText; ++id) {
    lines += spellings_[static_cast<size_t>(id)] + "\n";
    json += (id == 0 ? "" : ",") + Quoted(spellings_[static_cast<size_t>(id)]);
  }
  Write("vocabulary.txt", lines);
  EXPECT_EQ(LoadAndSerialize(), expected_->Serialize());
  Write("vocabulary.json", json + "]");
  EXPECT_EQ(LoadAndSerialize(), expected_->Serialize());
}

TEST_F(TokenizerLoadTest, TiktokenRanks) {
  fs::copy(fs::path(IRONSCRIBE_SOURCE_DIR) / "src/text/testdata/small.tiktoken", folder_);
  EXPECT_EQ(LoadAndSerialize(), expected_->Serialize());
}

}  // namespace
}  // namespace ironscribe::text
