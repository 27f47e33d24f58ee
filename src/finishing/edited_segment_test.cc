#include "finishing/edited_segment.h"

#include <gtest/gtest.h>

namespace ironscribe::finishing {
namespace {

using text::TextEdit;
using transcript::Segment;
using transcript::Word;

// One second a word, probability 0.5, 0.6, ...
Segment MakeSegment(const std::vector<std::string>& words) {
  Segment segment;
  segment.tokens = {1, 2, 3};
  segment.average_log_probability = -0.5f;
  segment.compression_ratio = 1.5f;
  for (const std::string& word : words) {
    const auto i = static_cast<double>(segment.words.size());
    segment.words.push_back(
        {word, i, i + 1, 0.5f + 0.1f * static_cast<float>(i), 0.9f - 0.1f * static_cast<float>(i)});
    segment.text += word;
  }
  segment.end_seconds = static_cast<double>(words.size());
  return segment;
}

std::string Shown(const Segment& segment) {
  std::string shown;
  for (const Word& word : segment.words) {
    shown += word.text + "(" + std::to_string(word.start_seconds).substr(0, 4) + "-" +
             std::to_string(word.end_seconds).substr(0, 4) + ")";
  }
  return shown;
}

TEST(EditSegment, JoinsTheWordsOfAnEdit) {
  Segment segment = MakeSegment({" My", " card:", " 4111", " 1111,", " okay."});
  EditSegment(std::vector<TextEdit>{{10, 9, "[CARD]"}}, Trace::kRemoved, segment);
  EXPECT_EQ(segment.text, " My card: [CARD], okay.");
  EXPECT_EQ(Shown(segment), " My(0.00-1.00) card:(1.00-2.00) [CARD],(2.00-4.00) okay.(4.00-5.00)");
  EXPECT_EQ(segment.words[2].probability, 0);
  EXPECT_EQ(segment.words[2].confidence, transcript::kNoConfidence);
  EXPECT_TRUE(segment.tokens.empty());
  EXPECT_EQ(segment.average_log_probability, 0);
  EXPECT_EQ(segment.compression_ratio, 0);
}

TEST(EditSegment, AveragesWhereATraceMayStay) {
  Segment segment = MakeSegment({" twenty", " five", " apples"});
  EditSegment(std::vector<TextEdit>{{1, 11, "25"}}, Trace::kKept, segment);
  EXPECT_EQ(Shown(segment), " 25(0.00-2.00) apples(2.00-3.00)");
  EXPECT_FLOAT_EQ(segment.words[0].probability, 0.55f);
  EXPECT_FLOAT_EQ(segment.words[0].confidence, 0.8f);  // That of the more doubtful word.
  EXPECT_EQ(segment.tokens.size(), 3u);
  EXPECT_EQ(segment.average_log_probability, -0.5f);
}

TEST(EditSegment, SharesTheTimeOfAWordThatBecomesSeveral) {
  Segment segment = MakeSegment({" 105", " apples"});
  EditSegment(std::vector<TextEdit>{{1, 3, "one two"}}, Trace::kKept, segment);
  EXPECT_EQ(segment.text, " one two apples");
  ASSERT_EQ(segment.words.size(), 3u);
  EXPECT_EQ(segment.words[0].text, " one");
  EXPECT_EQ(segment.words[1].text, " two");
  EXPECT_EQ(segment.words[0].start_seconds, 0);
  EXPECT_LT(segment.words[0].end_seconds, segment.words[1].start_seconds + 1e-9);
  EXPECT_EQ(segment.words[1].end_seconds, 1);
}

TEST(EditSegment, DropsWordsThatGetEmptyAndKeepsThoseBeside) {
  Segment segment = MakeSegment({" So,", " um,", " yes"});
  EditSegment(std::vector<TextEdit>{{5, 4, ""}}, Trace::kKept, segment);
  EXPECT_EQ(segment.text, " So, yes");
  EXPECT_EQ(Shown(segment), " So,(0.00-1.00) yes(2.00-3.00)");
}

TEST(EditSegment, TakesSeveralEditsOfOneWord) {
  Segment segment = MakeSegment({" (a,b)", " c"});
  EditSegment(std::vector<TextEdit>{{1, 1, ""}, {3, 1, " "}, {5, 1, ""}}, Trace::kKept, segment);
  EXPECT_EQ(segment.text, " a b c");
  EXPECT_EQ(Shown(segment), " a(0.00-0.33) b(0.66-1.00) c(1.00-2.00)");
}

TEST(EditSegment, DropsWordsThatDoNotSpellTheTextWithTheTrace) {
  Segment segment = MakeSegment({" a", " b"});
  segment.text = " a 4111 b";
  Segment kept = segment;
  EditSegment(std::vector<TextEdit>{{3, 4, "[CARD]"}}, Trace::kRemoved, segment);
  EXPECT_TRUE(segment.words.empty());
  EditSegment(std::vector<TextEdit>{{3, 4, "x"}}, Trace::kKept, kept);
  EXPECT_EQ(kept.words.size(), 2u);
  EXPECT_EQ(kept.text, " a x b");
}

TEST(PlaceWords, WantsTheWholeText) {
  const std::vector<Word> words = {{" a", 0, 1, 1}, {"b,", 1, 2, 1}};
  EXPECT_EQ(PlaceWords(" ab, ", words).size(), 2u);
  EXPECT_TRUE(PlaceWords(" ab, c", words).empty());
  EXPECT_TRUE(PlaceWords(" a", words).empty());
  EXPECT_TRUE(PlaceWords("", words).empty());
}

}  // namespace
}  // namespace ironscribe::finishing
