// The terminal's form.

#include <fmt/format.h>

#include <algorithm>

#include "cost/parameters.h"
#include "cost_report/report.h"
#include "text/terminal_lines.h"

namespace ironscribe::cost_report {
namespace {

using cost::Row;
using Rows = std::vector<std::vector<std::string>>;

constexpr size_t kSwings = 6;

std::vector<std::string> LineOf(const CostReport& report, size_t position) {
  const Row& row = report.comparison.rows[position];
  const std::string& currency = report.settings.currency;
  const double hours =
      report.subject.usage.year().value() * report.subject.assumptions.volume_change;
  const cost::Percentiles& drawn = report.monte_carlo.rows[position];
  const bool lacks_correction = LacksCorrection(report, position);
  const std::string remark =
      !row.missing.empty() ? fmt::format("no known {}", cost::FeatureName(row.missing[0]))
      : !row.lacks.empty() ? "lacks " + row.lacks.substr(0, row.lacks.find(','))
      : lacks_correction   ? "bill only, correction unknown"
                           : "";
  return {(row.comparable     ? "* "
           : lacks_correction ? "~ "
                              : "  ") +
              row.name,
          MoneyText(row.total(), currency),
          hours > 0 ? PriceText(row.total().value() / hours, currency) : "-",
          hours > 0 ? PriceText(1000 * row.total().value() / hours, currency) : "-",
          MoneyText(drawn.p10, currency),
          MoneyText(drawn.p90, currency),
          row.is_own ? "-" : MoneyText(row.flat, currency),
          MoneyText(row.present_value, currency),
          WordErrorText(row.words),
          remark};
}

std::vector<std::string> CrossingLine(const CostReport& report, const Crossed& crossed) {
  const auto& [tiers, flat] = crossed.crossing;
  const Row& plan = report.comparison.rows[crossed.plan];
  return {
      "against " + plan.name + (plan.comparable ? "" : " (~)"),
      !tiers.has_value() ? "never"
      : tiers->always    ? "0"
                         : CountText(tiers->hours.value()) + (tiers->comes_back ? " (*)" : ""),
      flat.has_value() ? CountText(flat->value()) : "never",
      crossed.payback_months.has_value() ? fmt::format("{:.1f}", *crossed.payback_months) : "never",
      MoneyText(plan.total() - report.comparison.rows[*report.own].total(),
                report.settings.currency)};
}

// The cheapest own machines against the plan to be replaced and those of the first `max_rows`.
std::string Crossings(const CostReport& report, size_t max_rows) {
  if (!report.own.has_value()) return "";
  Rows rows = {{report.comparison.rows[*report.own].name, "break-even, h/year", "at a flat rate",
                "payback, months", "saved a year"}};
  bool comes_back = false;
  bool not_compared = false;
  for (size_t i = 0; i < report.order.size(); ++i) {
    if (i >= max_rows && report.order[i] != report.comparison.against) continue;
    for (const Crossed& crossed : report.crossings) {
      if (crossed.plan != report.order[i]) continue;
      rows.push_back(CrossingLine(report, crossed));
      not_compared = not_compared || !report.comparison.rows[crossed.plan].comparable;
      const auto& tiers = crossed.crossing.tiers;
      comes_back = comes_back || (tiers.has_value() && tiers->comes_back);
    }
  }
  if (rows.size() == 1) return "";
  return "\n" + text::TextTable(rows, text::TableKind::kNumbers) +
         (not_compared ? "(~) prices only, not compared: its errors are unknown or too many, or a "
                         "feature is.\n"
                       : "") +
         (comes_back ? "(*) not at every volume above. " : "") + FlatRateNote(report) + "\n";
}

std::string Tornado(const CostReport& report) {
  if (report.swings.empty()) return "";
  const std::string& currency = report.settings.currency;
  Rows rows = {{"what moves the saving of own machines", "low", "saving", "high", "saving"}};
  for (size_t i = 0; i < std::min(kSwings, report.swings.size()); ++i) {
    const cost::Swing& swing = report.swings[i];
    const std::string_view unit = cost::FindParameter(swing.key)->unit;
    rows.push_back({std::string(swing.key), ParameterText(swing.low, unit, currency),
                    MoneyText(swing.saving_at_low, currency),
                    ParameterText(swing.high, unit, currency),
                    MoneyText(swing.saving_at_high, currency)});
  }
  return "\n" + text::TextTable(rows, text::TableKind::kNumbers);
}

std::string Jumps(const CostReport& report) {
  Rows rows = JumpRows(report);
  if (rows.empty()) return "";
  rows.insert(rows.begin(), {"commitments and jumps of a month's bill", "from, h/month", "before",
                             "after", "what"});
  return "\n" + text::TextTable(rows, text::TableKind::kNumbers);
}

}  // namespace

std::string WriteReportText(const CostReport& report, size_t max_rows) {
  const std::string& currency = report.settings.currency;
  std::string text;
  for (const std::string& part : Summary(report)) text += text::Wrapped(part, 100);
  text += "\n";
  Rows rows = {{"  product", "a year", "an hour", "1,000 h", "p10", "p90", "flat rate", "3 years",
                "word errors", ""}};
  for (size_t i = 0; i < std::min(max_rows, report.order.size()); ++i) {
    rows.push_back(LineOf(report, report.order[i]));
  }
  text += text::TextTable(rows, text::TableKind::kNumbers);
  if (report.order.size() > max_rows) {
    text += fmt::format("  and {} more; --rows shows them\n", report.order.size() - max_rows);
  }
  text +=
      "* may be compared: see the first sentence. Prices without tax; 3 years are the present "
      "value.\n";
  if (report.comparison.headline.with_correction) {
    text +=
        "~ the bill alone: what correcting its errors costs is unknown, so it stands last and "
        "nothing is\n  reckoned against it.\n";
  }
  text += Crossings(report, max_rows) + Jumps(report) + Tornado(report);
  if (report.monte_carlo.saving.has_value()) {
    const cost::Percentiles& saving = *report.monte_carlo.saving;
    text += fmt::format(
        "\nsaving of the cheapest own machines a year: p10 {}, p50 {}, p90 {} ({} draws, seed "
        "{})\n",
        MoneyText(saving.p10, currency), MoneyText(saving.p50, currency),
        MoneyText(saving.p90, currency), CountText(report.monte_carlo.options.draws),
        report.monte_carlo.options.seed);
  }
  for (const std::string& note : report.notes) text += text::Wrapped("note: " + note, 100);
  return text;
}

}  // namespace ironscribe::cost_report
