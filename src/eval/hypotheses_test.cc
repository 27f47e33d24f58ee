#include "eval/hypotheses.h"

#include <gtest/gtest.h>

#include <cmath>

#include "eval/hypothesis_formats.h"
#include "eval/test_files.h"
#include "transcript/json_writer.h"

namespace ironscribe::eval {
namespace {

using std::string_view_literals::operator""sv;  // Keeps NUL bytes.

transcript::Transcript Sample() {
  transcript::Transcript transcript;
  transcript.text = " Hello there.";
  transcript.duration_seconds = 2.5;
  transcript::Segment segment;
  segment.text = transcript.text;
  segment.words = {{" Hello", 0.1, 0.4, 0.9f}, {" there.", 0.5, 0.8, 0.7f}};
  transcript.segments = {segment};
  return transcript;
}

std::string TextOf(const HypothesisSet& set, const std::string& name) {
  const auto found = set.by_name.find(name);
  return found == set.by_name.end() ? "(none)" : found->second.text;
}

TEST(Hypotheses, OwnJsonEqualsTheTranscript) {
  const auto read = ReadHypothesisJson(transcript::WriteJson(Sample()), "a.json");
  ASSERT_TRUE(read.ok()) << read.status().message();
  const Hypothesis direct = FromTranscript(Sample());
  EXPECT_EQ(read->text, direct.text);
  EXPECT_DOUBLE_EQ(read->duration_seconds, 2.5);
  ASSERT_EQ(read->words.size(), 2u);
  EXPECT_EQ(read->words[1].text, direct.words[1].text);
  EXPECT_DOUBLE_EQ(read->words[1].start_seconds, 0.5);
  EXPECT_FLOAT_EQ(read->words[1].probability, 0.7f);
}

TEST(Hypotheses, ConfidenceGoesBeforeProbability) {
  transcript::Transcript sample = Sample();
  for (auto& segment : sample.segments) {
    for (auto& word : segment.words) word.confidence = 0.25f;
  }
  const auto read = ReadHypothesisJson(transcript::WriteJson(sample), "a.json");
  ASSERT_TRUE(read.ok()) << read.status().message();
  ASSERT_FALSE(read->words.empty());
  EXPECT_FLOAT_EQ(read->words[0].probability, 0.25f);
  EXPECT_FLOAT_EQ(FromTranscript(sample).words[0].probability, 0.25f);
}

TEST(Hypotheses, JsonOfOthers) {
  const auto segments = ReadHypothesisJson(
      R"({"segments": [{"text": " one"}, {"text": " two", "words": [{"text": "two"}]}]})", "x");
  ASSERT_TRUE(segments.ok());
  EXPECT_EQ(segments->text, "  one  two");
  ASSERT_EQ(segments->words.size(), 1u);
  EXPECT_TRUE(std::isnan(segments->words[0].start_seconds));
  EXPECT_TRUE(std::isnan(segments->words[0].probability));
  const auto verbose =
      ReadHypothesisJson(R"({"text": "a", "words": [{"word": "a", "start": 1, "end": 2}]})", "x");
  ASSERT_TRUE(verbose.ok());
  EXPECT_DOUBLE_EQ(verbose->words[0].start_seconds, 1);
}

TEST(Hypotheses, BrokenJson) {
  const auto message = [](std::string_view json) {
    return ReadHypothesisJson(json, "x.json").status().message();
  };
  EXPECT_EQ(message("{\"text\": "), "x.json: not a JSON object in UTF-8");
  EXPECT_EQ(message("{}"), "x.json: has neither 'text' nor 'segments'");
  EXPECT_EQ(message("{\"segments\": [1]}"), "x.json: a segment is no object");
  EXPECT_TRUE(Holds(message(std::string(1'000'000, '[')), "nested deeper"));
  // Numbers that cannot be are no reason to lose the text.
  const auto odd = ReadHypothesisJson(
      R"({"text": "a", "duration": -1, "words": [{"word": "a", "probability": 7}, 5]})", "x");
  ASSERT_TRUE(odd.ok());
  EXPECT_EQ(odd->duration_seconds, 0);
  ASSERT_EQ(odd->words.size(), 1u);
  EXPECT_TRUE(std::isnan(odd->words[0].probability));
}

TEST(Hypotheses, Ctm) {
  HypothesisSet set;
  ReadCtm(";; comment\na 1 2.0 0.5 there 0.5\na 1 1.0 0.5 hello 0.75\nb A 0 1 x\n", "h.ctm", set);
  EXPECT_TRUE(set.problems.empty());
  EXPECT_EQ(TextOf(set, "a"), "hello there");
  const auto& words = set.by_name.find("a")->second.words;
  EXPECT_DOUBLE_EQ(words[0].start_seconds, 1);
  EXPECT_DOUBLE_EQ(words[1].end_seconds, 2.5);
  EXPECT_FLOAT_EQ(words[0].probability, 0.75f);
  EXPECT_TRUE(std::isnan(set.by_name.find("b")->second.words[0].probability));
}

TEST(Hypotheses, BrokenCtm) {
  HypothesisSet set;
  ReadCtm("a 1 2.0\na 1 x 1 w\na 1 0 1 w 1.5\na 1 0 1 <ALT_BEGIN>\na\0b\na 1 0 1 w"sv, "h.ctm",
          set);
  EXPECT_EQ(TextOf(set, "a"), "w");
  ASSERT_EQ(set.problems.size(), 5u);
  EXPECT_EQ(set.problems[0].place, "h.ctm:1");
  EXPECT_TRUE(Holds(set.problems[2].message, "confidence"));
  EXPECT_TRUE(Holds(set.problems[3].message, "alternatives"));
}

TEST(Hypotheses, Stm) {
  HypothesisSet set;
  ReadStm(
      ";; comment\na 1 ann 5 6 <o,f0,female> second part\na 1 ann 0 1 first part\n"
      "a 1 x 2 3 ignore_time_segment_in_scoring\nb 1 x 0 1\nbad line\n",
      "h.stm", set);
  EXPECT_EQ(TextOf(set, "a"), "first part second part");
  EXPECT_EQ(TextOf(set, "b"), "");
  ASSERT_EQ(set.problems.size(), 1u);
  EXPECT_EQ(set.problems[0].place, "h.stm:6");
}

TEST(Hypotheses, TrnAndNamedLines) {
  HypothesisSet set;
  ReadTrn("hello there (spk-1)\n(spk-2)\nno name\n", "h.trn", set);
  EXPECT_EQ(TextOf(set, "spk-1"), "hello there");
  EXPECT_EQ(TextOf(set, "spk-2"), "");
  EXPECT_EQ(set.problems.size(), 1u);
  ReadNamedLines("u1\thello  there\nu2\n", "text", set);
  EXPECT_EQ(TextOf(set, "u1"), "hello  there");
  EXPECT_EQ(TextOf(set, "u2"), "");
}

TEST(Hypotheses, JsonLines) {
  HypothesisSet set;
  ReadHypothesisLines("{\"id\": \"a\", \"text\": \"x\"}\n{\"text\": \"y\"}\n", "h.jsonl", set);
  EXPECT_EQ(TextOf(set, "a"), "x");
  ASSERT_EQ(set.problems.size(), 1u);
  EXPECT_EQ(set.problems[0].place, "h.jsonl:2");
}

TEST(Hypotheses, FolderTakesTheRicherFormat) {
  const TestFolder folder;
  folder.Write("a.txt", "from txt");
  folder.Write("a.json", "{\"text\": \"from json\"}");
  folder.Write("sub/b.txt", "deep");
  folder.Write("bad.json", "{");
  folder.Write(".hidden.txt", "no");
  const auto set = ReadHypotheses(folder.path());
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(TextOf(*set, "a"), "from json");
  EXPECT_EQ(set->by_name.size(), 2u);
  ASSERT_EQ(set->problems.size(), 1u);
  EXPECT_TRUE(Holds(set->problems[0].place, "bad.json"));
  EXPECT_EQ(FindHypothesis(*set, {.id = "b", .audio = "b.wav"})->text, "deep");
}

// Otherwise the second text would stand behind the first, or in its place, and nobody would know.
TEST(Hypotheses, ARecordingHasOneText) {
  const auto read_again = [](const auto& read, std::string_view text) {
    HypothesisSet set;
    set.by_name["a"].text = "first";
    read(text, "again", set);
    EXPECT_EQ(TextOf(set, "a"), "first");
    ASSERT_EQ(set.problems.size(), 1u);
    EXPECT_TRUE(Holds(set.problems[0].message, "'a' has a text already"));
  };
  read_again(ReadCtm, "a 1 0.0 0.5 second\n");
  read_again(ReadStm, "a 1 spk 0.0 0.5 second\n");
  read_again(ReadTrn, "second (a)\n");
  read_again(ReadNamedLines, "a second\n");
}

TEST(Hypotheses, FoundByIdOrRecording) {
  HypothesisSet set;
  set.by_name["corpus/one"].text = "by id";
  set.by_name["two"].text = "by stem";
  set.by_name["three.wav"].text = "by file";
  EXPECT_EQ(FindHypothesis(set, {.id = "corpus/one", .audio = "x.wav"})->text, "by id");
  EXPECT_EQ(FindHypothesis(set, {.id = "x/two", .audio = "y.wav"})->text, "by stem");
  EXPECT_EQ(FindHypothesis(set, {.id = "x", .audio = "d/two.flac"})->text, "by stem");
  EXPECT_EQ(FindHypothesis(set, {.id = "x", .audio = "d/three.wav"})->text, "by file");
  EXPECT_EQ(FindHypothesis(set, {.id = "x", .audio = "d/four.wav"}), nullptr);
  // A segment must not take the text of its whole recording.
  EXPECT_EQ(FindHypothesis(set, {.id = "x", .audio = "two.wav", .span = AudioSpan{0, 1}}), nullptr);
}

TEST(Hypotheses, NothingToRead) {
  const TestFolder folder;
  EXPECT_TRUE(Holds(ReadHypotheses(folder.path()).status().message(), "no hypotheses"));
  EXPECT_TRUE(Holds(ReadHypotheses(folder.path() / "none.ctm").status().message(), "none.ctm"));
}

}  // namespace
}  // namespace ironscribe::eval
