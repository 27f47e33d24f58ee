#include "models/whisper/word_timing_pauses.h"

#include <gtest/gtest.h>

#include <string>

namespace ironscribe::models::whisper {
namespace {

using Words = std::vector<text::Tokenizer::WordTokens>;

// A row for each token; 'x' is where it is attended to, 'o' where it hardly is.
std::vector<float> Attention(const std::vector<std::string>& rows) {
  std::vector<float> attention;
  for (const std::string& row : rows) {
    for (const char c : row) attention.push_back(c == 'x' ? 0.3f : (c == 'o' ? 0.02f : 0.0f));
  }
  return attention;
}

// '#' is loud.
std::vector<float> Loudness(const std::string& positions) {
  std::vector<float> loudness;
  for (const char c : positions) loudness.push_back(c == '#' ? 1.0f : 0.0f);
  return loudness;
}

std::string Spans(const std::vector<std::string>& attention, const Words& words,
                  const std::string& loudness, int lag = 0) {
  const auto matrix = Attention(attention);
  const auto loud = Loudness(loudness);
  std::string text;
  for (const TokenSpan& span : TimeTokens({matrix, words, loud, lag})) {
    text += std::to_string(span.begin) + "-" + std::to_string(span.end) + " ";
  }
  return text;
}

TEST(TimeTokens, WordsEndWhereItIsQuiet) {
  EXPECT_EQ(Spans({"..xxxxx.....", ".......xxxx."}, {{" a", 1}, {" b", 1}}, "..###...###."),
            "2-7 7-11 ");
  // What is hardly attended to and quiet is a pause, what is loud belongs to a word.
  const std::vector<std::string> faint = {"..xxxoo.....", ".......oxxxo"};
  EXPECT_EQ(Spans(faint, {{" a", 1}, {" b", 1}}, "..###...###."), "2-5 8-11 ");
  EXPECT_EQ(Spans(faint, {{" a", 1}, {" b", 1}}, "############"), "2-7 7-12 ");
}

TEST(TimeTokens, WhereItIsLoudWordsFollowEachOther) {
  EXPECT_EQ(Spans({"xxx...", "...xxx"}, {{" a", 1}, {" b", 1}}, "######"), "0-3 3-6 ");
}

TEST(TimeTokens, AttentionIsMovedByItsLag) {
  const Words words = {{" a", 1}, {" b", 1}};
  EXPECT_EQ(Spans({"..xxx...", ".....xxx"}, words, "########", 2), "0-3 3-6 ");
  EXPECT_EQ(Spans({"xxx...", "...xxx"}, words, "######", -1), "1-4 4-6 ");
}

TEST(TimeTokens, PunctuationTakesNoTimeButSymbolsDo) {
  const Words words = {{" a", 1}, {",", 1}, {" b", 1}};
  EXPECT_EQ(Spans({"xx....", "..xx..", "....xx"}, words, "##..##"), "0-2 2-2 4-6 ");
  const Words symbol = {{" a", 1}, {"%", 1}, {" b", 1}};
  EXPECT_EQ(Spans({"xx....", "..xx..", "....xx"}, symbol, "######"), "0-2 2-4 4-6 ");
}

TEST(TimeTokens, MoreTokensThanPositionsShareThem) {
  EXPECT_EQ(Spans({"xx", "xx", "xx", "xx"}, {{" ab", 2}, {" cd", 2}}, "##"), "0-0 0-1 1-1 1-2 ");
}

TEST(TimeTokens, OnlyPunctuationOrNothing) {
  EXPECT_EQ(Spans({"xx", "xx"}, {{"...", 2}}, "##"), "0-0 0-0 ");
  EXPECT_EQ(Spans({}, {}, "##"), "");
}

TEST(IsUnspoken, MarksThatStructureAText) {
  for (const char* text :
       {"", " ", ".", " \"", "...", "\xE3\x80\x82", " \xE2\x80\x94", "?!", "¿"}) {
    EXPECT_TRUE(IsUnspoken(text)) << text;
  }
  for (const char* text : {"a", "$", " %", "&", "+", " 5.", "\xC3\xA9", "\xFF", "'s"}) {
    EXPECT_FALSE(IsUnspoken(text)) << text;
  }
}

}  // namespace
}  // namespace ironscribe::models::whisper
