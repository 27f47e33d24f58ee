#include "text/vocabulary_formats.h"

#include <gtest/gtest.h>

#include "text/base64.h"
#include "text/byte_spelling.h"

namespace ironscribe::text {
namespace {

// RFC 4648, section 10.
TEST(Base64Test, EncodesTheKnownAnswersAndBack) {
  const std::pair<const char*, const char*> answers[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"},
                                                         {"\xfb\xff", "+/8="}};
  for (const auto& [plain, encoded] : answers) {
    EXPECT_EQ(EncodeBase64(plain), encoded);
    EXPECT_EQ(DecodeBase64(encoded), plain);
  }
}

using Strings = std::vector<std::string>;
using Merges = std::vector<std::pair<std::string, std::string>>;

Result<ParsedVocabulary> ParseJsonText(std::string_view bytes) {
  return ParseTokenizerJson({"tokenizer.json", bytes}, 100);
}

void ExpectRejected(const Result<ParsedVocabulary>& result, std::string_view what) {
  ASSERT_FALSE(result.ok()) << what;
  EXPECT_EQ(result.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(result.status().message().find(what), std::string::npos) << result.status().message();
}

TEST(VocabularyFormatsTest, TokenizerJsonOldAndNewMerges) {
  for (const char* merges : {R"(["Ġ a", "Ċ Ġa"])", R"([["Ġ", "a"], ["Ċ", "Ġa"]])"}) {
    const auto parsed = ParseJsonText(
        std::string(R"({"added_tokens": [{"id": 5, "content": "<|endoftext|>"}], "model": {)") +
        R"("vocab": {"a": 0, "Ġ": 1, "Ċ": 2, "Ġa": 3, "ĊĠa": 4}, "merges": )" + merges + "}}");
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    EXPECT_EQ(parsed->tokens, (Strings{"a", " ", "\n", " a", "\n a", "<|endoftext|>"}));
    EXPECT_EQ(parsed->merges, (Merges{{" ", "a"}, {"\n", " a"}}));
  }
}

TEST(VocabularyFormatsTest, TokenizerJsonRejections) {
  ExpectRejected(ParseJsonText("{"), "not valid JSON");
  ExpectRejected(ParseJsonText("[]"), "\"model\"");
  ExpectRejected(ParseJsonText("{}"), "\"model\"");
  ExpectRejected(ParseJsonText(R"({"model": 3})"), "\"model\"");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": [], "merges": []}})"), "model.vocab");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {}, "merges": {}}})"), "model.merges");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"a": "0"}, "merges": []}})"), "integer");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"a": 0.5}, "merges": []}})"), "integer");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"a": -1}, "merges": []}})"), "token id -1");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"a": 100}, "merges": []}})"), "100 rows");
  ExpectRejected(
      ParseJsonText(R"({"model": {"vocab": {"a": 18446744073709551615}, "merges": []}})"),
      "token id");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"a": 0, "b": 0}, "merges": []}})"),
                 "two tokens");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"a": 0, "b": 2}, "merges": []}})"),
                 "missing");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"▁the": 0}, "merges": []}})"),
                 "byte spelling");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"a": 0}, "merges": ["a"]}})"), "two tokens");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"a": 0}, "merges": ["a b c"]}})"),
                 "two tokens");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"a": 0}, "merges": [["a"]]}})"), "pair");
  ExpectRejected(ParseJsonText(R"({"model": {"vocab": {"a": 0}, "merges": [7]}})"), "pair");
  ExpectRejected(
      ParseJsonText(R"({"model": {"vocab": {"a": 0}, "merges": []}, "added_tokens": {}})"),
      "added_tokens");
  ExpectRejected(
      ParseJsonText(R"({"model": {"vocab": {"a": 0}, "merges": []}, "added_tokens": [1]})"),
      "added_tokens");
  ExpectRejected(
      ParseJsonText(R"({"model": {"vocab": {"a": 0}, "merges": []}, "added_tokens": [{"id": 1}]})"),
      "content");
  const std::string deep(100000, '[');
  ExpectRejected(ParseJsonText(deep), "not valid JSON");
  const std::string long_token(5000, 'a');
  ExpectRejected(
      ParseJsonText(R"({"model": {"vocab": {")" + long_token + R"(": 0}, "merges": []}})"),
      "5000 bytes");
}

TEST(VocabularyFormatsTest, TokenizerJsonCutAnywhere) {
  const std::string whole =
      R"({"added_tokens":[{"id":2,"content":"x"}],"model":{"vocab":{"a":0,"b":1},"merges":["a b"]}})";
  ASSERT_TRUE(ParseJsonText(whole).ok());
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ParseJsonText(whole.substr(0, size)).ok()) << size;
  }
}

TEST(VocabularyFormatsTest, VocabJsonWithMergesAndAddedTokens) {
  const auto parsed =
      ParseVocabJson({"vocab.json", R"({"b": 1, "a": 0, "ab": 2})"},
                     {"merges.txt", "#version: 0.2\na b\n"}, {"added", R"({"<|x|>": 3})"}, 100);
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(parsed->tokens, (Strings{"a", "b", "ab", "<|x|>"}));
  EXPECT_EQ(parsed->merges, (Merges{{"a", "b"}}));
}

TEST(VocabularyFormatsTest, AHashSignMayBeginAMerge) {
  const auto parsed =
      ParseVocabJson({"vocab.json", R"({"#": 0, "##": 1})"}, {"merges.txt", "# #"}, {"", ""}, 100);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->merges, (Merges{{"#", "#"}}));
}

TEST(VocabularyFormatsTest, VocabJsonRejections) {
  const auto parse = [](const char* vocab, const char* merges, const char* added) {
    return ParseVocabJson({"v", vocab}, {"m", merges}, {"a", added}, 100);
  };
  ExpectRejected(parse("[]", "", ""), "object");
  ExpectRejected(parse("{\"a\": 0}", "a", ""), "two tokens");
  ExpectRejected(parse("{\"a\": 0}", "a \xff", ""), "byte spelling");
  ExpectRejected(parse("{\"a\": 0}", "", "[]"), "object");
  ExpectRejected(parse("{\"a\": 0}", "", "{\"x\": null}"), "integer");
}

TEST(VocabularyFormatsTest, VocabularyTxt) {
  const auto parsed = ParseVocabularyTxt({"v", "a\nĊ\n\nĠthe\r\n<|endoftext|>\n"}, 100);
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(parsed->tokens, (Strings{"a", "\n", "", " the", "<|endoftext|>"}));
  EXPECT_TRUE(parsed->merges.empty());
  EXPECT_EQ(ParseVocabularyTxt({"v", "a\nb"}, 100)->tokens, (Strings{"a", "b"}));
  ExpectRejected(ParseVocabularyTxt({"v", "a\nb c\n"}, 100), "token 1");
  ExpectRejected(ParseVocabularyTxt({"v", "a\n\xff\n"}, 100), "token 1");
  ExpectRejected(ParseVocabularyTxt({"v", "a\nb\nc\n"}, 2), "2 rows");
}

TEST(VocabularyFormatsTest, VocabularyJson) {
  const auto parsed = ParseVocabularyJson({"v", R"(["a", "", "Ġ"])"}, 100);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->tokens, (Strings{"a", "", " "}));
  ExpectRejected(ParseVocabularyJson({"v", "{}"}, 100), "array");
  ExpectRejected(ParseVocabularyJson({"v", "[1]"}, 100), "string");
  ExpectRejected(ParseVocabularyJson({"v", "[\"a\""}, 100), "JSON");
}

TEST(VocabularyFormatsTest, Tiktoken) {
  const auto parsed = ParseTiktoken({"t", "YQ== 0\nIHRoZQ== 1\n= 2\n"}, 100);
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(parsed->tokens, (Strings{"a", " the", ""}));
  for (const char* wrong :
       {"YQ==", "YQ== x", "YQ== 0x", "YQ== -1", "Y*== 0", "YQ== 0 0", "YQ==  0"}) {
    ExpectRejected(ParseTiktoken({"t", wrong}, 100), "base64 rank");
  }
  ExpectRejected(ParseTiktoken({"t", "YQ== 100"}, 100), "100 rows");
  ExpectRejected(ParseTiktoken({"t", "YQ== 1"}, 100), "missing");
}

TEST(Base64Test, KnownAnswers) {  // RFC 4648, section 10
  EXPECT_EQ(DecodeBase64(""), "");
  EXPECT_EQ(DecodeBase64("Zg=="), "f");
  EXPECT_EQ(DecodeBase64("Zm8="), "fo");
  EXPECT_EQ(DecodeBase64("Zm9v"), "foo");
  EXPECT_EQ(DecodeBase64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(DecodeBase64("//79"), "\xff\xfe\xfd");
  EXPECT_FALSE(DecodeBase64("Zm9vY"));
  EXPECT_FALSE(DecodeBase64("Zm 9v"));
}

TEST(ByteSpellingTest, KnownCharacters) {
  EXPECT_EQ(BytesFromSpelling("ĠtheĊ"), " the\n");
  EXPECT_EQ(BytesFromSpelling("ÿþ"), "\xff\xfe");
  EXPECT_EQ(BytesFromSpelling("ł"), "\xa0");  // U+0142 is the 67th of the unprintable bytes.
  EXPECT_EQ(BytesFromSpelling("Ń"), "\xad");
  EXPECT_FALSE(BytesFromSpelling(" "));
  EXPECT_FALSE(BytesFromSpelling("ń"));  // One behind the last.
  EXPECT_FALSE(BytesFromSpelling("\xc4"));
}

TEST(ByteSpellingTest, EveryByteComesBack) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  EXPECT_EQ(BytesFromSpelling(SpellingOfBytes(all)), all);
}

}  // namespace
}  // namespace ironscribe::text
