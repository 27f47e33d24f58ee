#include "models/whisper/prompt.h"

#include <gtest/gtest.h>

#include <numeric>

#include "models/whisper/window_policy_fakes.h"

namespace ironscribe::models::whisper {
namespace {

std::vector<TokenId> Count(TokenId first, size_t count) {
  std::vector<TokenId> tokens(count);
  std::iota(tokens.begin(), tokens.end(), first);
  return tokens;
}

TEST(StartSequence, HasLanguageAndTaskOnlyForMultilingualModels) {
  const ByteTokenizer english(false);
  EXPECT_EQ(StartSequence(english, "en", Task::kTranscribe), (std::vector<TokenId>{50257}));
  const ByteTokenizer many(true);
  // Ids of the multilingual vocabulary: <|de|> is 50261, <|translate|> 50358, <|transcribe|> 50359.
  EXPECT_EQ(StartSequence(many, "de", Task::kTranscribe),
            (std::vector<TokenId>{50258, 50261, 50359}));
  EXPECT_EQ(StartSequence(many, "de", Task::kTranslate),
            (std::vector<TokenId>{50258, 50261, 50358}));
}

TEST(EncodePrompt, PutsOneSpaceInFront) {
  const ByteTokenizer tokenizer(false);
  EXPECT_EQ(EncodePrompt(tokenizer, "\n a b\t "), tokenizer.Encode(" a b"));
  EXPECT_TRUE(EncodePrompt(tokenizer, " \xE3\x80\x80 ").empty());
}

TEST(BuildWindowPrompt, MarksPreviousText) {
  const std::vector<TokenId> start = {90, 91};
  const WindowPrompt plain = BuildWindowPrompt({}, start, 80);
  EXPECT_EQ(plain.tokens, start);
  EXPECT_EQ(plain.start_index, 0);
  const WindowPrompt prompt = BuildWindowPrompt(std::vector<TokenId>{1, 2}, start, 80);
  EXPECT_EQ(prompt.tokens, (std::vector<TokenId>{80, 1, 2, 90, 91}));
  EXPECT_EQ(prompt.start_index, 3);
}

TEST(PromptContext, KeepsTheLastTokens) {
  PromptContext context(Count(0, 3), false, 5);
  EXPECT_EQ(context.Tokens(), Count(0, 3));
  context.Append(Count(3, 4));
  EXPECT_EQ(context.Tokens(), Count(2, 5));
  for (TokenId id = 7; id < 100; ++id) context.Append(Count(id, 1));
  EXPECT_EQ(context.Tokens(), Count(95, 5));
  context.Reset();
  EXPECT_TRUE(context.Tokens().empty());
}

TEST(PromptContext, ACarriedPromptStays) {
  PromptContext context(Count(500, 3), true, 5);
  context.Append(Count(0, 4));
  EXPECT_EQ(context.Tokens(), (std::vector<TokenId>{500, 501, 502, 2, 3}));
  context.Reset();
  EXPECT_EQ(context.Tokens(), Count(500, 3));
}

TEST(PromptContext, ACarriedPromptThatFillsEverythingIsCutFromTheLeft) {
  PromptContext context(Count(0, 8), true, 5);
  context.Append(Count(100, 4));
  EXPECT_EQ(context.Tokens(), Count(3, 5));
}

}  // namespace
}  // namespace ironscribe::models::whisper
