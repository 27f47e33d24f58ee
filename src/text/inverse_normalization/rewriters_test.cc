#include "text/inverse_normalization/rewriters.h"

#include <gtest/gtest.h>

#include <iterator>

#include "base/random.h"

namespace ironscribe::text {
namespace {

using Rewriter = std::vector<TextEdit> (*)(std::string_view);

struct Case {
  const char* text;
  const char* expected;
};

void ExpectAll(Rewriter rewrite, std::initializer_list<Case> cases) {
  for (const Case& it : cases) EXPECT_EQ(ApplyEdits(it.text, rewrite(it.text)), it.expected);
}

TEST(NumbersToDigits, WritesNumbersAsPeopleDo) {
  ExpectAll(NumbersToDigits,
            {
                {"I have twenty five apples.", "I have 25 apples."},
                {"Twenty-five people, three dogs", "25 people, 3 dogs"},
                {"one of them, no one else", "one of them, no one else"},
                {"one hundred and one", "101"},
                {"It was nineteen eighty four.", "It was 1984."},
                {"in nineteen oh five and twenty twenty four", "in 1905 and 2024"},
                {"two thousand and twelve", "2012"},
                {"twelve thousand five hundred", "12,500"},
                {"two million five hundred thousand", "2,500,000"},
                {"five million people", "5 million people"},
                {"three point one four", "3.14"},
                {"two point five million dollars", "$2.5 million"},
                {"zero point five percent", "0.5%"},
                {"twenty per cent of it", "20% of it"},
                {"one percent", "1%"},
                {"five dollars", "$5"},
                {"five dollars and ten cents", "$5.10"},
                {"one dollar", "$1"},
                {"fifty euros", "\u20ac50"},
                {"two and a half hours", "2.5 hours"},
                {"two thirds of a half", "two thirds of a half"},
                {"call four one one now", "call 411 now"},
                {"double oh seven", "007"},
                {"agent five five", "agent 5 5"},
                {"the twenty first century", "the 21st century"},
                {"the first and the second", "the first and the second"},
                {"March third, the fourth of July", "March 3rd, the 4th of July"},
                {"the twelfth night", "the 12th night"},
                {"oh no, oh dear", "oh no, oh dear"},
                {"at ten thirty a.m. and six oh five pm", "at 10:30 a.m. and 6:05 pm"},
                {"already 25 and 3.5", "already 25 and 3.5"},
                {"a dog and a hundred cats", "a dog and 100 cats"},
                {"one or two, three or four", "1 or 2, 3 or 4"},
                {"three or four, two to one", "3 or 4, 2 to 1"},
                {"one, two, three, two, one", "1, 2, 3, 2, 1"},
                {"this one, two of us or one more", "this one, 2 of us or one more"},
                {"one or the other, no one or two", "one or the other, no one or 2"},
                {"[TWENTY_FIVE] five", "[TWENTY_FIVE] 5"},
                {"", ""},
            });
}

TEST(NumbersToWords, SaysNumbersAsPeopleDo) {
  ExpectAll(
      NumbersToWords,
      {
          {"I have 25 apples.", "I have twenty-five apples."},
          {"in 1984 and 2005", "in nineteen eighty-four and two thousand five"},
          {"1,234 and 12,500,000",
           "one thousand two hundred thirty-four and twelve million five "
           "hundred thousand"},
          {"3.14", "three point one four"},
          {"$5.10, $1 and $2.5 million",
           "five dollars and ten cents, one dollar and two point five million "
           "dollars"},
          {"\u20ac50 or \u00a31.01", "fifty euros or one pound and one penny"},
          {"25%", "twenty-five percent"},
          {"3.5% up", "three point five percent up"},
          {"the 21st, 2nd and 3rd", "the twenty-first, second and third"},
          {"the 1980s and 80s", "the nineteen eighties and eighties"},
          {"at 10:30, 9:05 and 7:00", "at ten thirty, nine oh five and seven o'clock"},
          {"10-15 people", "ten to fifteen people"},
          {"from 1984-1990 or 1984-90",
           "from nineteen eighty-four to nineteen ninety or nineteen "
           "eighty-four to ninety"},
          {"10\u201315%, 5-10kg", "ten to fifteen percent, five to ten kg"},
          {"won 3-1, 555-1234", "won three one, five five five one two three four"},
          {"1-2-3 and 07-08", "one two three and zero seven zero eight"},
          {".5 or -.25%", "point five or minus point two five percent"},
          {"It ended. 5 left.", "It ended. five left."},
          {"-$5", "minus five dollars"},
          {"555-0123", "five five five zero one two three"},
          {"192.168.0.1", "one nine two point one six eight point zero point one"},
          {"007 and 123456", "zero zero seven and one two three four five six"},
          {"5/6/2023 at 9:30am", "five slash six slash twenty twenty-three at nine thirty am"},
          {"+44 20 12", "plus four four two zero one two"},
          {"-5 degrees", "minus five degrees"},
          {"mp3, B2B, 5G and H2O", "mp3, B2B, 5G and H2O"},
          {"[ID_5] 5", "[ID_5] five"},
          {"99999999999999999999999",
           "nine nine nine nine nine nine nine nine "
           "nine nine nine nine nine nine nine nine "
           "nine nine nine nine nine nine nine"},
          {"", ""},
      });
}

TEST(RemovePunctuation, KeepsWhatJoins) {
  ExpectAll(RemovePunctuation, {
                                   {"Hello, world! How are you?", "Hello world How are you"},
                                   {"don't, well-known; it\u2019s", "don't well-known it\u2019s"},
                                   {"3.14, 1,000 and 10:30.", "3.14 1,000 and 10:30"},
                                   {"mail a.b@example.com.", "mail a.b@example.com"},
                                   {"\"quoted\" (aside) \u2026 end", "quoted aside end"},
                                   {"yes\u2014no - maybe", "yes no maybe"},
                                   {"25% of $5", "25% of $5"},
                                   {"it is -5 or .5", "it is -5 or .5"},
                                   {"f***, [CARD_NUMBER].", "f*** [CARD_NUMBER]"},
                                   {"\u65e5\u672c\u3002\u8a9e\u3002", "\u65e5\u672c \u8a9e"},
                                   {"...", ""},
                                   {"", ""},
                               });
}

TEST(RemoveFillers, LeavesSentencesWhole) {
  ExpectAll(RemoveFillers, {
                               {" So, um, I think", " So, I think"},
                               {"Um, it works.", "It works."},
                               {"I think, uh.", "I think."},
                               {"Um. Yes.", "Yes."},
                               {"um", ""},
                               {"the the man and I, I went", "the man and I went"},
                               {"that that had had", "that that had had"},
                               {"That that is, is.", "That that is, is."},
                               {"what it is is good", "what it is is good"},
                               {"If you like it, it stays.", "If you like it, it stays."},
                               {"uh-huh, mm-hmm, umbrella", "uh-huh, mm-hmm, umbrella"},
                               {"um uh er what", "what"},
                               {"[UM] stays", "[UM] stays"},
                               {"", ""},
                           });
}

// Whatever the bytes: edits ascend, are disjoint and lie inside, and labels stay.
TEST(Rewriters, GiveUsableEditsForAnyBytes) {
  constexpr const char* kParts[] = {
      "one ", "five",          " hundred", " and ",  "a ",   "point ", "dollars ", "um, ", "I ",
      "the ", "...",           "-",        "12",     ",345", ".5",     "%",        "$",    "3rd ",
      "10:",  "[CARD_NUMBER]", "\xff",     "\u00e9", " ",    "cents"};
  Random random(2);
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (int j = 0; j < 10; ++j) text += kParts[random.Next() % std::size(kParts)];
    for (const Rewriter rewrite :
         {NumbersToDigits, NumbersToWords, RemovePunctuation, RemoveFillers}) {
      size_t end = 0;
      const auto edits = rewrite(text);
      for (const TextEdit& edit : edits) {
        EXPECT_GE(edit.offset, end) << text;
        end = edit.offset + edit.size;
        EXPECT_LE(end, text.size()) << text;
      }
      EXPECT_EQ(FindLabels(ApplyEdits(text, edits)).size(), FindLabels(text).size()) << text;
    }
  }
}

// Quadratic work on these would take minutes.
TEST(Rewriters, AreLinearInHostileTexts) {
  for (const char* part :
       {"one ", "1,", "1-", "a ", "um ", "the ", ".", "[A", "hundred ", "$1 ", "five point "}) {
    std::string text;
    while (text.size() < 60'000) text += part;
    for (const Rewriter rewrite :
         {NumbersToDigits, NumbersToWords, RemovePunctuation, RemoveFillers}) {
      rewrite(text);
    }
  }
}

}  // namespace
}  // namespace ironscribe::text
