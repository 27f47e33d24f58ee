#include "text/tokenizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "base/random.h"
#include "text/golden_tables.h"
#include "text/utf8.h"

namespace ironscribe::text {
namespace {

std::string RandomText(Random& random, bool utf8) {
  std::string text;
  const auto length = random.Next() % 60;
  for (uint64_t i = 0; i < length; ++i) {
    if (!utf8) {
      text.push_back(static_cast<char>(random.Next()));
      continue;
    }
    // One block per draw, so that scripts, spaces and emoji meet.
    static constexpr char32_t kStarts[] = {0x20, 0x41, 0xc0, 0x400, 0x900, 0x3040, 0x4e00, 0x1f600};
    AppendUtf8(kStarts[random.Next() % 8] + static_cast<char32_t>(random.Next() % 48), text);
  }
  return text;
}

// The vocabularies of the golden tables; the column of encodings.tsv each has.
class GoldenTest : public testing::TestWithParam<std::pair<const char*, int>> {
 protected:
  void SetUp() override {
    const std::string vocabulary = GetParam().first;
    if (vocabulary == "small") {
      tokenizer_ = SmallTokenizer();
      return;
    }
    std::string reason;
    const auto folder = PublishedFolder(vocabulary, &reason);
    if (folder.empty()) GTEST_SKIP() << reason;
    auto loaded = Tokenizer::LoadFolder(folder, PublishedSize(vocabulary));
    ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
    tokenizer_ = *loaded;
  }

  std::shared_ptr<const Tokenizer> tokenizer_;
};

TEST_P(GoldenTest, EncodesAsTheReference) {
  const auto table = ReadTable("encodings.tsv");
  ASSERT_GE(table.size(), 100u);
  for (const auto& row : table) {
    const std::string text = Unescape(row[0]);
    EXPECT_EQ(tokenizer_->Encode(text), ParseIds(row[static_cast<size_t>(GetParam().second)]))
        << row[0];
  }
}

TEST_P(GoldenTest, DecodesTheReferenceIds) {
  for (const auto& row : ReadTable("encodings.tsv")) {
    const auto ids = ParseIds(row[static_cast<size_t>(GetParam().second)]);
    EXPECT_EQ(tokenizer_->DecodeBytes(ids), Unescape(row[0])) << row[0];
  }
}

TEST_P(GoldenTest, AnyBytesComeBack) {
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const std::string text = RandomText(random, i % 2 == 0);
    ASSERT_EQ(tokenizer_->DecodeBytes(tokenizer_->Encode(text)), text);
  }
}

TEST_P(GoldenTest, SplitsIntoTheWordsOfTheReference) {
  int num_cases = 0;
  for (const auto& row : ReadTable("words.tsv")) {
    if (row[0] != GetParam().first) continue;
    ++num_cases;
    std::vector<std::pair<std::string, int>> expected;
    for (const auto& word : SplitAt(Unescape(row[3]), '\x1e')) {
      const auto fields = SplitAt(word, '\x1f');
      expected.emplace_back(fields[0], std::stoi(fields[1]));
    }
    std::vector<std::pair<std::string, int>> actual;
    for (const auto& word : tokenizer_->SplitToWords(ParseIds(row[2]), row[1])) {
      actual.emplace_back(word.text, word.num_tokens);
    }
    EXPECT_EQ(actual, expected) << row[1];
  }
  EXPECT_TRUE(num_cases > 10 || std::string(GetParam().first) == "english");
}

TEST_P(GoldenTest, WordsTogetherAreTheText) {
  Random random(8);
  for (int i = 0; i < 500; ++i) {
    std::vector<TokenId> ids = tokenizer_->Encode(RandomText(random, i % 4 != 0));
    if (!ids.empty() && i % 3 == 0) ids.pop_back();  // May end inside a character.
    for (const char* language : {"en", "ja"}) {
      std::string text;
      int num_tokens = 0;
      for (const auto& word : tokenizer_->SplitToWords(ids, language)) {
        text += word.text;
        num_tokens += word.num_tokens;
        EXPECT_GE(word.num_tokens, 1);
      }
      EXPECT_EQ(text, tokenizer_->Decode(ids));
      EXPECT_EQ(num_tokens, static_cast<int>(ids.size()));
    }
  }
}

// The published lists hold special tokens too: all that a transcript's decoder must never choose.
TEST_P(GoldenTest, SuppressesThePublishedTokens) {
  const SpecialTokens& special = tokenizer_->special();
  for (const auto& row : ReadTable("suppressed.tsv")) {
    if (row[0] != GetParam().first) continue;
    std::vector<TokenId> expected = ParseIds(row[1]);
    std::vector<TokenId> specials;
    while (!expected.empty() && expected.back() >= special.end_of_text) {
      specials.insert(specials.begin(), expected.back());
      expected.pop_back();
    }
    EXPECT_EQ(tokenizer_->NonSpeechTokens(), expected);
    if (row[0] == "small") continue;
    EXPECT_EQ(specials, (std::vector<TokenId>{special.start_of_transcript, special.translate,
                                              special.transcribe, special.start_of_lm,
                                              special.start_of_previous, special.no_speech}));
    EXPECT_EQ(tokenizer_->BeginSuppressTokens(),
              (std::vector<TokenId>{220, special.end_of_text}));  // suppress_ids_begin
  }
}

TEST_P(GoldenTest, SerializedFormIsTheSameTokenizer) {
  const std::string packed = tokenizer_->Serialize();
  const auto loaded = Tokenizer::Deserialize(packed);
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  const Tokenizer& copy = **loaded;
  EXPECT_EQ(copy.vocab_size(), tokenizer_->vocab_size());
  EXPECT_EQ(copy.special().timestamp_begin, tokenizer_->special().timestamp_begin);
  EXPECT_EQ(copy.special().languages.size(), tokenizer_->special().languages.size());
  for (const auto& row : ReadTable("encodings.tsv")) {
    const std::string text = Unescape(row[0]);
    ASSERT_EQ(copy.Encode(text), tokenizer_->Encode(text)) << row[0];
  }
  for (TokenId id = 0; id < copy.vocab_size(); ++id) {
    ASSERT_EQ(copy.TokenBytes(id), tokenizer_->TokenBytes(id)) << id;
  }
  EXPECT_EQ(copy.Serialize(), packed);
}

INSTANTIATE_TEST_SUITE_P(Vocabularies, GoldenTest,
                         testing::Values(std::pair("small", 1), std::pair("english", 2),
                                         std::pair("multilingual", 3)),
                         [](const auto& instance) { return std::string(instance.param.first); });

TEST(TokenizerTest, TextThatStopsInsideACharacter) {
  const auto tokenizer = SmallTokenizer();
  const auto ids = tokenizer->Encode("語");  // Three tokens of one byte.
  ASSERT_EQ(ids.size(), 3u);
  const std::span<const TokenId> cut(ids.data(), 2);
  EXPECT_EQ(tokenizer->DecodeBytes(cut), "\xe8\xaa");
  EXPECT_EQ(tokenizer->Decode(cut), "\xef\xbf\xbd");
  const auto words = tokenizer->SplitToWords(cut, "ja");
  ASSERT_EQ(words.size(), 1u);
  EXPECT_EQ(words[0].text, "\xef\xbf\xbd");
  EXPECT_EQ(words[0].num_tokens, 2);
}

TEST(TokenizerTest, SpecialTokensAreNoText) {
  const auto tokenizer = SmallTokenizer();
  const SpecialTokens& special = tokenizer->special();
  std::vector<TokenId> ids = {special.start_of_transcript, *tokenizer->LanguageId("en"),
                              special.timestamp_begin};
  const auto text_ids = tokenizer->Encode(" ok");
  ids.insert(ids.end(), text_ids.begin(), text_ids.end());
  ids.push_back(special.timestamp_begin + 1500);
  ids.push_back(-1);
  ids.push_back(tokenizer->vocab_size());
  EXPECT_EQ(tokenizer->Decode(ids), " ok");
  EXPECT_TRUE(tokenizer->is_timestamp(special.timestamp_begin));
  EXPECT_FALSE(tokenizer->is_timestamp(special.no_timestamps));
  EXPECT_TRUE(tokenizer->is_text(special.end_of_text - 1));
  EXPECT_FALSE(tokenizer->is_text(special.end_of_text));
}

TEST(TokenizerTest, SpecialTokensAreTheirOwnWords) {
  const auto tokenizer = SmallTokenizer();
  std::vector<TokenId> ids = {tokenizer->special().timestamp_begin};
  const auto text_ids = tokenizer->Encode("is it");
  ids.insert(ids.end(), text_ids.begin(), text_ids.end());
  ids.push_back(tokenizer->special().end_of_text);
  std::vector<std::string> words;
  for (const auto& word : tokenizer->SplitToWords(ids, "en")) words.push_back(word.text);
  EXPECT_EQ(words, (std::vector<std::string>{"", "is", " it", ""}));
}

TEST(TokenizerTest, APromptCannotInjectControlTokens) {
  const auto tokenizer = SmallTokenizer();
  for (const TokenId id : tokenizer->Encode("<|endoftext|><|en|><|0.00|>")) {
    EXPECT_TRUE(tokenizer->is_text(id));
  }
}

TEST(TokenizerTest, ALongPieceIsNoTrouble) {
  const auto tokenizer = SmallTokenizer();
  const std::string text(300000, 'e');
  EXPECT_EQ(tokenizer->DecodeBytes(tokenizer->Encode(text)), text);
}

// The ids are the ranks: 256 is " t" although the file's merges begin behind it.
TEST(TokenizerTest, PublishedMultilingualMergesAreCompleted) {
  std::string reason;
  const auto folder = PublishedFolder("multilingual", &reason);
  if (folder.empty()) GTEST_SKIP() << reason;
  const auto tokenizer = Tokenizer::LoadFolder(folder, 51865).value();
  EXPECT_EQ(tokenizer->Encode(" the"), std::vector<TokenId>{264});
  EXPECT_EQ(tokenizer->special().languages.size(), 99u);
  EXPECT_TRUE(tokenizer->is_multilingual());
  EXPECT_EQ(tokenizer->LanguageId("en"), 50259);
  EXPECT_EQ(tokenizer->special().timestamp_begin, 50364);
}

TEST(TokenizerTest, PublishedEnglishModelHasOneLanguage) {
  std::string reason;
  const auto folder = PublishedFolder("english", &reason);
  if (folder.empty()) GTEST_SKIP() << reason;
  const auto tokenizer = Tokenizer::LoadFolder(folder, 51864).value();
  EXPECT_FALSE(tokenizer->is_multilingual());
  ASSERT_EQ(tokenizer->special().languages.size(), 1u);
  EXPECT_EQ(tokenizer->LanguageId("en"), 50258);  // The config's lang_ids begin at 50259.
  EXPECT_EQ(tokenizer->special().timestamp_begin, 50363);
}

TEST(TokenizerTest, AVocabularyForOtherWeightsIsRejected) {
  std::string reason;
  const auto folder = PublishedFolder("multilingual", &reason);
  if (folder.empty()) GTEST_SKIP() << reason;
  const auto loaded = Tokenizer::LoadFolder(folder, 51864);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(loaded.status().message().find("51864"), std::string::npos);
  EXPECT_NE(loaded.status().message().find("does not fit the weights"), std::string::npos);
}

TEST(TokenizerTest, SizesBeyondReasonAreRejected) {
  for (const int vocab_size : {-1, 0, (1 << 19) + 1, INT32_MAX}) {
    EXPECT_EQ(Tokenizer::FromTokens({"a"}, vocab_size).status().code(),
              StatusCode::kInvalidArgument);
    EXPECT_EQ(Tokenizer::LoadFolder("/", vocab_size).status().code(), StatusCode::kInvalidArgument);
  }
  const auto loaded = Tokenizer::FromTokens({std::string(5000, 'a')}, 2000);
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.status().message().find("5000 bytes"), std::string::npos);
}

TEST(TokenizerTest, AVocabularyWithoutAllBytesIsRejected) {
  std::vector<std::string> tokens = SmallTokens();
  tokens[42] = "not a byte";
  const auto loaded = Tokenizer::FromTokens(tokens, 656 + 2 + 99 + 6 + 1501);
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.status().message().find("byte-level"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::text
