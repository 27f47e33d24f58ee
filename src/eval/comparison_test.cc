#include "eval/comparison.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "eval/html_report.h"
#include "eval/result_json.h"
#include "eval/svg_plots.h"
#include "eval/test_files.h"
#include "html/html_text.h"

namespace ironscribe::eval {
namespace {

struct Texts {
  std::string id;
  std::string reference;
  std::string hypothesis;
};

Evaluation Evaluate(const std::vector<Texts>& texts, std::string system = "sys") {
  std::vector<ScoredUtterance> utterances;
  for (const Texts& one : texts) {
    ScoredUtterance scored;
    scored.id = one.id;
    EXPECT_TRUE(AlignTexts(one.reference, one.hypothesis, AlignmentCosts::kUnit, scored).ok());
    utterances.push_back(std::move(scored));
  }
  EvaluationSettings settings;
  settings.system = std::move(system);
  settings.bootstrap.replicates = 500;
  return Summarize(std::move(utterances), std::move(settings));
}

TEST(Comparison, WordsThatChanged) {
  const Evaluation a = Evaluate({{"1", "the cat sat", "the bat sat"}, {"2", "the end", "end"}});
  const Evaluation b = Evaluate({{"1", "the cat sat", "the cat sad"}, {"2", "the end", "the end"}});
  const auto comparison = Compare(a, b);
  ASSERT_TRUE(comparison.ok()) << comparison.status().message();
  EXPECT_EQ(comparison->words_a.errors(), 2);
  EXPECT_EQ(comparison->words_b.errors(), 1);
  EXPECT_EQ(comparison->files, 2);
  EXPECT_EQ(comparison->files_better, 1);
  EXPECT_EQ(comparison->files_worse, 0);
  ASSERT_EQ(comparison->changes.size(), 1u);
  EXPECT_EQ(comparison->changes[0].id, "2");
  // A missed "cat" and "the" and invented "bat"; B missed "sat" and invented "sad".
  std::vector<std::string> better;
  for (const WordChange& change : comparison->better) better.push_back(change.word);
  EXPECT_EQ(better, (std::vector<std::string>{"bat", "cat", "the"}));
  EXPECT_EQ(comparison->better[2].in_reference, 2);
  EXPECT_EQ(comparison->better[2].missed_a, 1);
  ASSERT_EQ(comparison->worse.size(), 2u);
  EXPECT_EQ(comparison->worse[0].word, "sad");
  EXPECT_EQ(comparison->worse[0].invented_b, 1);
}

TEST(Comparison, RealDifferencesAndChance) {
  std::vector<Texts> bad;
  std::vector<Texts> good;
  for (int i = 0; i < 60; ++i) {
    const std::string id = std::to_string(i);
    bad.push_back({id, "a b c d e f g h", i % 3 == 0 ? "a b c d e f g h" : "a b c x e f g h"});
    good.push_back({id, "a b c d e f g h", i % 9 == 0 ? "a b c x e f g h" : "a b c d e f g h"});
  }
  const auto clear = Compare(Evaluate(bad), Evaluate(good));
  ASSERT_TRUE(clear.ok());
  EXPECT_TRUE(IsSignificant(*clear));
  EXPECT_TRUE(Holds(Verdict(*clear), "B has a word error rate")) << Verdict(*clear);
  EXPECT_TRUE(Holds(Verdict(*clear), "more than chance"));
  const auto same = Compare(Evaluate(bad), Evaluate(bad));
  EXPECT_FALSE(IsSignificant(*same));
  EXPECT_TRUE(Holds(Verdict(*same), "no difference"));
  std::vector<Texts> luck = bad;
  luck[0].hypothesis = "a b c d e f g x";
  const auto chance = Compare(Evaluate(bad), Evaluate(luck));
  EXPECT_FALSE(IsSignificant(*chance));
  EXPECT_TRUE(Holds(Verdict(*chance), "A has a word error rate")) << Verdict(*chance);
}

TEST(Comparison, WhatCannotBeCompared) {
  const Evaluation a = Evaluate({{"1", "a", "a"}, {"2", "b", "b"}});
  EXPECT_TRUE(
      Holds(Compare(a, Evaluate({{"3", "a", "a"}})).status().message(), "no recording is in both"));
  EXPECT_TRUE(
      Holds(Compare(a, Evaluate({{"1", "x", "a"}})).status().message(), "references of '1'"));
  Evaluation other = Evaluate({{"1", "a", "a"}});
  const auto partly = Compare(a, other);
  ASSERT_TRUE(partly.ok());
  ASSERT_EQ(partly->notes.size(), 1u);
  EXPECT_TRUE(Holds(partly->notes[0], "1 recordings are in one result only"));
  // A result made by hand that names a recording twice: one of them has no partner.
  const auto twice = Compare(Evaluate({{"1", "a", "a"}, {"1", "a", "x"}}), other);
  ASSERT_TRUE(twice.ok());
  EXPECT_EQ(twice->files, 1);
  ASSERT_EQ(twice->notes.size(), 1u);
  EXPECT_TRUE(Holds(twice->notes[0], "1 recordings are in one result only"));
  other.settings.scoring.normalizer = NormalizerKind::kEnglish;
  EXPECT_TRUE(Holds(Compare(a, other).status().message(), "--normalizer"));
  other = Evaluate({{"1", "a", "a"}});
  other.settings.scoring.costs = AlignmentCosts::kSclite;
  EXPECT_TRUE(Holds(Compare(a, other).status().message(), "--align"));
}

TEST(Comparison, Json) {
  const auto comparison =
      Compare(Evaluate({{"1", "a b", "a c"}}, "one"), Evaluate({{"1", "a b", "a b"}}, "two"));
  ASSERT_TRUE(comparison.ok());
  const auto json = nlohmann::json::parse(WriteComparisonJson(*comparison));
  EXPECT_EQ(json.at("a").at("system"), "one");
  EXPECT_EQ(json.at("b").at("wer"), 0);
  EXPECT_EQ(json.at("paired_bootstrap").at("difference"), -50);
  EXPECT_EQ(json.at("significant"), false);
  EXPECT_EQ(json.at("words_better").size(), 2u);
  EXPECT_EQ(json.at("files_changed").at(0).at("id"), "1");
}

TEST(HtmlReport, EscapesWhatComesFromOutside) {
  EXPECT_EQ(html::EscapeHtml("<a href='x' \"y\">&\x1b"),
            "&lt;a href=&#39;x&#39; &quot;y&quot;&gt;&amp;?");
  const std::string attack = "<script>alert(1)</script>";
  Evaluation evaluation = Evaluate({{attack, attack + " a", attack + attack}}, attack);
  evaluation.settings.manifest = attack;
  evaluation.utterances[0].speaker = attack;
  evaluation = Summarize(evaluation.utterances, evaluation.settings);
  evaluation.problems = {{attack, attack}};
  const std::string html = WriteHtmlReport(evaluation);
  EXPECT_FALSE(Holds(html, "<script"));
  EXPECT_TRUE(Holds(html, "&lt;script&gt;"));
  const auto comparison = Compare(evaluation, Evaluate({{attack, attack + " a", ""}}, attack));
  ASSERT_TRUE(comparison.ok());
  EXPECT_FALSE(Holds(WriteHtmlComparison(*comparison), "<script"));
}

TEST(HtmlReport, LoadsNothing) {
  Evaluation evaluation = Evaluate({{"1", "a b", "a c"}, {"2", "e", ""}});
  evaluation.calibration = Calibrate(std::vector<WordConfidence>(20, {0.5f, true}));
  evaluation.times = TimePrecision{.words = 1, .errors_seconds = {0.1}};
  evaluation.run_time = RunTime{10, 1};
  const std::string html = WriteHtmlReport(evaluation);
  for (const char* loading :
       {"http://", "https://", "src=", "url(", "@import", "<link", "<script"}) {
    EXPECT_FALSE(Holds(html, loading)) << loading;
  }
  EXPECT_TRUE(Holds(html, "default-src 'none'"));
  EXPECT_TRUE(Holds(html, "prefers-color-scheme:dark"));
  EXPECT_TRUE(Holds(html, "<svg"));
  EXPECT_TRUE(Holds(html, "Reliability"));
  EXPECT_TRUE(Holds(html, "<span class=\"p s\"><bdi>b</bdi><bdi>c</bdi></span>"));
}

TEST(HtmlReport, TextsRunInTheirDirection) {
  EXPECT_TRUE(Holds(WriteHtmlReport(Evaluate({{"1", "שלום עולם", "שלום"}})), "dir=\"rtl\""));
  EXPECT_FALSE(Holds(WriteHtmlReport(Evaluate({{"1", "hello world", "hello"}})), "dir=\"rtl\""));
}

TEST(SvgPlots, NumbersStayInThePicture) {
  const Evaluation evaluation = Evaluate({{"1", "a", "b c d e f g h"}, {"2", "", "x"}});
  const std::string histogram = RateHistogram(evaluation.utterances);
  EXPECT_TRUE(Holds(histogram, "<title>2 files, 100 % and more</title>")) << histogram;
  EXPECT_FALSE(Holds(histogram, "nan"));
  EXPECT_EQ(ErrorBars({}, 10), "");
  EXPECT_FALSE(Holds(TimeErrorCurve({}), "nan"));
}

}  // namespace
}  // namespace ironscribe::eval
