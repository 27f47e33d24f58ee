#include "text/special_tokens.h"

#include <gtest/gtest.h>

namespace ironscribe::text {
namespace {

std::vector<std::string> TextTokens(size_t count) { return std::vector<std::string>(count, "x"); }

SpecialTokens FindIn(const std::vector<std::string>& tokens) {
  auto found = FindSpecialTokens(TokenList(tokens));
  EXPECT_TRUE(found.ok()) << found.status().ToString();
  return found.ok() ? *found : SpecialTokens();
}

// The ids of the published models.
TEST(SpecialTokensTest, EnglishOnly) {
  auto tokens = TextTokens(50256);
  ASSERT_TRUE(CompleteSpecialTokens(51864, tokens).ok());
  ASSERT_EQ(tokens.size(), 51864u);
  const SpecialTokens special = FindIn(tokens);
  EXPECT_EQ(special.end_of_text, 50256);
  EXPECT_EQ(special.start_of_transcript, 50257);
  EXPECT_EQ(special.translate, 50357);
  EXPECT_EQ(special.transcribe, 50358);
  EXPECT_EQ(special.start_of_lm, 50359);
  EXPECT_EQ(special.start_of_previous, 50360);
  EXPECT_EQ(special.no_speech, 50361);
  EXPECT_EQ(special.no_timestamps, 50362);
  EXPECT_EQ(special.timestamp_begin, 50363);
  ASSERT_EQ(special.languages.size(), 1u);
  EXPECT_EQ(special.languages[0].code, "en");
  EXPECT_EQ(special.languages[0].id, 50258);
}

TEST(SpecialTokensTest, Multilingual) {
  auto tokens = TextTokens(50257);
  ASSERT_TRUE(CompleteSpecialTokens(51865, tokens).ok());
  const SpecialTokens special = FindIn(tokens);
  EXPECT_EQ(special.end_of_text, 50257);
  EXPECT_EQ(special.no_speech, 50362);
  EXPECT_EQ(special.timestamp_begin, 50364);
  ASSERT_EQ(special.languages.size(), 99u);
  EXPECT_EQ(special.languages[1].code, "zh");
  EXPECT_EQ(special.languages[98].code, "su");
  EXPECT_EQ(special.languages[98].id, 50357);
}

TEST(SpecialTokensTest, LargeV3HasCantonese) {
  auto tokens = TextTokens(50257);
  ASSERT_TRUE(CompleteSpecialTokens(51866, tokens).ok());
  const SpecialTokens special = FindIn(tokens);
  ASSERT_EQ(special.languages.size(), 100u);
  EXPECT_EQ(special.languages[99].code, "yue");
  EXPECT_EQ(special.languages[99].id, 50358);
  EXPECT_EQ(special.timestamp_begin, 50365);
  EXPECT_EQ(tokens.back(), "<|30.00|>");
  EXPECT_EQ(tokens[50365 + 107], "<|2.14|>");
}

TEST(SpecialTokensTest, GivenSpecialsAreKeptAndTheRestFollows) {
  auto tokens = TextTokens(300);
  const auto spellings = SpecialSpellings(5);
  tokens.insert(tokens.end(), spellings.begin(), spellings.begin() + 13);
  tokens[311] = "<|nocaptions|>";  // As older checkpoints spell it.
  ASSERT_TRUE(CompleteSpecialTokens(300 + 13 + 1501, tokens).ok());
  const SpecialTokens special = FindIn(tokens);
  EXPECT_EQ(special.no_speech, 311);
  EXPECT_EQ(special.timestamp_begin, 313);
  EXPECT_EQ(special.languages.size(), 5u);
}

TEST(SpecialTokensTest, OldSpellingOfHebrew) {
  auto tokens = TextTokens(10);
  auto spellings = SpecialSpellings(30);
  for (auto& spelling : spellings) {
    if (spelling == "<|he|>") spelling = "<|iw|>";
  }
  tokens.insert(tokens.end(), spellings.begin(), spellings.end());
  const SpecialTokens special = FindIn(tokens);
  ASSERT_EQ(special.languages.size(), 30u);
  EXPECT_EQ(special.languages[20].code, "he");
}

TEST(SpecialTokensTest, NumbersThatSpecialsDoNotExplain) {
  const struct {
    size_t num_tokens;
    int vocab_size;
  } cases[] = {
      {50257, 51864},  // multilingual tokens, English weights
      {50256, 51865},  // the other way round
      {50256, 51866}, {50000, 51865}, {51866, 51865}, {100, 500}, {0, 0}, {5, -1},
  };
  for (const auto& it : cases) {
    auto tokens = TextTokens(it.num_tokens);
    const Status status = CompleteSpecialTokens(it.vocab_size, tokens);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << it.num_tokens;
    EXPECT_NE(status.message().find(std::to_string(it.num_tokens)), std::string::npos);
    EXPECT_NE(status.message().find(std::to_string(it.vocab_size)), std::string::npos);
  }
}

TEST(SpecialTokensTest, GivenSpecialsOfAnotherModel) {
  auto tokens = TextTokens(50257);
  const auto spellings = SpecialSpellings(99);
  tokens.insert(tokens.end(), spellings.begin(), spellings.begin() + 107);
  EXPECT_EQ(CompleteSpecialTokens(51866, tokens).code(), StatusCode::kInvalidArgument);
}

TEST(SpecialTokensTest, MissingSpecials) {
  EXPECT_EQ(FindSpecialTokens(TokenList(TextTokens(50))).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(FindSpecialTokens(TokenList()).status().code(), StatusCode::kInvalidArgument);
}

TEST(SpecialTokensTest, TimesThatStopEarlyOrGoOn) {
  auto tokens = TextTokens(10);
  const auto spellings = SpecialSpellings(99);
  tokens.insert(tokens.end(), spellings.begin(), spellings.end());
  tokens.push_back("<|custom|>");
  EXPECT_EQ(FindSpecialTokens(TokenList(tokens)).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace ironscribe::text
