#include "transcript/text_breaks.h"

#include <gtest/gtest.h>

namespace ironscribe::transcript {
namespace {

// Atoms as text: '|' between those that touched, '_' between those with a space.
std::string Atoms(std::string_view line) {
  std::string joined;
  for (const TextAtom& atom : SplitAtoms(line)) {
    if (!joined.empty() || atom.space_before) joined += atom.space_before ? '_' : '|';
    joined += atom.text;
  }
  return joined;
}

TEST(SplitAtoms, CutsAtSpacesAndBetweenIdeographs) {
  EXPECT_EQ(Atoms(""), "");
  EXPECT_EQ(Atoms("one"), "one");
  EXPECT_EQ(Atoms("one two-three  four's"), "one_two-three_four's");
  EXPECT_EQ(Atoms(" one"), "_one");
  EXPECT_EQ(Atoms("今日は"), "今|日|は");
  EXPECT_EQ(Atoms("안녕 하세요"), "안녕_하세요");
  EXPECT_EQ(Atoms("สวัสดี"), "สวัสดี");
}

TEST(SplitAtoms, KeepsMarksWithTheirCharacters) {
  EXPECT_EQ(Atoms("そうだ、今。"), "そ|う|だ、|今。");
  EXPECT_EQ(Atoms("「今」"), "「今」");
  EXPECT_EQ(Atoms("ちょっと"), "ちょっ|と");
  EXPECT_EQ(Atoms("コーヒー"), "コー|ヒー");
  EXPECT_EQ(Atoms("か\u3099い"), "か\u3099|い");
}

TEST(MayBreakBetween, OnlyWhereAScriptHasNoSpaces) {
  EXPECT_FALSE(MayBreakBetween("self", "-made"));
  EXPECT_FALSE(MayBreakBetween("안", "녕"));
  EXPECT_TRUE(MayBreakBetween("今日", "は"));
  EXPECT_TRUE(MayBreakBetween("สวัสดี", "ครับ"));
  EXPECT_FALSE(MayBreakBetween("今日", "。"));
  EXPECT_FALSE(MayBreakBetween("（", "今"));
}

TEST(GradeBreak, TellsSentencesClausesAndWordsThatBelongTogether) {
  const struct {
    const char *word, *next, *language;
    BreakGrade grade;
  } kCases[] = {
      {"done.", "Then", "en", BreakGrade::kSentence},
      {"done.", "", "en", BreakGrade::kSentence},
      {"done!\"", "she", "en", BreakGrade::kSentence},
      {"(really?)", "Yes", "en", BreakGrade::kSentence},
      {"well...", "Yes", "en", BreakGrade::kSentence},
      {"well...", "yes", "en", BreakGrade::kPoor},
      {"です。", "今", "ja", BreakGrade::kSentence},
      {"؟", "نعم", "ar", BreakGrade::kSentence},
      {"however,", "we", "en", BreakGrade::kClause},
      {"、", "今", "ja", BreakGrade::kClause},
      {"house", "was", "en", BreakGrade::kPlain},
      {"the", "house", "en", BreakGrade::kPoor},
      {"The", "house", "en", BreakGrade::kPoor},
      {"\"The", "house", "en", BreakGrade::kPoor},
      {"the", "house", "sv", BreakGrade::kPlain},
      {"für", "das", "de", BreakGrade::kPoor},
      {"À", "la", "fr", BreakGrade::kPoor},
      {"Mr.", "Smith", "en", BreakGrade::kPoor},
      {"J.", "F.", "en", BreakGrade::kPoor},
      {"U.S.", "Senate", "en", BreakGrade::kPoor},
      {"z.B.", "Hunde", "de", BreakGrade::kPoor},
      {"approx.", "three", "en", BreakGrade::kPoor},
      {"3.", "May", "en", BreakGrade::kSentence},
      {"I.", "Then", "en", BreakGrade::kSentence},
      {"\"", "x", "en", BreakGrade::kPlain},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(GradeBreak(test.word, test.next, test.language), test.grade)
        << test.word << ' ' << test.next;
  }
}

}  // namespace
}  // namespace ironscribe::transcript
