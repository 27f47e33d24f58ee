#include "models/whisper/timestamp_rules.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "models/whisper/window_policy_fakes.h"

namespace ironscribe::models::whisper {
namespace {

bool Allowed(const decoding::RowQuery& query, TokenId id) {
  if (query.suppressed->Test(id)) return false;
  for (TokenId other : query.also_suppressed) {
    if (other == id) return false;
  }
  for (const auto& range : query.suppressed_ranges) {
    if (id >= range.begin && id < range.end) return false;
  }
  return true;
}

std::string AllowedRanges(const decoding::RowQuery& query, int vocab_size) {
  std::string text;
  bool inside = false;
  for (TokenId id = 0; id <= vocab_size; ++id) {
    const bool allowed = id < vocab_size && Allowed(query, id);
    if (allowed && !inside) text += (text.empty() ? "" : " ") + std::to_string(id) + "-";
    if (!allowed && inside) text += std::to_string(id);
    inside = allowed;
  }
  return text;
}

TEST(TimestampRules, AllowWhatTheReferenceAllows) {
  const ByteTokenizer tokenizer(false);
  ASSERT_EQ(tokenizer.vocab_size(), 51864);
  const TimestampRules rules(
      tokenizer.special(), tokenizer.vocab_size(),
      {.suppressed = {}, .begin_suppressed = tokenizer.BeginSuppressTokens()});
  std::ifstream file(IRONSCRIBE_SOURCE_DIR "/src/models/whisper/testdata/policy_rules.txt");
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    const size_t colon = line.find(':');
    std::istringstream fields(line.substr(0, colon));
    std::vector<TokenId> history;
    for (TokenId id; fields >> id;) history.push_back(id);
    decoding::RowQuery query;
    rules.Apply(history, query);
    EXPECT_EQ(AllowedRanges(query, tokenizer.vocab_size()), line.substr(colon + 2)) << line;
    EXPECT_EQ(query.timestamp_begin, 50363);
  }
  EXPECT_EQ(cases, 39);
}

TEST(TimestampRules, WithoutTimestampsOnlyTheListsCount) {
  const ByteTokenizer tokenizer(true);
  const text::SpecialTokens& special = tokenizer.special();
  const TimestampRules rules(
      special, tokenizer.vocab_size(),
      {.suppressed = {5, 600}, .begin_suppressed = {220}, .without_timestamps = true});
  decoding::RowQuery first;
  rules.Apply({}, first);
  EXPECT_EQ(first.timestamp_begin, -1);
  EXPECT_TRUE(first.suppressed_ranges.empty());
  for (TokenId id : {5, 600, 220, special.no_speech, special.start_of_previous}) {
    EXPECT_FALSE(Allowed(first, id)) << id;
  }
  for (TokenId id : {6, special.end_of_text, special.no_timestamps}) {
    EXPECT_TRUE(Allowed(first, id)) << id;
  }
  decoding::RowQuery second;
  rules.Apply(std::vector<TokenId>{7}, second);
  EXPECT_TRUE(Allowed(second, 220));
  EXPECT_FALSE(Allowed(second, 600));
}

}  // namespace
}  // namespace ironscribe::models::whisper
