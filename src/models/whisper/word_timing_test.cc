#include "models/whisper/word_timing.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "models/whisper/window_policy_fakes.h"
#include "models/whisper/word_confidence.h"

namespace ironscribe::models::whisper {
namespace {

using transcript::Segment;
using transcript::Word;

struct WordCase {
  int64_t seek = 0;
  double last_speech = 0;
  std::vector<AlignedWord> alignment;
  std::vector<Segment> before;
  std::vector<Segment> after;
};

std::string Rest(std::istringstream& fields) {
  std::string text;
  std::getline(fields, text);
  return text.substr(1);
}

void ReadLine(const std::string& line, WordCase& test) {
  std::istringstream fields(line);
  std::string kind;
  fields >> kind;
  if (kind == "case") {
    fields >> test.seek >> test.last_speech;
  } else if (kind == "align") {
    AlignedWord word;
    fields >> word.num_tokens >> word.start_seconds >> word.end_seconds >> word.probability;
    word.text = Rest(fields);
    test.alignment.push_back(word);
  } else if (kind == "in") {
    size_t count = 0;
    Segment& segment = test.before.emplace_back();
    fields >> segment.start_seconds >> segment.end_seconds >> count;
    segment.tokens.assign(count + 2, 1);
    segment.tokens.front() = segment.tokens.back() = 60000;
  } else if (kind == "out") {
    Segment& segment = test.after.emplace_back();
    fields >> segment.start_seconds >> segment.end_seconds;
  } else if (kind == "word") {
    Word word;
    fields >> word.start_seconds >> word.end_seconds >> word.probability;
    word.text = Rest(fields);
    test.after.back().words.push_back(word);
  }
}

void Check(WordCase test) {
  std::vector<Segment> segments = test.before;
  AssignWords(test.alignment, {static_cast<double>(test.seek) / 100, test.last_speech, 50257},
              segments);
  ASSERT_EQ(segments.size(), test.after.size());
  for (size_t i = 0; i < segments.size(); ++i) {
    EXPECT_NEAR(segments[i].start_seconds, test.after[i].start_seconds, 1e-4);
    EXPECT_NEAR(segments[i].end_seconds, test.after[i].end_seconds, 1e-4);
    ASSERT_EQ(segments[i].words.size(), test.after[i].words.size());
    for (size_t k = 0; k < segments[i].words.size(); ++k) {
      const Word& word = segments[i].words[k];
      const Word& expected = test.after[i].words[k];
      EXPECT_EQ(word.text, expected.text);
      EXPECT_NEAR(word.start_seconds, expected.start_seconds, 1e-4) << word.text;
      EXPECT_NEAR(word.end_seconds, expected.end_seconds, 1e-4) << word.text;
      EXPECT_FLOAT_EQ(word.probability, expected.probability);
    }
  }
}

TEST(AssignWords, GivesWhatTheReferenceGives) {
  std::ifstream file(IRONSCRIBE_SOURCE_DIR "/src/models/whisper/testdata/policy_words.txt");
  WordCase test;
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    if (line != "end") {
      ReadLine(line, test);
      continue;
    }
    SCOPED_TRACE(testing::Message() << "case " << cases);
    Check(std::exchange(test, {}));
    ++cases;
  }
  EXPECT_EQ(cases, 60);
}

std::vector<std::string> Merged(const std::vector<std::string>& texts) {
  std::vector<AlignedWord> words;
  for (const std::string& text : texts) words.push_back({text, 1, 0, 0, 0});
  MergePunctuation(words);
  std::vector<std::string> merged;
  int tokens = 0;
  for (const AlignedWord& word : words) {
    tokens += word.num_tokens;
    if (!word.text.empty()) merged.push_back(word.text + "/" + std::to_string(word.num_tokens));
  }
  EXPECT_EQ(tokens, static_cast<int>(texts.size()));
  return merged;
}

TEST(MergePunctuation, JoinsToTheRightSide) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(Merged({" Hello", ",", " world", "."}), (Texts{" Hello,/2", " world./2"}));
  EXPECT_EQ(Merged({" said", " \"", "Go", "!", "\""}), (Texts{" said/1", " \"Go!\"/4"}));
  EXPECT_EQ(Merged({" (", " [", "a", "]", ")"}), (Texts{" ( [a])/5"}));
  EXPECT_EQ(Merged({"\xE4\xBD\xA0", "\xE3\x80\x82"}), (Texts{"\xE4\xBD\xA0\xE3\x80\x82/2"}));
  EXPECT_EQ(Merged({" -"}), (Texts{" -/1"}));
  EXPECT_EQ(Merged({}), Texts{});
}

TEST(LastWordEnd, OfWordsElseOfTheLastSegment) {
  std::vector<Segment> segments(2);
  segments[0].end_seconds = 1;
  segments[1].end_seconds = 2;
  EXPECT_EQ(LastWordEnd(segments), 2);
  segments[0].words.push_back({" a", 0, 0.5, 1});
  EXPECT_EQ(LastWordEnd(segments), 0.5);
}

TEST(AlignWords, WordsStartWhereTheirTokensAreAttendedTo) {
  const ByteTokenizer tokenizer(true);
  ScriptedRunner runner(tokenizer, [](const SeenCall&) { return ScriptedCall{}; });
  runner.token_frames = [](int i) { return 20 * i; };
  const std::vector<TokenId> text = tokenizer.Encode(" ab c");
  const std::vector<TokenId> start = {50258, 50261, 50359};
  AlignmentInput input{start, text, "de", 300, 2};
  const auto aligned = AlignWords(tokenizer, runner, nullptr, input, {});
  ASSERT_TRUE(aligned.ok());
  EXPECT_TRUE(aligned->heard.empty());
  const std::vector<AlignedWord>* const words = &aligned->reference;
  // What is fed: start, no timestamps, text, end.
  std::vector<TokenId> fed = start;
  fed.push_back(50363);
  fed.insert(fed.end(), text.begin(), text.end());
  fed.push_back(50257);
  ASSERT_EQ(runner.aligned.size(), 1u);
  EXPECT_EQ(runner.aligned[0], fed);
  ASSERT_EQ(words->size(), 2u);
  EXPECT_EQ((*words)[0].text, " ab");
  EXPECT_EQ((*words)[1].text, " c");
  EXPECT_FLOAT_EQ((*words)[0].probability, 0.5f);
  // Token i attends to frames from 20 i on, 0.02 s each; the median filter may move edges a little.
  EXPECT_NEAR((*words)[0].start_seconds, 0.0, 0.05);
  EXPECT_NEAR((*words)[0].end_seconds, 1.2, 0.05);
  EXPECT_NEAR((*words)[1].start_seconds, 1.2, 0.05);
  EXPECT_NEAR((*words)[1].end_seconds, 2.0, 0.05);
}

TEST(AlignWords, WithLoudnessAPauseBelongsToNoWord) {
  const ByteTokenizer tokenizer(true);
  ScriptedRunner runner(tokenizer, [](const SeenCall&) { return ScriptedCall{}; });
  runner.token_frames = [](int i) { return 20 * i; };
  const std::vector<TokenId> text = tokenizer.Encode(" ab c");
  const std::vector<TokenId> start = {50258, 50261, 50359};
  // Tokens are attended to for 0.4 s each; the second word has but one, and it is quiet before it.
  std::vector<float> loudness(150, 1.0f);
  std::fill(loudness.begin() + 55, loudness.begin() + 90, 0.0f);
  std::fill(loudness.begin() + 100, loudness.end(), 0.0f);
  const AlignmentInput input{start, text, "de", 300, 2, loudness};
  const auto words = AlignWords(tokenizer, runner, nullptr, input, {});
  ASSERT_TRUE(words.ok());
  ASSERT_EQ(words->heard.size(), 2u);
  EXPECT_EQ(words->heard[0].text, " ab");
  EXPECT_FLOAT_EQ(words->heard[0].probability, 0.5f);
  EXPECT_FLOAT_EQ(words->heard[0].confidence, WordConfidence(0.5f));
  EXPECT_EQ(words->reference[0].confidence, transcript::kNoConfidence);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(words->heard[i].text, words->reference[i].text);
    EXPECT_GE(words->heard[i].start_seconds, words->reference[i].start_seconds);
    EXPECT_LE(words->heard[i].end_seconds, words->reference[i].end_seconds);
  }
}

TEST(AlignWords, WordsThatAreHeardEndWithTheirSegment) {
  const ByteTokenizer tokenizer(true);
  ScriptedRunner runner(tokenizer, [](const SeenCall&) { return ScriptedCall{}; });
  runner.token_frames = [](int i) { return 20 * i; };
  const std::vector<TokenId> text = tokenizer.Encode(" abc d");
  const std::vector<TokenId> start = {50258, 50261, 50359};
  const std::vector<float> loudness(150, 1.0f);
  const std::vector<int> segment_tokens = {0, 2, 0, 1, 3};
  const AlignmentInput input{start, text, "de", 300, 2, loudness, segment_tokens};
  const auto words = AlignWords(tokenizer, runner, nullptr, input, {});
  ASSERT_TRUE(words.ok());
  ASSERT_EQ(words->reference.size(), 2u);
  std::vector<std::string> texts;
  double last = 0;
  for (const AlignedWord& word : words->heard) {
    texts.push_back(word.text);
    EXPECT_GE(word.start_seconds, last);
    EXPECT_GT(word.end_seconds, word.start_seconds);
    last = word.end_seconds;
  }
  EXPECT_EQ(texts, (std::vector<std::string>{" a", "b", "c", " d"}));
  EXPECT_EQ(words->heard[0].num_tokens, 2);
}

TEST(ShareWords, GivesEachSegmentTheWordsOfItsTokens) {
  const std::vector<AlignedWord> words = {{" a", 1, 0.0, 0.5, 1},
                                          {",", 1, 0.5, 0.5, 1},
                                          {" b", 2, 0.5, 0.5, 1, 0.75f},
                                          {" c", 1, 0.5, 0.9, 1}};
  std::vector<Segment> segments(3);
  segments[0].tokens = {1, 1, 1, 1};
  segments[2].tokens = {1};
  const auto shares = ShareWords(words, {10, 0, 50257}, segments);
  ASSERT_EQ(shares.size(), 3u);
  ASSERT_EQ(shares[0].size(), 2u);
  EXPECT_EQ(shares[0][0].text, " a,");
  EXPECT_EQ(shares[0][1].confidence, 0.75f);
  EXPECT_TRUE(shares[1].empty());
  ASSERT_EQ(shares[2].size(), 1u);
  EXPECT_DOUBLE_EQ(shares[2][0].start_seconds, 10.5);
  EXPECT_DOUBLE_EQ(shares[2][0].end_seconds, 10.9);
}

TEST(OrderWords, GivesEachATimeBehindTheOneBefore) {
  std::vector<Word> words = {{" a", 10.0, 10.5, 1}, {" b", 10.5, 10.5, 1}, {" c", 10.5, 10.9, 1}};
  EXPECT_DOUBLE_EQ(OrderWords({10.2, 30}, words), 10.9);
  EXPECT_DOUBLE_EQ(words[0].start_seconds, 10.2);
  EXPECT_DOUBLE_EQ(words[0].end_seconds, 10.5);
  EXPECT_DOUBLE_EQ(words[1].start_seconds, 10.5);
  EXPECT_DOUBLE_EQ(words[1].end_seconds, 10.52);
  EXPECT_DOUBLE_EQ(words[2].start_seconds, 10.52);
  EXPECT_DOUBLE_EQ(words[2].end_seconds, 10.9);
}

// Punctuation at the border of two segments, and a word that goes on behind it.
TEST(ShareWords, NothingMovesIntoAnotherSegment) {
  const std::vector<AlignedWord> words = {{" one", 1, 0.0, 0.2, 1}, {" \"", 1, 0.2, 0.2, 1},
                                          {"...", 1, 0.2, 0.2, 1},  {" two", 2, 0.3, 0.5, 1},
                                          {",", 1, 0.5, 0.5, 1},    {" three", 1, 0.6, 0.9, 1}};
  std::vector<Segment> segments(3);
  segments[0].tokens = {1, 1};     // One and a quotation mark.
  segments[1].tokens = {1, 1};     // Dots and the first half of "two".
  segments[2].tokens = {1, 1, 1};  // The other half, a comma and "three".
  const auto shares = ShareWords(words, {0, 0, 50257}, segments);
  const auto texts = [&](size_t i) {
    std::vector<std::string> found;
    for (const Word& word : shares[i]) found.push_back(word.text);
    return found;
  };
  EXPECT_EQ(texts(0), (std::vector<std::string>{" one", " \""}));
  EXPECT_EQ(texts(1), (std::vector<std::string>{"...", " two"}));
  EXPECT_EQ(texts(2), (std::vector<std::string>{",", " three"}));
}

TEST(OrderWords, NoWordEndsBehindItsWindow) {
  std::vector<Word> words = {
      {" a", 29.0, 29.9, 1}, {" b", 29.9, 30.4, 1}, {" c", 30.4, 30.4, 1}, {" d", 30.9, 31.0, 1}};
  EXPECT_DOUBLE_EQ(OrderWords({29, 30}, words), 30);
  EXPECT_DOUBLE_EQ(words[0].start_seconds, 29);
  EXPECT_DOUBLE_EQ(words[0].end_seconds, 29.9);
  EXPECT_DOUBLE_EQ(words[1].start_seconds, 29.9);
  EXPECT_DOUBLE_EQ(words[1].end_seconds, 29.96);
  EXPECT_DOUBLE_EQ(words[2].start_seconds, 29.96);
  EXPECT_DOUBLE_EQ(words[2].end_seconds, 29.98);
  EXPECT_DOUBLE_EQ(words[3].start_seconds, 29.98);
}

TEST(OrderWords, LeavesRoomForWhatFollows) {
  std::vector<Word> words = {{" a", 29.0, 29.8, 1}, {" b", 29.8, 30.0, 1}};
  EXPECT_DOUBLE_EQ(OrderWords({29, 30, 10}, words), 29.8);
  EXPECT_DOUBLE_EQ(words[1].start_seconds, 29.78);
  EXPECT_DOUBLE_EQ(words[0].end_seconds, 29.78);
}

TEST(OrderWords, MoreWordsThanPositionsShareTheTime) {
  std::vector<Word> words(50, {" a", 5.0, 5.2, 1});
  EXPECT_DOUBLE_EQ(OrderWords({5, 5.5, 50}, words), 5.25);
  double last = 5;
  for (const Word& word : words) {
    EXPECT_GE(word.start_seconds, last);
    EXPECT_GE(word.end_seconds, word.start_seconds);
    last = word.end_seconds;
  }
  words.resize(2);
  EXPECT_DOUBLE_EQ(OrderWords({6, 5.5}, words), 6) << "order comes first";
  EXPECT_DOUBLE_EQ(words[0].start_seconds, 6);
}

TEST(OrderWords, WhereMoreFollowsTheyReachBehindTheEndForTheirLeastLength) {
  std::vector<Word> words = {{" a", 4.0, 4.5, 1}, {" b", 4.5, 5.5, 1}};
  const WordLimits limits{
      .begin_seconds = 6, .end_seconds = 5.5, .num_behind = 3, .is_strict = false};
  EXPECT_DOUBLE_EQ(OrderWords(limits, words), 6.04);
  EXPECT_DOUBLE_EQ(words[0].start_seconds, 6);
  EXPECT_DOUBLE_EQ(words[1].start_seconds, 6.02);
}

TEST(AlignWords, NothingToAlign) {
  const ByteTokenizer tokenizer(false);
  ScriptedRunner runner(tokenizer, [](const SeenCall&) { return ScriptedCall{}; });
  const std::vector<TokenId> start = {50257};
  const std::vector<TokenId> text = tokenizer.Encode(" a");
  EXPECT_TRUE(
      AlignWords(tokenizer, runner, nullptr, {start, {}, "en", 300, 2}, {})->reference.empty());
  EXPECT_TRUE(
      AlignWords(tokenizer, runner, nullptr, {start, text, "en", 1, 2}, {})->reference.empty());
  EXPECT_TRUE(runner.aligned.empty());
}

}  // namespace
}  // namespace ironscribe::models::whisper
