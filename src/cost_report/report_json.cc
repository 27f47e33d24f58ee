// The whole report for programs.

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cost/parameters.h"
#include "cost_report/report.h"

namespace ironscribe::cost_report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;

Json Cents(cost::Money money) { return std::round(money.value() * 100) / 100; }

// Without the digits that sums and quotients of doubles leave behind.
Json Rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  constexpr int kDigits = 10;
  const double scale = std::pow(10.0, kDigits - std::ceil(std::log10(std::abs(value))));
  const double rounded = std::round(value * scale) / scale;
  return std::isfinite(rounded) ? rounded : value;
}

Json ToJson(const cost::Percentiles& percentiles) {
  return {{"p10", Cents(percentiles.p10)},
          {"p50", Cents(percentiles.p50)},
          {"p90", Cents(percentiles.p90)}};
}

Json ToJson(const cost::WordErrors& words) {
  Json json = {{"kind", cost::KnowledgeName(words.knowledge)}};
  if (words.knowledge != cost::Knowledge::kUnknown) {
    json["percent"] = std::round(words.rate * 1e6) / 1e4;
    json["test"] = words.test;
    json["source"] = words.source;
    json["of"] = words.of_weights ? "weights" : "product";
  }
  return json;
}

Json OwnParts(const cost::OwnBill& own) {
  return {{"machines", Cents(own.machines)},
          {"electricity", Cents(own.electricity)},
          {"hosting", Cents(own.hosting)},
          {"storage", Cents(own.storage)},
          {"people", Cents(own.people)},
          {"fixed", Cents(own.fixed)},
          {"busy_machine_hours", std::round(own.busy.value() * 100) / 100},
          {"paid_machine_hours", std::round(own.paid.value() * 100) / 100},
          {"machine_count", own.machine_count}};
}

Json ToJson(const CostReport& report, size_t position) {
  const cost::Row& row = report.comparison.rows[position];
  const double hours =
      report.subject.usage.year().value() * report.subject.assumptions.volume_change;
  Json json = {{"id", row.id}, {"name", row.name}, {"own", row.is_own}};
  json["year"] = Cents(row.total());
  json["per_hour"] = hours > 0 ? Rounded(row.total().value() / hours) : Json();
  json["per_1000_hours"] = hours > 0 ? Rounded(1000 * row.total().value() / hours) : Json();
  json["bill"] = Cents(row.bill);
  json["correction"] = LacksCorrection(report, position) ? Json() : Cents(row.correction);
  json["present_value_3_years"] = Cents(row.present_value);
  json["monte_carlo"] = ToJson(report.monte_carlo.rows[position]);
  json["share_cheapest"] = report.monte_carlo.share_cheapest[position];
  json["word_errors"] = ToJson(row.words);
  json["comparable"] = row.comparable;
  json["lacks"] = row.lacks.empty() ? Json() : Json(row.lacks);
  json["missing_features"] = Json::array();
  for (const cost::Feature feature : row.missing) {
    json["missing_features"].push_back(cost::FeatureName(feature));
  }
  if (row.is_own) {
    json["parts"] = OwnParts(row.own);
    const cost::ModelSpeed& speed =
        report.subject.setups[position - report.subject.plans.size()].speed;
    json["speed"] = {{"model", speed.model},
                     {"software", speed.software},
                     {"kind", cost::KnowledgeName(speed.knowledge)},
                     {"per_core", speed.by_core()},
                     {"value", Rounded(speed.speed.value())},
                     {"low", Rounded(speed.low.value())},
                     {"high", Rounded(speed.high.value())},
                     {"processor", speed.processor},
                     {"source", speed.provenance.source}};
  } else {
    json["flat_rate_year"] = Cents(row.flat);
    json["add_ons"] = Cents(row.cloud.add_ons);
  }
  json["source"] = row.provenance.source;
  json["date"] = row.provenance.date;
  return json;
}

Json CrossingsJson(const CostReport& report) {
  Json list = Json::array();
  for (const Crossed& crossed : report.crossings) {
    const auto& [tiers, flat] = crossed.crossing;
    list.push_back(
        {{"own", report.comparison.rows[*report.own].id},
         {"plan", report.comparison.rows[crossed.plan].id},
         {"break_even_hours", tiers.has_value() ? Rounded(tiers->hours.value()) : Json()},
         {"cheaper_at_every_volume_above", tiers.has_value() && !tiers->comes_back},
         {"flat_rate_break_even_hours", flat.has_value() ? Rounded(flat->value()) : Json()},
         {"payback_months",
          crossed.payback_months.has_value() ? Rounded(*crossed.payback_months) : Json()}});
  }
  return list;
}

Json JumpsJson(const CostReport& report) {
  Json list = Json::array();
  for (const cost::PricePlan& plan : report.subject.plans) {
    for (const cost::Jump& jump : cost::JumpsOf(plan)) {
      list.push_back({{"plan", plan.id},
                      {"hours_per_month", Rounded(cost::HoursOf(jump.minutes).value())},
                      {"month_before", Cents(jump.before)},
                      {"month_after", Cents(jump.after)},
                      {"what", jump.what}});
    }
  }
  return list;
}

Json UsageJson(const cost::Usage& usage) {
  Json months = Json::array();
  for (const cost::AudioHours month : usage.months) months.push_back(Rounded(month.value()));
  Json clips = Json::array();
  for (const cost::ClipLength& clip : usage.clips) {
    clips.push_back({{"seconds", Rounded(clip.length.value())}, {"share", Rounded(clip.share)}});
  }
  Json features = Json::array();
  for (const cost::Feature feature : usage.features) features.push_back(cost::FeatureName(feature));
  return {{"months", months},
          {"hours_per_year", Rounded(usage.year().value())},
          {"growth_per_year", usage.growth_per_year},
          {"channels", usage.channels},
          {"clips", clips},
          {"features", features}};
}

Json MeasuredJson(const CostReport& report) {
  Json list = Json::array();
  for (const MeasuredSpeed& one : report.measured) {
    list.push_back(
        {{"model", one.model},
         {"processor", one.processor},
         {"cores", one.cores},
         {"repeats", one.repeats},
         {"audio_seconds", one.audio_seconds},
         {"speed", Rounded(one.speed.value())},
         {"low", Rounded(one.low.value())},
         {"high", Rounded(one.high.value())},
         {"settings", one.settings},
         {"release_line", ReleaseLine(one, {}, report.subject.assumptions.utilization)}});
  }
  return list;
}

}  // namespace

std::string WriteReportJson(const CostReport& report) {
  Json json = {{"format_version", kFormatVersion},
               {"summary", Summarize(report)},
               {"currency", report.settings.currency},
               {"as_of", report.settings.as_of},
               {"usage", UsageJson(report.subject.usage)}};
  for (const cost::Parameter& parameter : cost::Parameters()) {
    json["parameters"][std::string(parameter.key)] = parameter.get(report.subject.assumptions);
  }
  json["against"] = report.subject.against;
  const auto& cheapest = report.comparison.headline.cheapest;
  json["cheapest"] = cheapest.has_value() ? Json(report.comparison.rows[*cheapest].id) : Json();
  json["rows"] = Json::array();
  for (const size_t position : report.order) json["rows"].push_back(ToJson(report, position));
  json["crossings"] = CrossingsJson(report);
  json["jumps"] = JumpsJson(report);
  json["tornado"] = Json::array();
  for (const cost::Swing& swing : report.swings) {
    json["tornado"].push_back({{"parameter", swing.key},
                               {"low", Rounded(swing.low)},
                               {"high", Rounded(swing.high)},
                               {"saving_at_low", Cents(swing.saving_at_low)},
                               {"saving_at_high", Cents(swing.saving_at_high)}});
  }
  const cost::MonteCarloResult& drawn = report.monte_carlo;
  json["monte_carlo"] = {{"draws", drawn.options.draws},
                         {"seed", drawn.options.seed},
                         {"share_own_cheaper", drawn.share_own_cheaper},
                         {"saving", drawn.saving.has_value() ? ToJson(*drawn.saving) : Json()}};
  json["measured"] = MeasuredJson(report);
  json["notes"] = report.notes;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ironscribe::cost_report
