#include "eval/evaluation.h"

#include <gtest/gtest.h>

#include "eval/gates.h"
#include "eval/result_json.h"
#include "eval/score_set.h"
#include "eval/test_files.h"

namespace ironscribe::eval {
namespace {

Utterance Spoken(std::string id, std::string text, std::string speaker = "") {
  Utterance utterance;
  utterance.audio = id + ".wav";
  utterance.place = "m.tsv:" + id;
  utterance.id = std::move(id);
  utterance.text = std::move(text);
  utterance.speaker = std::move(speaker);
  return utterance;
}

ScoredUtterance Score(const Utterance& utterance, const Hypothesis& hypothesis,
                      NormalizerKind kind = NormalizerKind::kBasic) {
  auto scored = ScoreUtterance(utterance, &hypothesis, {.normalizer = kind}, MakeNormalizer(kind));
  EXPECT_TRUE(scored.ok()) << scored.status().message();
  return *scored;
}

Hypothesis Written(std::string text) { return {.text = std::move(text), .words = {}}; }

TEST(Scoring, WordsAndCharacters) {
  const ScoredUtterance scored = Score(Spoken("a", "The cat sat."), Written("the bat sat down"));
  EXPECT_EQ(scored.words.substitutions, 1);
  EXPECT_EQ(scored.words.insertions, 1);
  EXPECT_EQ(scored.words.reference_length(), 3);
  // "the cat sat" has 11 characters with its spaces; c became b, " down" was added.
  EXPECT_EQ(scored.characters.reference_length(), 11);
  EXPECT_EQ(scored.characters.errors(), 6);
}

TEST(Scoring, ChineseCountsCharactersWithoutSpaces) {
  const ScoredUtterance scored = Score(Spoken("a", "广州市 房地产"), Written("广州市房地参"));
  EXPECT_EQ(scored.characters.reference_length(), 6);
  EXPECT_EQ(scored.characters.errors(), 1);
}

TEST(Scoring, RightToLeft) {
  const ScoredUtterance scored = Score(Spoken("a", "שלום עולם טוב"), Written("שלום עולם רע"));
  EXPECT_EQ(scored.words.hits, 2);
  EXPECT_EQ(scored.words.substitutions, 1);
}

TEST(Scoring, OtherNormalForms) {
  for (const auto kind : {NormalizerKind::kNone, NormalizerKind::kBasic}) {
    EXPECT_EQ(Score(Spoken("a", "cafe\u0301 na\u00efve"), Written("caf\u00e9 nai\u0308ve"), kind)
                  .words.errors(),
              0);
  }
}

TEST(Scoring, EmptyReferenceCountsInsertions) {
  const ScoredUtterance scored = Score(Spoken("a", ""), Written("thank you"));
  EXPECT_EQ(scored.words.insertions, 2);
  EXPECT_EQ(scored.words.reference_length(), 0);
  EXPECT_DOUBLE_EQ(scored.words.rate(), 2);
}

TEST(Scoring, TimesAndConfidenceOfWords) {
  Utterance utterance = Spoken("a", "Hello, big world");
  utterance.words = {{"Hello,", 1, 1.5}, {"big", 1.5, 1.8}, {"world", 2, 2.5}};
  utterance.turns = {{"ann", 1, 2.5}};
  Hypothesis hypothesis = Written(" Hello the world. Bye.");
  hypothesis.words = {{" Hello", 1.1, 1.4, 0.9f},
                      {" the", 1.5, 1.8, 0.4f},
                      {" world.", 1.95, 2.4, 0.8f},
                      {" Bye.", 5, 6, 0.3f}};
  const ScoredUtterance scored = Score(utterance, hypothesis);
  ASSERT_EQ(scored.start_errors_seconds.size(), 2u);
  EXPECT_NEAR(scored.start_errors_seconds[0], 0.1, 1e-9);
  EXPECT_NEAR(scored.start_errors_seconds[1], -0.05, 1e-9);
  ASSERT_EQ(scored.confidences.size(), 4u);
  EXPECT_TRUE(scored.confidences[0].is_right);
  EXPECT_FALSE(scored.confidences[1].is_right);
  EXPECT_TRUE(scored.confidences[2].is_right);
  EXPECT_FALSE(scored.confidences[3].is_right);
  EXPECT_EQ(scored.words_outside_turns, 1);
}

TEST(Scoring, WordsOfScriptsWithoutSpacesAreJudgedByTheirCharacters) {
  Utterance utterance = Spoken("a", "今日は良い天気です");
  utterance.words = {{"今日", 0.5, 1}, {"は", 1, 1.2}, {"良い", 1.5, 2}, {"天気です", 2, 3}};
  Hypothesis hypothesis = Written("今日は悪い天気です");
  hypothesis.words = {
      {"今日は", 0.6, 1.2, 0.9f}, {"悪い", 1.5, 2, 0.4f}, {"天気です", 2.1, 3, 0.8f}};
  const ScoredUtterance scored = Score(utterance, hypothesis);
  ASSERT_EQ(scored.confidences.size(), 3u);
  EXPECT_TRUE(scored.confidences[0].is_right);
  EXPECT_FALSE(scored.confidences[1].is_right);
  EXPECT_TRUE(scored.confidences[2].is_right);
  ASSERT_EQ(scored.start_errors_seconds.size(), 2u);
  EXPECT_NEAR(scored.start_errors_seconds[1], 0.1, 1e-9);
}

TEST(Scoring, JoinedNumbersAreRightTogether) {
  Hypothesis hypothesis = Written("twenty one cats");
  hypothesis.words = {{"twenty", 0, 1, 0.9f}, {"one", 1, 2, 0.8f}, {"cats", 2, 3, 0.7f}};
  const ScoredUtterance scored =
      Score(Spoken("a", "21 cats"), hypothesis, NormalizerKind::kEnglish);
  ASSERT_EQ(scored.confidences.size(), 3u);
  for (const WordConfidence& word : scored.confidences) EXPECT_TRUE(word.is_right);
}

TEST(ScoreSet, MissingRepeatedAndUnusedHypotheses) {
  Manifest manifest;
  manifest.utterances = {Spoken("a", "one two"), Spoken("b", "three"), Spoken("x/a", "one")};
  HypothesisSet hypotheses;
  hypotheses.by_name["a"].text = "one two";
  hypotheses.by_name["other"].text = "what";
  const ScoredSet set = ScoreHypotheses(manifest, hypotheses, {});
  ASSERT_EQ(set.utterances.size(), 2u);
  EXPECT_FALSE(set.utterances[1].has_hypothesis);
  EXPECT_EQ(set.utterances[1].words.deletions, 1);
  ASSERT_EQ(set.problems.size(), 3u);
  EXPECT_TRUE(Holds(set.problems[0].message, "'a' and 'x/a' find the same"));
  EXPECT_TRUE(Holds(set.problems[1].message, "1 of 3 recordings have no hypothesis"));
  EXPECT_TRUE(Holds(set.problems[2].message, "1 hypotheses belong to no recording"));
}

Evaluation Sample() {
  std::vector<ScoredUtterance> utterances;
  for (int i = 0; i < 6; ++i) {
    const std::string number = std::to_string(i);
    ScoredUtterance scored = Score(Spoken("f" + number, "a b c d", i < 3 ? "ann" : "bob"),
                                   Written(i % 2 == 0 ? "a b c d" : "a x c d e"));
    scored.language = i < 4 ? "en" : "de";
    utterances.push_back(std::move(scored));
  }
  EvaluationSettings settings;
  settings.system = "test";
  settings.manifest = "m.jsonl";
  settings.bootstrap.replicates = 200;
  return Summarize(std::move(utterances), std::move(settings));
}

TEST(Evaluation, TotalsAndGroups) {
  const Evaluation evaluation = Sample();
  EXPECT_EQ(evaluation.total.files, 6);
  EXPECT_EQ(evaluation.total.words.substitutions, 3);
  EXPECT_EQ(evaluation.total.words.insertions, 3);
  EXPECT_DOUBLE_EQ(evaluation.total.words.rate(), 0.25);
  EXPECT_TRUE(evaluation.groups_are_speakers);
  EXPECT_EQ(evaluation.num_groups, 2u);
  ASSERT_EQ(evaluation.speakers.size(), 2u);
  EXPECT_EQ(evaluation.speakers[0].name, "ann");
  EXPECT_EQ(evaluation.speakers[0].words.errors(), 2);
  EXPECT_EQ(evaluation.speakers[1].words.errors(), 4);
  ASSERT_EQ(evaluation.languages.size(), 2u);
  EXPECT_LE(evaluation.word_interval.low, 0.25);
  EXPECT_GE(evaluation.word_interval.high, 0.25);
  EXPECT_EQ(WorstUtterances(evaluation, 2), (std::vector<size_t>{1, 3}));
  EXPECT_EQ(WorstUtterances(evaluation, 99).size(), 3u);
}

TEST(Evaluation, DrawsFilesWhereSpeakersAreUnknown) {
  std::vector<ScoredUtterance> utterances = Sample().utterances;
  utterances[2].speaker.clear();
  const Evaluation evaluation = Summarize(utterances, {});
  EXPECT_FALSE(evaluation.groups_are_speakers);
  EXPECT_EQ(evaluation.num_groups, 6u);
}

TEST(Evaluation, TimePrecision) {
  std::vector<ScoredUtterance> utterances = Sample().utterances;
  utterances[0].start_errors_seconds = {0.1, -0.3, 0.2};
  utterances[1].start_errors_seconds = {-0.1};
  const Evaluation evaluation = Summarize(utterances, {});
  ASSERT_TRUE(evaluation.times.has_value());
  EXPECT_EQ(evaluation.times->words, 4);
  EXPECT_NEAR(evaluation.times->median_seconds, 0.15, 1e-9);
  EXPECT_NEAR(evaluation.times->mean_offset_seconds, -0.025, 1e-9);
  EXPECT_NEAR(evaluation.times->share_within_200_ms, 0.75, 1e-9);
  EXPECT_FALSE(evaluation.calibration.has_value());
}

TEST(ResultJson, RoundTrip) {
  const Evaluation evaluation = Sample();
  const std::string json = WriteResultJson(evaluation);
  const auto read = ReadResultJson(json, "r.json", evaluation.settings.bootstrap);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->settings.system, "test");
  EXPECT_EQ(read->total.words, evaluation.total.words);
  EXPECT_EQ(read->total.characters, evaluation.total.characters);
  EXPECT_EQ(read->word_interval.low, evaluation.word_interval.low);
  EXPECT_EQ(read->utterances[1].edits, evaluation.utterances[1].edits);
  EXPECT_EQ(WriteResultJson(*read), json);
  EXPECT_TRUE(Holds(json, "\"operations\":\"=S==I\"")) << json;
}

TEST(ResultJson, BrokenOnes) {
  const auto message = [](std::string_view json) {
    const auto read = ReadResultJson(json, "r.json", {});
    return read.ok() ? "" : read.status().message();
  };
  EXPECT_EQ(message("["), "r.json: not a JSON object in UTF-8");
  EXPECT_EQ(message("{}"), "r.json: format: must be a string");
  EXPECT_EQ(message(R"({"format": "x"})"), "r.json: format: must be ironscribe-eval");
  EXPECT_TRUE(Holds(message(R"({"format": "ironscribe-eval", "format_version": 9})"),
                    "format version 9 is not known"));
  std::string json = WriteResultJson(Sample());
  const auto replaced = [&json](std::string_view from, std::string_view to) {
    std::string changed = json;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  EXPECT_TRUE(Holds(message(replaced("\"id\":\"f0\"", "\"id\":0")), "utterances[0].id: must be"));
  EXPECT_TRUE(Holds(message(replaced("\"normalizer\": \"marks\"", "\"normalizer\": \"x\"")),
                    "none, marks, basic, english"));
  EXPECT_TRUE(Holds(message(std::string(100'000, '[')), "nested deeper"));
  // Cut at any place it is refused, never half read.
  for (size_t size = 0; size + 3 < json.size(); size += 13) {
    EXPECT_FALSE(ReadResultJson(json.substr(0, size), "r", {}).ok()) << size;
  }
}

TEST(Gates, Parse) {
  const auto gates = ParseGates(" wer > 12.5, ece>=0.05,rtfx < 10 ");
  ASSERT_TRUE(gates.ok());
  ASSERT_EQ(gates->size(), 3u);
  EXPECT_EQ((*gates)[0].metric, GateMetric::kWer);
  EXPECT_DOUBLE_EQ((*gates)[0].bound, 12.5);
  EXPECT_EQ((*gates)[1].comparison, GateComparison::kAtLeast);
  EXPECT_EQ((*gates)[2].text, "rtfx < 10");
  for (const char* wrong : {"", "wer", "wer = 3", "wr > 3", "wer > x", "wer > 3 4", "wer >", ",",
                            "wer > nan", "wer > 3,"}) {
    EXPECT_FALSE(ParseGates(wrong).ok()) << wrong;
  }
}

TEST(Gates, FailOnWhatTheySay) {
  Evaluation evaluation = Sample();  // WER 25, all half substitutions, half insertions.
  const auto failed = [&](std::string_view text) {
    return FailedGates(*ParseGates(text), evaluation);
  };
  EXPECT_TRUE(failed("wer > 25").empty());
  EXPECT_EQ(failed("wer >= 25"), std::vector<std::string>{"wer >= 25: it is 25"});
  EXPECT_EQ(failed("sub > 12, ins > 12, del > 0").size(), 2u);
  EXPECT_TRUE(Holds(failed("ece > 0.5").at(0), "cannot be told"));
  EXPECT_TRUE(Holds(failed("rtfx < 1").at(0), "nothing was recognised"));
  evaluation.run_time = RunTime{.audio_seconds = 10, .wall_seconds = 5};
  EXPECT_TRUE(failed("rtfx < 2").empty());
  EXPECT_EQ(failed("rtfx <= 2").size(), 1u);
}

}  // namespace
}  // namespace ironscribe::eval
