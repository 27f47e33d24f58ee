#include "eval/units.h"

#include <gtest/gtest.h>

#include "eval/normalizer.h"
#include "eval/side_by_side.h"
#include "eval/test_files.h"
#include "eval/word_tokens.h"

namespace ironscribe::eval {
namespace {

TEST(Units, OtherNormalFormsAreEqual) {
  EXPECT_EQ(ComposeText("caf\u0065\u0301"), "caf\u00e9");
  EXPECT_EQ(ComposeText("\u1112\u1161\u11ab"), "\ud55c");  // Hangul syllable from its parts.
  EXPECT_EQ(ComposeText("a\xff"), "a\ufffd");
}

TEST(Units, ScriptsWithoutSpaces) {
  EXPECT_TRUE(IsWrittenWithoutSpaces("広州市房地産"));
  EXPECT_TRUE(IsWrittenWithoutSpaces("カタカナ abc"));
  EXPECT_TRUE(IsWrittenWithoutSpaces("안녕 하세요"));
  EXPECT_TRUE(IsWrittenWithoutSpaces("สวัสดี"));
  EXPECT_FALSE(IsWrittenWithoutSpaces("hello 世界"));
  EXPECT_FALSE(IsWrittenWithoutSpaces("привет"));
  EXPECT_FALSE(IsWrittenWithoutSpaces("שלום עולם"));
  EXPECT_FALSE(IsWrittenWithoutSpaces("123"));
  EXPECT_FALSE(IsWrittenWithoutSpaces(""));
}

TEST(Units, Characters) {
  EXPECT_EQ(CharactersOf("  a  b\tc ", false), U"a b c");
  EXPECT_EQ(CharactersOf("你 好\u3000吗", true), U"你好吗");
  EXPECT_EQ(CharactersOf("", false), U"");
}

TEST(Units, SingleCharacters) {
  EXPECT_EQ(SingleCharactersOf("你 好a"), (std::vector<std::string>{"你", "好", "a"}));
}

TEST(Units, Direction) {
  EXPECT_TRUE(IsRightToLeft("2 שלום abc"));
  EXPECT_TRUE(IsRightToLeft("مرحبا"));
  EXPECT_FALSE(IsRightToLeft("abc שלום"));
  EXPECT_FALSE(IsRightToLeft("123"));
}

TEST(Normalizer, Names) {
  for (const std::string_view name : {"none", "marks", "basic", "english"}) {
    const auto kind = ParseNormalizerKind(name);
    ASSERT_TRUE(kind.ok());
    EXPECT_EQ(NormalizerName(*kind), name);
  }
  EXPECT_TRUE(
      Holds(ParseNormalizerKind("Basic").status().message(), "none, marks, basic, english"));
}

TEST(Normalizer, EachByItsRules) {
  const auto words = [](NormalizerKind kind, std::string_view text) {
    return WordsOf(MakeNormalizer(kind)(text));
  };
  using Words = std::vector<std::string>;
  EXPECT_EQ(words(NormalizerKind::kNone, "Mr. Caf\u0065\u0301"), (Words{"Mr.", "Caf\u00e9"}));
  EXPECT_EQ(words(NormalizerKind::kBasic, "Hello, caf\u0065\u0301!"),
            (Words{"hello", "caf\u00e9"}));
  // Hindi with vowel signs; Thai with a tone mark; vowelled Arabic, which is mostly written
  // without.
  const std::string hindi = "\u0939\u093f\u0928\u094d\u0926\u0940";
  EXPECT_EQ(words(NormalizerKind::kMarks, hindi + "!"), (Words{hindi}));
  EXPECT_GT(words(NormalizerKind::kBasic, hindi).size(), 1u);
  EXPECT_NE(words(NormalizerKind::kMarks, "\u0915\u093f"),
            words(NormalizerKind::kMarks, "\u0915\u0940"));
  EXPECT_EQ(words(NormalizerKind::kMarks, "\u0e19\u0e49\u0e33").size(), 1u);
  EXPECT_EQ(words(NormalizerKind::kMarks, "\u0643\u0650\u062a\u064e\u0627\u0628"),
            (Words{"\u0643\u062a\u0627\u0628"}));
  EXPECT_EQ(words(NormalizerKind::kMarks, "Hello, caf\u0065\u0301!"),
            (Words{"hello", "caf\u00e9"}));
  EXPECT_TRUE(DropsMarks(NormalizerKind::kBasic, hindi));
  EXPECT_TRUE(DropsMarks(NormalizerKind::kEnglish, hindi));
  EXPECT_FALSE(DropsMarks(NormalizerKind::kMarks, hindi));
  EXPECT_FALSE(DropsMarks(NormalizerKind::kBasic, "caf\u0065\u0301, \u0643\u0650"));
  EXPECT_EQ(words(NormalizerKind::kEnglish, "Mr. Smith won't pay twenty one dollars"),
            (Words{"mister", "smith", "will", "not", "pay", "$21"}));
}

std::vector<std::vector<size_t>> Tokens(const std::vector<std::string>& words,
                                        NormalizerKind kind) {
  const Tokenize tokenize = [normalizer = MakeNormalizer(kind)](std::string_view text) {
    return WordsOf(normalizer(text));
  };
  std::string text;
  for (const std::string& word : words) text += word + " ";
  const auto tokens = TokensOfWords(words, tokenize(text), tokenize);
  EXPECT_TRUE(tokens.ok());
  return *tokens;
}

TEST(WordTokens, JoinedPartedAndDropped) {
  using Lists = std::vector<std::vector<size_t>>;
  EXPECT_EQ(Tokens({" Hello,", " there."}, NormalizerKind::kBasic), (Lists{{0}, {1}}));
  EXPECT_EQ(Tokens({"well-known", "-", "fact"}, NormalizerKind::kBasic), (Lists{{0, 1}, {}, {2}}));
  // "at twenty one" is "at 21": two words share a token.
  EXPECT_EQ(Tokens({"at", "twenty", "one", "sharp"}, NormalizerKind::kEnglish),
            (Lists{{0}, {1}, {1}, {2}}));
  // What stands in brackets is dropped from the text, though not word by word.
  EXPECT_EQ(Tokens({"yes", "(a", "cough)", "no"}, NormalizerKind::kBasic),
            (Lists{{0}, {}, {}, {1}}));
}

TEST(SideBySide, MarksErrorsWithoutColor) {
  ScoredUtterance utterance;
  ASSERT_TRUE(
      AlignTexts("the cat sat on", "the dog sat on it", AlignmentCosts::kUnit, utterance).ok());
  EXPECT_EQ(SideBySide(utterance, {}), "REF: the CAT sat on **\nHYP: the DOG sat on IT\n\n");
}

TEST(SideBySide, BreaksLinesAndKeepsColumns) {
  ScoredUtterance utterance;
  ASSERT_TRUE(AlignTexts("one two three", "one too three", AlignmentCosts::kUnit, utterance).ok());
  EXPECT_EQ(SideBySide(utterance, {.columns = 13}),
            "REF: one TWO\nHYP: one TOO\n\nREF: three\nHYP: three\n\n");
  // Wide characters take two columns.
  ASSERT_TRUE(AlignTexts("你好 a", "你 a", AlignmentCosts::kUnit, utterance).ok());
  EXPECT_EQ(SideBySide(utterance, {}), "REF: 你好 a\nHYP: 你   a\n\n");
}

TEST(SideBySide, ColorsErrors) {
  ScoredUtterance utterance;
  ASSERT_TRUE(AlignTexts("a b", "a c", AlignmentCosts::kUnit, utterance).ok());
  const std::string text = SideBySide(utterance, {.color = true});
  EXPECT_TRUE(Holds(text, "\x1b[33mb\x1b[0m")) << text;
  EXPECT_FALSE(Holds(text, "\x1b[33ma"));
}

}  // namespace
}  // namespace ironscribe::eval
