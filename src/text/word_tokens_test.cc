#include "text/word_tokens.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace ironscribe::text {
namespace {

TEST(CutIntoTokens, PartsLettersFromDigits) {
  const std::string text = "  Don't pay GB29, caf\u00e9s\u2019 3rd!";
  std::string shown;
  for (const WordToken& token : CutIntoTokens(text)) {
    shown += "<" + std::string(token.gap) + ">" + token.lower + (token.is_digits ? "#" : "");
  }
  EXPECT_EQ(shown, "<  >don't< >pay< >gb<>29#<, >caf\u00e9s<\u2019 >3#<>rd");
}

TEST(CutIntoTokens, CoversAnyBytesInOrder) {
  Random random(5);
  for (int i = 0; i < 300; ++i) {
    std::string bytes;
    for (int j = 0; j < 25; ++j) bytes.push_back(static_cast<char>(random.Next()));
    std::string rebuilt;
    for (const WordToken& token : CutIntoTokens(bytes)) {
      rebuilt += std::string(token.gap) + std::string(token.written);
      EXPECT_EQ(token.end(), rebuilt.size());
    }
    EXPECT_EQ(rebuilt, bytes.substr(0, rebuilt.size()));
  }
}

}  // namespace
}  // namespace ironscribe::text
