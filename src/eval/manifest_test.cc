#include "eval/manifest.h"

#include <gtest/gtest.h>

#include "eval/manifest_lines.h"
#include "eval/rttm.h"
#include "eval/test_files.h"

namespace ironscribe::eval {
namespace {

using std::string_view_literals::operator""sv;  // Keeps NUL bytes.

Manifest Read(const std::filesystem::path& path) {
  auto manifest = ReadManifest(path, {});
  EXPECT_TRUE(manifest.ok()) << manifest.status().message();
  return manifest.ok() ? std::move(manifest).value() : Manifest();
}

// The message of the only problem of line 1; line 2 is a good one.
std::string ProblemOf(const std::string& line, const std::string& name = "m.jsonl") {
  const TestFolder folder;
  const Manifest manifest =
      Read(folder.Write(name, line + "\n{\"audio\": \"good.wav\", \"text\": \"x\"}\n"));
  EXPECT_EQ(manifest.utterances.size(), 1u);
  if (manifest.problems.size() != 1) return "";
  EXPECT_TRUE(manifest.problems[0].place.ends_with(name + ":1")) << manifest.problems[0].place;
  EXPECT_TRUE(manifest.problems[0].is_error);
  return manifest.problems[0].message;
}

TEST(Manifest, JsonLines) {
  const TestFolder folder;
  folder.Write("a.rttm", "SPEAKER a 1 0.5 1.0 <NA> <NA> ann <NA> <NA>\n");
  const auto path = folder.Write(
      "m.jsonl",
      "\xef\xbb\xbf{\"audio\": \"a.wav\", \"text\": \"Hi there\", \"language\": \"German\", "
      "\"speaker\": \"ann\", \"words\": [{\"word\": \"Hi\", \"start\": 0.5, \"end\": 0.7}], "
      "\"rttm\": \"a.rttm\"}\r\n\r\n"
      "{\"audio_filepath\": \"/x/b.wav\", \"text\": \"\", \"id\": \"bee\", \"duration\": 3}\n");
  const Manifest manifest = Read(path);
  ASSERT_EQ(manifest.utterances.size(), 2u);
  const Utterance& first = manifest.utterances[0];
  EXPECT_EQ(first.id, "a");
  EXPECT_EQ(first.audio, folder.path() / "a.wav");
  EXPECT_EQ(first.text, "Hi there");
  EXPECT_EQ(first.language, "de");
  EXPECT_EQ(first.speaker, "ann");
  ASSERT_EQ(first.words.size(), 1u);
  EXPECT_DOUBLE_EQ(first.words[0].end_seconds, 0.7);
  ASSERT_EQ(first.turns.size(), 1u);
  EXPECT_EQ(first.turns[0].speaker, "ann");
  EXPECT_DOUBLE_EQ(first.turns[0].end_seconds, 1.5);
  EXPECT_EQ(manifest.utterances[1].id, "bee");
  EXPECT_EQ(manifest.utterances[1].audio, "/x/b.wav");
  ASSERT_EQ(manifest.problems.size(), 1u);  // The empty reference.
  EXPECT_FALSE(manifest.problems[0].is_error);
  EXPECT_TRUE(Holds(manifest.problems[0].place, ":3"));
  EXPECT_TRUE(Holds(manifest.problems[0].message, "insertions"));
}

TEST(Manifest, TsvWithAndWithoutNames) {
  const TestFolder folder;
  const Manifest named = Read(folder.Write(
      "m.tsv",
      "text\taudio\tspeaker\twords\nhi\ta.wav\tann\t[{\"word\":\"hi\",\"start\":0,\"end\":1}]\n"));
  ASSERT_EQ(named.utterances.size(), 1u);
  EXPECT_EQ(named.utterances[0].text, "hi");
  EXPECT_EQ(named.utterances[0].speaker, "ann");
  EXPECT_EQ(named.utterances[0].words.size(), 1u);
  const Manifest plain = Read(folder.Write("n.tsv", "b.wav\tgood day\n"));
  ASSERT_EQ(plain.utterances.size(), 1u);
  EXPECT_EQ(plain.utterances[0].id, "b");
  EXPECT_EQ(plain.utterances[0].text, "good day");
}

TEST(Manifest, BrokenLinesAreToldAndTheRestGoesOn) {
  EXPECT_EQ(ProblemOf("{\"audio\": \"a.wav\""), "not JSON");
  EXPECT_EQ(ProblemOf("[1]"), "not a JSON object");
  EXPECT_TRUE(Holds(ProblemOf("{\"text\": \"x\"}"), "'audio' is missing"));
  EXPECT_TRUE(Holds(ProblemOf("{\"audio\": \"a.wav\"}"), "'text' is missing"));
  EXPECT_TRUE(Holds(ProblemOf("{\"audio\": 1, \"text\": \"x\"}"), "'audio' is no string"));
  EXPECT_TRUE(Holds(ProblemOf("{\"audio\": \"good.wav\", \"text\": \"x\", \"words\": 1}"),
                    "'words' is no array"));
  const std::string start = "{\"audio\": \"a.wav\", \"text\": \"x\", \"words\": [";
  EXPECT_TRUE(Holds(ProblemOf(start + "{\"word\": \"x\", \"start\": 2, \"end\": 1}]}"),
                    "words[0]: ends at 1 s, before it begins at 2 s"));
  EXPECT_TRUE(Holds(ProblemOf(start + "{\"word\": \"x\", \"start\": -1, \"end\": 1}]}"), "start"));
  EXPECT_TRUE(
      Holds(ProblemOf(start + "{\"word\": \"x\", \"start\": 1e999, \"end\": 1}]}"), "not JSON"));
  EXPECT_TRUE(Holds(ProblemOf(start + "{\"word\": \"x\", \"start\": 1, \"end\": 2}, "
                                      "{\"word\": \"y\", \"start\": 0, \"end\": 2}]}"),
                    "words[1]: begins at 0 s"));
}

TEST(Manifest, StrictStopsAtTheFirstBrokenLine) {
  const TestFolder folder;
  const auto path = folder.Write("m.jsonl", "{\"audio\": \"a\", \"text\": \"x\"}\nbroken\n");
  const auto manifest = ReadManifest(path, {.strict = true});
  ASSERT_FALSE(manifest.ok());
  EXPECT_TRUE(Holds(manifest.status().message(), "m.jsonl:2: not JSON"));
}

TEST(Manifest, HostileLines) {
  EXPECT_TRUE(Holds(ProblemOf(std::string("{\"audio\": \"a\0.wav\"}"sv)), "NUL"));
  EXPECT_TRUE(
      Holds(ProblemOf("{\"audio\": \"a\\u0000.wav\", \"text\": \"x\"}"), "a name holds NUL"));
  EXPECT_EQ(ProblemOf("{\"audio\": \"\xff\xfe\"}"), "the line is not UTF-8");
  // Ten megabytes of nothing, and as many open brackets.
  EXPECT_EQ(ProblemOf(std::string(10'000'000, 'x')), "not JSON");
  EXPECT_TRUE(Holds(ProblemOf(std::string(10'000'000, '[')), "nested deeper"));
  EXPECT_TRUE(Holds(ProblemOf("{\"audio\": " + std::string(100, '{')), "nested deeper"));
  EXPECT_TRUE(Holds(ProblemOf(std::string(kMaxLineBytes + 1, ' ')), "limit"));
  // A long text is none of these.
  const TestFolder folder;
  const std::string words(10'000'000, 'w');
  const Manifest manifest =
      Read(folder.Write("m.jsonl", "{\"audio\": \"a\", \"text\": \"" + words + "\"}"));
  ASSERT_EQ(manifest.utterances.size(), 1u);
  EXPECT_EQ(manifest.utterances[0].text.size(), words.size());
}

TEST(Manifest, HostileTsv) {
  const TestFolder folder;
  const Manifest manifest =
      Read(folder.Write("m.tsv", "audio\ttext\na\nb\tx\ty\nc\t\xff\nd\tno\0pe\ne\tgood\n"sv));
  ASSERT_EQ(manifest.utterances.size(), 1u);
  EXPECT_EQ(manifest.utterances[0].id, "e");
  ASSERT_EQ(manifest.problems.size(), 4u);
  EXPECT_TRUE(manifest.problems[0].place.ends_with(":2"));
  EXPECT_EQ(manifest.problems[0].message, "1 columns where 2 belong");
  EXPECT_TRUE(Holds(manifest.problems[2].message, "UTF-8"));
  EXPECT_TRUE(Holds(manifest.problems[3].message, "NUL"));
}

TEST(Manifest, WhatIsNoManifest) {
  const TestFolder folder;
  const auto message = [](const std::filesystem::path& path) {
    const auto manifest = ReadManifest(path, {});
    return manifest.ok() ? "" : manifest.status().message();
  };
  EXPECT_TRUE(Holds(message(folder.path() / "none.jsonl"), "none.jsonl"));
  EXPECT_TRUE(Holds(message(folder.Write("empty.jsonl", "\n\n")), "it is empty"));
  EXPECT_TRUE(Holds(message(folder.Write("bad.jsonl", "x\n")), "bad.jsonl:1: not JSON"));
  EXPECT_TRUE(Holds(message(folder.Write("u.tsv",
                                         "\xff\xfe"
                                         "a\tb")),
                    "UTF-16"));
  EXPECT_TRUE(Holds(message(folder.path()), "LibriSpeech"));
}

TEST(Manifest, RepeatedIds) {
  const TestFolder folder;
  const Manifest manifest = Read(folder.Write("m.tsv", "a.wav\tone\na.flac\ttwo\n"));
  EXPECT_EQ(manifest.utterances.size(), 1u);
  ASSERT_EQ(manifest.problems.size(), 1u);
  EXPECT_TRUE(Holds(manifest.problems[0].message, "the id 'a' is taken by"));
}

TEST(Manifest, MissingRecordings) {
  const TestFolder folder;
  folder.Write("here.wav", "");
  Manifest manifest = Read(folder.Write("m.tsv", "here.wav\tx\ngone.wav\ty\n"));
  ASSERT_TRUE(CheckAudio({}, manifest).ok());
  EXPECT_EQ(manifest.utterances.size(), 1u);
  ASSERT_EQ(manifest.problems.size(), 1u);
  EXPECT_TRUE(Holds(manifest.problems[0].place, "m.tsv:2"));
  EXPECT_TRUE(Holds(manifest.problems[0].message, "gone.wav' does not exist"));
  Manifest again = Read(folder.path() / "m.tsv");
  EXPECT_FALSE(CheckAudio({.strict = true}, again).ok());
}

TEST(Manifest, TimesOutsideTheRecording) {
  Utterance utterance{.place = "m.jsonl:7"};
  utterance.words = {{"in", 0, 1}, {"out", 9, 10.5}};
  utterance.turns = {{"ann", 0, 10.05}};
  const auto problems = DropTimesOutside(10, utterance);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].place, "m.jsonl:7");
  EXPECT_TRUE(
      Holds(problems[0].message, "words[1] ends at 10.5 s, but the recording ends at 10.00"));
  EXPECT_TRUE(utterance.words.empty());
  EXPECT_EQ(utterance.turns.size(), 1u);  // Rounding is forgiven.
  utterance.turns = {{"ann", 0, 12}};
  EXPECT_EQ(DropTimesOutside(10, utterance).size(), 1u);
  EXPECT_TRUE(utterance.turns.empty());
}

TEST(Rttm, TurnsOfTheRecording) {
  const std::string_view text =
      "SPKR-INFO a 1 <NA> <NA> <NA> unknown ann <NA> <NA>\n"
      "SPEAKER a 1 5.0 1.0 <NA> <NA> bob <NA> <NA>\n"
      "SPEAKER a 1 1.0 2.0 <NA> <NA> ann <NA> <NA>\n"
      "SPEAKER b 1 0.0 9.0 <NA> <NA> ann <NA> <NA>\n";
  const auto turns = ReadRttm(text, "x.rttm", "a");
  ASSERT_TRUE(turns.ok()) << turns.status().message();
  ASSERT_EQ(turns->turns.size(), 2u);
  EXPECT_EQ(turns->turns[0].speaker, "ann");
  EXPECT_DOUBLE_EQ(turns->turns[1].end_seconds, 6);
  EXPECT_EQ(turns->note, "");
  EXPECT_TRUE(Holds(ReadRttm(text, "x.rttm", "c").status().message(), "none named 'c'"));
}

TEST(Rttm, SaysWhenItIsOfAnotherRecording) {
  const TestFolder folder;
  folder.Write("other.rttm", "; made by hand\nSPEAKER other 1 0.0 1.0 <NA> <NA> ann <NA> <NA>\n");
  const Manifest manifest = Read(folder.Write(
      "m.jsonl", "{\"audio\": \"a.wav\", \"text\": \"x\", \"rttm\": \"other.rttm\"}\n"));
  EXPECT_EQ(manifest.utterances.at(0).turns.size(), 1u);
  ASSERT_EQ(manifest.problems.size(), 1u);
  EXPECT_FALSE(manifest.problems[0].is_error);
  EXPECT_TRUE(manifest.problems[0].place.ends_with("m.jsonl:1"));
  EXPECT_TRUE(Holds(manifest.problems[0].message, "other.rttm:2: its turns are of 'other', not"))
      << manifest.problems[0].message;
}

TEST(Manifest, SaysWhichLanguagesAreNone) {
  const TestFolder folder;
  const auto path =
      folder.Write("m.jsonl",
                   "{\"audio\": \"a\", \"text\": \"x\", \"language\": \"de\"}\n"
                   "{\"audio\": \"b\", \"text\": \"x\", \"language\": \"klingon\"}\n"
                   "{\"audio\": \"c\", \"text\": \"x\", \"language\": \"klingon\"}\n");
  const Manifest manifest = Read(path);
  EXPECT_EQ(manifest.utterances.size(), 3u);
  ASSERT_EQ(manifest.problems.size(), 1u);
  EXPECT_TRUE(manifest.problems[0].place.ends_with("m.jsonl:2"));
  EXPECT_TRUE(Holds(manifest.problems[0].message, "'klingon' is not known (this and 1 more"));
  EXPECT_FALSE(manifest.problems[0].is_error);
  EXPECT_FALSE(ReadManifest(path, {.strict = true}).ok());
}

TEST(Manifest, TellsPartsOutsideTheRecording) {
  Utterance utterance;
  utterance.id = "u1";
  utterance.span_place = "segments:3";
  EXPECT_FALSE(SpanOutside(5, utterance).has_value());
  utterance.span = AudioSpan{4, 5.05};
  EXPECT_FALSE(SpanOutside(5, utterance).has_value());
  utterance.span = AudioSpan{4, 6};
  const auto late = SpanOutside(5, utterance);
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ(late->place, "segments:3");
  EXPECT_FALSE(late->is_error);
  EXPECT_TRUE(Holds(late->message, "4 to 6 s")) << late->message;
  utterance.span = AudioSpan{7, 8};
  EXPECT_TRUE(SpanOutside(5, utterance)->is_error);
}

TEST(Rttm, WhatDoesNotFit) {
  const auto message = [](std::string_view text) {
    return ReadRttm(text, "x.rttm", "a").status().message();
  };
  EXPECT_EQ(message(""), "x.rttm: no speaker turns");
  EXPECT_TRUE(Holds(message("\nSPEAKER a 1 5.0\n"), "x.rttm:2: 4 fields"));
  EXPECT_TRUE(Holds(message("SPEAKER a 1 x 1 <NA> <NA> b <NA> <NA>"), "not times"));
  EXPECT_TRUE(Holds(message("SPEAKER a 1 1 -1 <NA> <NA> b <NA> <NA>"), "not times"));
  EXPECT_TRUE(Holds(message("SPEAKER a 1 nan 1 <NA> <NA> b <NA> <NA>"), "not times"));
  EXPECT_TRUE(Holds(message(std::string_view("SPEAKER\0a", 9)), "NUL"));
}

TEST(Rttm, ManifestGoesOnWithoutIt) {
  const TestFolder folder;
  folder.Write("bad.rttm", "SPEAKER a\n");
  const Manifest manifest =
      Read(folder.Write("m.jsonl",
                        "{\"audio\": \"a\", \"text\": \"x\", \"rttm\": \"bad.rttm\"}\n"
                        "{\"audio\": \"b\", \"text\": \"x\", \"rttm\": \"none.rttm\"}\n"));
  EXPECT_EQ(manifest.utterances.size(), 2u);
  ASSERT_EQ(manifest.problems.size(), 2u);
  EXPECT_TRUE(Holds(manifest.problems[0].message, "the RTTM is left out"));
  EXPECT_TRUE(Holds(manifest.problems[0].message, "bad.rttm:1"));
  EXPECT_FALSE(ReadManifest(folder.path() / "m.jsonl", {.strict = true}).ok());
}

}  // namespace
}  // namespace ironscribe::eval
