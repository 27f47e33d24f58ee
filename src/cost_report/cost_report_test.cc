#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cost_report/capacity_report.h"
#include "cost_report/charts.h"
#include "cost_report/report.h"

namespace ironscribe::cost_report {
namespace {

using cost::AudioHours;
using cost::Money;

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

cost::PricePlan Plan(std::string id, double per_minute, double errors) {
  cost::PricePlan plan;
  plan.id = id;
  plan.name = "Plan <" + id + ">";
  plan.tiers = {{cost::AudioMinutes(0), std::nullopt, cost::MinutePrice(per_minute)}};
  if (errors > 0) plan.words = {cost::Knowledge::kPublished, errors, "a test", "somebody"};
  plan.provenance = {"a, \"source\"", "2026-01-01"};
  return plan;
}

cost::Case Example() {
  cost::Case one;
  one.usage = cost::EvenUsage(AudioHours(500'000));
  one.plans = {Plan("replaced", 0.016, 0.0663), Plan("dear", 0.02, 0.06), Plan("cheap", 0.001, 0)};
  cost::OwnSetup own;
  own.speed.model = "base";
  own.speed.words = {cost::Knowledge::kMeasured, 0.07, "a test", "us"};
  own.stated_machines = Money(50'000);
  one.setups = {own};
  one.against = "replaced";
  one.assumptions.months_stored = 0;
  return one;
}

CostReport Report(cost::Case subject) {
  return MakeCostReport(std::move(subject), {.currency = "USD",
                                             .as_of = "2026-11-01",
                                             .monte_carlo = {.draws = 500},
                                             .volume_source = {}});
}

TEST(CostReport, SaysWhatIsCheapestByHowMuchAndWhatWouldChangeIt) {
  const std::string text = Summarize(Report(Example()));
  EXPECT_TRUE(Holds(text, "At 500,000 hours a year")) << text;
  EXPECT_TRUE(
      Holds(text,
            "the cheapest is self-hosted base on machines as stated (word error rate 7.00 %, "
            "measured) for $210,000 a year, $270,000 less than the next"))
      << text;
  EXPECT_TRUE(Holds(text, "own machines are cheaper from 218,750 hours a year")) << text;
}

TEST(CostReport, SaysThatOwnMachinesLose) {
  cost::Case subject = Example();
  subject.plans = {Plan("replaced", 0.0025, 0.0663)};
  subject.setups[0].stated_machines = Money(30'000);
  const std::string text = Summarize(Report(subject));
  EXPECT_TRUE(Holds(text, "the cheapest is Plan <replaced>")) << text;
  EXPECT_TRUE(Holds(text, "$115,000 more than the cheapest provider")) << text;
  EXPECT_TRUE(Holds(text, "with engineers at 0.25")) << text;
}

TEST(CostReport, SaysHowFarABreakEvenWasLookedFor) {
  cost::Case subject = Example();
  subject.plans = {Plan("replaced", 0, 0.0663)};
  EXPECT_TRUE(Holds(Summarize(Report(subject)),
                    "own machines do not become cheaper up to 1,000,000,000 hours a year"))
      << Summarize(Report(subject));
}

TEST(CostReport, SaysThatARateIsOfTheWeightsOnly) {
  cost::Case subject = Example();
  EXPECT_FALSE(Holds(Summarize(Report(subject)), "the same weights"));
  for (auto& plan : subject.plans) plan.words.of_weights = true;
  EXPECT_TRUE(Holds(Summarize(Report(subject)),
                    "published, a leaderboard's figure of the same weights, not of this product)"))
      << Summarize(Report(subject));
}

TEST(CostReport, UnknownErrorsAreNotCalledBest) {
  cost::Case subject = Example();
  for (auto& plan : subject.plans) plan.words = {};
  subject.setups[0].speed.words = {};
  const std::string text = Summarize(Report(subject));
  EXPECT_TRUE(Holds(text, "and a known word error rate at all, so none is called the best"))
      << text;
  EXPECT_TRUE(Holds(text, "the lowest price is that of Plan <cheap>")) << text;
}

// Whoever replaces a product must learn what it costs, although its errors are unknown.
TEST(CostReport, AReplacedProductOfUnknownErrorsIsTold) {
  cost::Case subject = Example();
  subject.against = "cheap";
  const std::string text = Summarize(Report(subject));
  EXPECT_TRUE(Holds(text,
                    "The product to be replaced, Plan <cheap>, is not among them: its word error "
                    "rate is unknown"))
      << text;
  EXPECT_TRUE(Holds(text,
                    "Its bill is $30,000 a year, $180,000 less than that of the cheapest named "
                    "here, which is therefore not called better"))
      << text;
  EXPECT_FALSE(Holds(Summarize(Report(Example())), "is not among them"));
}

// A bill without correction does not stand before one that holds it.
TEST(CostReport, BillsWithoutCorrectionAreNoTotals) {
  cost::Case subject = Example();
  subject.assumptions.wage_per_hour = Money(30);
  const CostReport report = Report(subject);
  ASSERT_EQ(report.order.size(), 4u);
  EXPECT_EQ(report.order.back(), 2u) << "the cheap one, of unknown errors";
  for (const Crossed& crossed : report.crossings) EXPECT_NE(crossed.plan, 2u);
  const std::string text = WriteReportText(report, 10);
  EXPECT_TRUE(Holds(text, "~ Plan <cheap>")) << text;
  EXPECT_TRUE(Holds(text, "bill only, correction unknown")) << text;
  EXPECT_FALSE(Holds(text, "against Plan <cheap>")) << text;
  const auto json = nlohmann::json::parse(WriteReportJson(report));
  EXPECT_TRUE(json["rows"][3]["correction"].is_null());

  subject.setups[0].speed.words = {};
  const CostReport unknown = Report(subject);
  EXPECT_TRUE(unknown.crossings.empty());
  EXPECT_TRUE(unknown.swings.empty());
  const std::string told = Summarize(unknown);
  EXPECT_FALSE(Holds(told, "--wage")) << told;
  EXPECT_TRUE(Holds(told, "no break-even, payback or saving is told")) << told;
  EXPECT_FALSE(Holds(WriteReportHtml(unknown), "Saved by own machines"));
}

TEST(CostReport, WhatLacksAPartDoesNotWin) {
  cost::Case subject = Example();
  subject.setups[0].offer.lacks = "a host, without price";
  const CostReport report = Report(subject);
  EXPECT_NE(report.comparison.headline.cheapest, std::optional<size_t>(3));
  EXPECT_TRUE(Holds(WriteReportText(report, 10), "lacks a host"));
}

TEST(CostReport, NothingWithoutVolumeOrProducts) {
  cost::Case subject = Example();
  subject.usage = cost::EvenUsage(AudioHours(0));
  const CostReport empty = Report(subject);
  EXPECT_TRUE(Holds(WriteReportText(empty, 10), "At 0 hours a year"));
  EXPECT_TRUE(Holds(Summarize(empty),
                    "it is a tie: 2 products cost $0 a year: Plan <replaced>; Plan <dear>."))
      << Summarize(empty);
  EXPECT_FALSE(Holds(WriteReportHtml(empty), "nan"));
  EXPECT_FALSE(Holds(WriteReportJson(empty), "nan"));
  subject.plans.clear();
  subject.setups.clear();
  EXPECT_TRUE(Holds(Summarize(Report(subject)), "nothing can be compared"));
  EXPECT_EQ(YearBars(Report(subject), 5), "");
  EXPECT_EQ(VolumeCurves(Report(subject)), "");
}

TEST(CostReport, OutputsAgree) {
  const CostReport report = Report(Example());
  const std::string text = WriteReportText(report, 10);
  EXPECT_TRUE(Holds(text, "* self-hosted base on machines as stated")) << text;
  EXPECT_TRUE(Holds(text, "218,750"));
  EXPECT_TRUE(Holds(WriteReportText(report, 1), "and 3 more"));
  const auto json = nlohmann::json::parse(WriteReportJson(report));
  EXPECT_EQ(json["cheapest"], "own-as-stated");
  EXPECT_EQ(json["rows"].size(), 4u);
  EXPECT_EQ(json["rows"][0]["id"], "cheap");
  EXPECT_EQ(json["crossings"].size(), 3u);
  EXPECT_EQ(json["parameters"]["engineers"], 1.0);
  EXPECT_EQ(json["rows"][1]["parts"]["people"], 160'000.0);
  const std::string csv = WriteReportCsv(report);
  EXPECT_TRUE(Holds(csv, "\"a, \"\"source\"\"\""));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 5);
}

TEST(CostReport, CsvFieldsAreNoFormulas) {
  cost::Case subject = Example();
  subject.plans[0].name = "=HYPERLINK(1)";
  EXPECT_TRUE(Holds(WriteReportCsv(Report(subject)), ",'=HYPERLINK(1),"));
}

TEST(CostReport, PageIsWholeAndEscaped) {
  const std::string page = WriteReportHtml(Report(Example()));
  EXPECT_TRUE(Holds(page, "Plan &lt;replaced&gt;"));
  EXPECT_FALSE(Holds(page, "Plan <"));
  EXPECT_FALSE(Holds(page, "<script"));
  EXPECT_FALSE(Holds(page, "src="));
  for (const char* part : {"Cost over volume", "What moves the saving", "Break-even and payback",
                           "Assumptions", "Sources", "<polyline", "class=\"mark\""}) {
    EXPECT_TRUE(Holds(page, part)) << part;
  }
}

TEST(CostReport, CommitmentsAreShown) {
  cost::Case subject = Example();
  cost::PricePlan& plan = subject.plans[1];
  plan.kind = cost::PlanKind::kCommitment;
  plan.levels = {{Money(1600), cost::AudioMinutes(120'000), cost::MinutePrice(0.0133)}};
  const std::string page = WriteReportHtml(Report(subject));
  EXPECT_TRUE(Holds(page, "Commitments and jumps"));
  EXPECT_TRUE(Holds(page, "due each month without any audio"));
  const std::string text = WriteReportText(Report(subject), 10);
  EXPECT_TRUE(Holds(text, "commitments and jumps"));
  EXPECT_TRUE(Holds(text, "due each month without any audio"));
  EXPECT_FALSE(Holds(WriteReportText(Report(Example()), 10), "commitments and jumps"));
}

TEST(CostReport, Numbers) {
  EXPECT_EQ(MoneyText(Money(-1234567.8), "USD"), "-$1,234,568");
  EXPECT_EQ(MoneyText(Money(999), "EUR"), "€999");
  EXPECT_EQ(MoneyText(Money(1000), "CHF"), "CHF 1,000");
  EXPECT_EQ(PriceText(0.96, "USD"), "$0.9600");
  EXPECT_EQ(PriceText(1234.5, "USD"), "$1,234");
  EXPECT_EQ(ParameterText(0.35, "share", "USD"), "35 %");
  EXPECT_EQ(ParameterText(160'000, "$/year", "EUR"), "€160,000/year");
}

// 208,333 hours at 43.3 x a core are 4,811 core-hours.
TEST(CostReport, LineOfARelease) {
  MeasuredSpeed measured;
  measured.model = "tiny.en";
  measured.processor = "a processor";
  measured.cores = 2;
  measured.speed = cost::Speed(86.6);
  measured.low = cost::Speed(80);
  measured.high = cost::Speed(93);
  const std::string line = ReleaseLine(measured, {}, 0.35);
  EXPECT_TRUE(Holds(line, "tiny.en: 86.6 hours of audio per machine-hour (80.0 to 93.0)")) << line;
  EXPECT_TRUE(Holds(line, "$200,000 for 208,333 hours falls to $20,000")) << line;
  EXPECT_TRUE(Holds(line, "$1.455 at 35 % use, $4.157 at full use")) << line;
}

TEST(CapacityReport, TextJsonAndKubernetes) {
  CapacityReport report;
  report.load.recordings_per_day = 3e6 * 3 / 365;
  report.load.profile = cost::DayProfile(1);
  report.load.speeds = {{1, cost::Speed(46)}};
  report.target.share = 0.8;
  report.plan = *cost::PlanCapacity(report.load, report.target);
  report.stream_load = cost::StreamLoad{.mean_streams = 84, .per_machine = 16};
  report.streams = cost::PlanStreams(*report.stream_load, 1);
  report.simulation = cost::SimulationResult{.recordings = 5, .share_in_time = 0.799};
  report.machine = {.cores = 4, .memory_gb = 8};
  report.speed_source = "as stated";
  const std::string text = WriteCapacityText(report);
  EXPECT_TRUE(Holds(text, "5 machines carry the busiest hour")) << text;
  EXPECT_TRUE(Holds(text, "100 places")) << text;
  EXPECT_TRUE(Holds(text, "4.62 s")) << text;
  EXPECT_FALSE(Holds(text, "note:")) << "the formula is exact at a variation of 1";
  report.load.arrival_variability = 4;
  const auto doubt = [&] {
    return nlohmann::json::parse(WriteCapacityJson(report))["notes"].at(0).get<std::string>();
  };
  EXPECT_TRUE(Holds(doubt(), "checked from 80 % use on")) << doubt();
  EXPECT_TRUE(Holds(doubt(), "With 5 at 74 %")) << doubt();
  EXPECT_TRUE(Holds(doubt(), "too short (by")) << doubt();
  EXPECT_TRUE(Holds(WriteCapacityText(report), "note: the formula")) << WriteCapacityText(report);
  report.simulation->share_in_time = 0.75;
  EXPECT_TRUE(Holds(WriteCapacityText(report), "75.0 % begin in time, not the 80 % asked for"));
  report.load.arrival_variability = 0.5;
  report.plan.service_variability = 4;
  EXPECT_TRUE(Holds(doubt(), "too long (by")) << doubt();
  const auto json = nlohmann::json::parse(WriteCapacityJson(report));
  EXPECT_EQ(json["with_spare"], 6);
  EXPECT_EQ(json["hours"].size(), 24u);
  // Six for recordings and seven for streams, the spare one counted once.
  EXPECT_EQ(json["replicas"]["max"], 13);
  const std::string yaml = WriteKubernetes(report);
  EXPECT_TRUE(Holds(yaml, "maxReplicas: 13")) << yaml;
  EXPECT_TRUE(Holds(yaml, "requests: {cpu: \"4\", memory: 7630Mi}")) << yaml;
  EXPECT_TRUE(Holds(yaml, "averageUtilization: 74")) << yaml;
}

TEST(CapacityReport, StreamsAlone) {
  CapacityReport report;
  report.load.profile = cost::DayProfile(1);
  report.load.speeds = {{1, cost::Speed(46)}};
  report.plan = *cost::PlanCapacity(report.load, report.target);
  report.stream_load = cost::StreamLoad{.mean_streams = 84, .per_machine = 16};
  report.streams = cost::PlanStreams(*report.stream_load, 1);
  const std::string text = WriteCapacityText(report);
  EXPECT_EQ(text.find("84 streams at once"), 0u) << text;
  EXPECT_FALSE(Holds(text, "recordings")) << text;
  const std::string yaml = WriteKubernetes(report);
  EXPECT_TRUE(Holds(yaml, "replicas: 8")) << yaml;
  EXPECT_TRUE(Holds(yaml, "averageUtilization: 84")) << yaml;
  // Without requests an autoscaler has nothing to count by.
  EXPECT_TRUE(Holds(yaml, "# Assumed, for nothing was stated")) << yaml;
  EXPECT_TRUE(Holds(yaml, "requests: {cpu: \"2\", memory: 3815Mi}")) << yaml;
}

}  // namespace
}  // namespace ironscribe::cost_report
