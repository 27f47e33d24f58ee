// One page with charts.

#include <fmt/format.h>

#include <algorithm>

#include "cost/parameters.h"
#include "cost_report/charts.h"
#include "cost_report/report.h"
#include "html/html_parts.h"
#include "html/html_text.h"

namespace ironscribe::cost_report {
namespace {

using cost::Money;
using Rows = std::vector<std::vector<std::string>>;

constexpr size_t kMaxBars = 30;
constexpr size_t kMaxSwings = 12;
constexpr size_t kMaxRows = 500;

// Beside html_style.h: filled bars may be compared, open ones may not.
constexpr std::string_view kStyle = R"css(
.lead{max-width:85ch}.lead p{margin:8px 0}.lead p:first-child{font-size:1.15em;font-weight:600}
td:first-child,th:first-child{min-width:14em}
th{white-space:normal;vertical-align:bottom}
figcaption:empty{display:none}
svg .cloud{fill:var(--i)}svg .own{fill:var(--ok)}
svg .cloud.open{fill:var(--i-bg);stroke:var(--i)}
svg .own.open{fill:var(--ok);fill-opacity:.2;stroke:var(--ok)}
svg .range{stroke:var(--fg);stroke-opacity:.7}
svg .low{fill:var(--s)}svg .high{fill:var(--i)}
svg .line{fill:none;stroke-width:2}
svg .c-own{stroke:var(--ok);stroke-width:3}svg .c-1{stroke:var(--d)}svg .c-2{stroke:var(--i)}
svg .c-3{stroke:var(--s)}svg .c-4{stroke:var(--dim)}
svg .mark{fill:var(--bg);stroke:var(--ok);stroke-width:2}
.key b{display:inline-block;width:12px;height:12px;margin:0 4px 0 12px;border-radius:2px}
.k-cloud{background:var(--i)}.k-own{background:var(--ok)}.k-low{background:var(--s)}
.wide td,.wide th{white-space:normal;text-align:left;vertical-align:top}
.wide td:nth-child(2),.wide th:nth-child(2){white-space:nowrap}
.products{font-size:13px}.products td:nth-child(2),.products td:nth-child(3){white-space:normal}
.last-left td:last-child,.last-left th:last-child{text-align:left}
)css";

std::string Section(std::string_view name, const std::string& body) {
  if (body.empty()) return "";
  return fmt::format("<h2>{}</h2>\n{}", html::EscapeHtml(name), body);
}

std::string Tiles(const CostReport& report) {
  const std::string& currency = report.settings.currency;
  const auto& rows = report.comparison.rows;
  std::string body = "<div class=\"tiles\">\n";
  if (report.plan.has_value()) {
    body += html::HtmlTile("Cheapest provider", MoneyText(rows[*report.plan].total(), currency),
                           rows[*report.plan].name);
  }
  if (report.own.has_value()) {
    body += html::HtmlTile("Cheapest own machines", MoneyText(rows[*report.own].total(), currency),
                           rows[*report.own].name);
  }
  if (report.plan.has_value() && report.own.has_value() && !PairLacksCorrection(report)) {
    const Money saved = rows[*report.plan].total() - rows[*report.own].total();
    body += html::HtmlTile("Saved by own machines", MoneyText(saved, currency), "a year");
    for (const Crossed& crossed : report.crossings) {
      if (crossed.plan != *report.plan) continue;
      const auto& tiers = crossed.crossing.tiers;
      body += html::HtmlTile("Break-even",
                             !tiers.has_value() ? "never" : CountText(tiers->hours.value()) + " h",
                             "of audio a year, by real tiers");
      body += html::HtmlTile("Payback",
                             crossed.payback_months.has_value()
                                 ? fmt::format("{:.1f} months", *crossed.payback_months)
                                 : "never",
                             "of the migration");
    }
  }
  if (report.monte_carlo.saving.has_value()) {
    const cost::Percentiles& saving = *report.monte_carlo.saving;
    body += html::HtmlTile("Saving, p50", MoneyText(saving.p50, currency),
                           fmt::format("p10 {}, p90 {}", MoneyText(saving.p10, currency),
                                       MoneyText(saving.p90, currency)));
  }
  return body + "</div>\n";
}

bool HasCorrection(const CostReport& report) {
  return report.subject.assumptions.wage_per_hour > Money();
}
constexpr int kCorrectionColumn = 4;  // Behind the year, which holds it.

// What decides first, so that it is in sight on a narrow screen; correction where it is reckoned.
std::vector<std::string> ProductCells(const CostReport& report, size_t position) {
  const std::string& currency = report.settings.currency;
  const double hours =
      report.subject.usage.year().value() * report.subject.assumptions.volume_change;
  const cost::Row& row = report.comparison.rows[position];
  const cost::Percentiles& drawn = report.monte_carlo.rows[position];
  std::vector<std::string> cells = {
      row.name,
      row.comparable         ? "yes"
      : !row.missing.empty() ? fmt::format("no known {}", cost::FeatureName(row.missing[0]))
      : !row.lacks.empty()   ? "no: lacks " + row.lacks
                             : "no",
      WordErrorText(row.words),
      MoneyText(row.total(), currency),
      hours > 0 ? PriceText(row.total().value() / hours, currency) : "-",
      hours > 0 ? PriceText(1000 * row.total().value() / hours, currency) : "-",
      MoneyText(row.present_value, currency),
      MoneyText(drawn.p10, currency),
      MoneyText(drawn.p50, currency),
      MoneyText(drawn.p90, currency),
      fmt::format("{:.1f} %", 100 * report.monte_carlo.share_cheapest[position]),
      row.is_own ? "-" : MoneyText(row.flat, currency)};
  if (HasCorrection(report)) {
    const bool is_known = !LacksCorrection(report, position);
    cells.insert(cells.begin() + kCorrectionColumn,
                 is_known ? MoneyText(row.correction, currency) : "unknown: the bill alone");
  }
  return cells;
}

std::string ProductTable(const CostReport& report) {
  Rows rows = {{"Product", "Com\u00adpetes", "Word errors", "A year", "An hour", "1,000 hours",
                "3 years, present value", "p10", "p50", "p90", "Cheap\u00adest in draws",
                "Flat rate"}};
  if (HasCorrection(report)) {
    rows[0].insert(rows[0].begin() + kCorrectionColumn, "of it correc\u00adtion");
  }
  for (const size_t position : report.order) rows.push_back(ProductCells(report, position));
  return "<div class=\"products\">" + html::HtmlTable(rows, kMaxRows) + "</div>\n";
}

std::string CrossingTable(const CostReport& report) {
  if (!report.own.has_value() || report.crossings.empty()) return "";
  const std::string& currency = report.settings.currency;
  Rows rows = {{"Against", "Break-even, hours a year", "At a flat rate", "Payback, months",
                "Saved a year", "Saved in 3 years, present value"}};
  for (const Crossed& crossed : report.crossings) {
    const auto& [tiers, flat] = crossed.crossing;
    const cost::Row& plan = report.comparison.rows[crossed.plan];
    const cost::Row& own = report.comparison.rows[*report.own];
    rows.push_back(
        {plan.name + (plan.comparable ? "" : " (prices only, not compared)"),
         !tiers.has_value() ? "never"
                            : CountText(tiers->hours.value()) +
                                  (tiers->comes_back ? ", not at every volume above" : ""),
         flat.has_value() ? CountText(flat->value()) : "never",
         crossed.payback_months.has_value() ? fmt::format("{:.1f}", *crossed.payback_months)
                                            : "never",
         MoneyText(plan.total() - own.total(), currency),
         MoneyText(plan.present_value - own.present_value, currency)});
  }
  return fmt::format("<p class=\"dim\">{}, against each provider. {}</p>\n{}",
                     html::EscapeHtml(report.comparison.rows[*report.own].name),
                     FlatRateNote(report), html::HtmlTable(rows, kMaxRows));
}

std::string JumpTable(const CostReport& report) {
  Rows rows = JumpRows(report);
  if (rows.empty()) return "";
  rows.insert(rows.begin(),
              {"Product", "From, hours a month", "Month before", "Month after", "What"});
  return "<div class=\"last-left\">" + html::HtmlTable(rows, kMaxRows) + "</div>\n";
}

std::string AssumptionTable(const CostReport& report) {
  Rows rows = {{"Assumption", "Value", "Range", "What", "Why this default"}};
  const cost::Assumptions& assumptions = report.subject.assumptions;
  const std::string& currency = report.settings.currency;
  for (const cost::Parameter& parameter : cost::Parameters()) {
    rows.push_back(
        {std::string(parameter.key),
         ParameterText(parameter.get(assumptions), parameter.unit, currency),
         parameter.is_uncertain() && parameter.low(assumptions) < parameter.high(assumptions)
             ? fmt::format("{} to {}",
                           ParameterText(parameter.low(assumptions), parameter.unit, currency),
                           ParameterText(parameter.high(assumptions), parameter.unit, currency))
             : "as stated",
         std::string(parameter.what), std::string(parameter.reason)});
  }
  return "<div class=\"wide\">" + html::HtmlTable(rows, kMaxRows) + "</div>\n";
}

std::string SourceTable(const CostReport& report) {
  Rows rows = {
      {"Product", "Date", "Source of the price", "Source of the word errors, test", "Note"}};
  for (const size_t position : report.order) {
    const cost::Row& row = report.comparison.rows[position];
    rows.push_back({row.name, row.provenance.date, row.provenance.source,
                    row.words.knowledge == cost::Knowledge::kUnknown
                        ? "unknown"
                        : row.words.source + "; " + row.words.test,
                    row.note});
  }
  Rows speeds = {{"Model", "Speed", "On", "Kind", "Source"}};
  std::vector<std::string> seen;
  for (const cost::OwnSetup& setup : report.subject.setups) {
    const cost::ModelSpeed& speed = setup.speed;
    const std::string key = speed.model + speed.software + speed.hardware;
    if (setup.stated_machines.has_value() || std::find(seen.begin(), seen.end(), key) != seen.end())
      continue;
    seen.push_back(key);
    speeds.push_back(
        {speed.model + ", " + speed.software,
         fmt::format("{:.1f} x ({:.1f} to {:.1f}){}", speed.speed.value(), speed.low.value(),
                     speed.high.value(), speed.by_core() ? " a core" : ""),
         speed.processor.empty() ? speed.hardware : speed.processor,
         std::string(cost::KnowledgeName(speed.knowledge)),
         speed.provenance.source + ", " + speed.provenance.date});
  }
  std::string body = "<div class=\"wide\">" + html::HtmlTable(rows, kMaxRows);
  if (speeds.size() > 1) body += "<h3>Speeds</h3>\n" + html::HtmlTable(speeds, kMaxRows);
  return body + "</div>\n";
}

std::string Head(const CostReport& report) {
  const cost::Usage& usage = report.subject.usage;
  std::string features;
  for (const cost::Feature feature : usage.features) {
    features += (features.empty() ? "" : ", ") + std::string(cost::FeatureName(feature));
  }
  std::string lead;
  for (const std::string& part : Summary(report)) lead += "<p>" + html::EscapeHtml(part) + "</p>\n";
  return fmt::format(
      "<h1>Speech recognition: cloud against own machines</h1>\n<div class=\"lead\">{}</div>\n"
      "<p class=\"dim\">As of {}. {} hours of audio a year, growth {:g} % a year, {:g} channel{} a "
      "recording, features: {}. List prices without tax unless laid over. {} draws, seed {}.</p>\n",
      lead, html::EscapeHtml(report.settings.as_of), CountText(usage.year().value()),
      100 * usage.growth_per_year, usage.channels, usage.channels == 1 ? "" : "s",
      features.empty() ? "none" : features, CountText(report.monte_carlo.options.draws),
      report.monte_carlo.options.seed);
}

std::string Notes(const CostReport& report) {
  std::string body;
  for (const MeasuredSpeed& one : report.measured) {
    body += "<li>" +
            html::EscapeHtml(ReleaseLine(one, {}, report.subject.assumptions.utilization)) +
            "</li>\n";
  }
  for (const std::string& note : report.notes) body += "<li>" + html::EscapeHtml(note) + "</li>\n";
  return body.empty() ? "" : "<ul>\n" + body + "</ul>\n";
}

}  // namespace

std::string WriteReportHtml(const CostReport& report) {
  std::string body = fmt::format("<style>{}</style>\n", kStyle);
  body += Head(report) + Tiles(report);
  body += Section(
      "Cost of a year",
      "<p class=\"dim key\"><b class=\"k-cloud\"></b>provider<b class=\"k-own\"></b>own machines; "
      "filled bars may be compared, lines go from p10 to p90</p>\n" +
          html::HtmlFigure("", YearBars(report, kMaxBars)));
  body += Section("Cost over volume", html::HtmlFigure("", VolumeCurves(report)));
  body += Section("What moves the saving of own machines",
                  report.swings.empty()
                      ? ""
                      : "<p class=\"dim key\"><b class=\"k-low\"></b>low end<b class=\"k-cloud\">"
                        "</b>high end of each assumption's range</p>\n" +
                            html::HtmlFigure("", TornadoBars(report, kMaxSwings)));
  body += Section("What own machines cost", html::HtmlFigure("", OwnParts(report)));
  body += Section("All products", ProductTable(report));
  body += Section("Break-even and payback", CrossingTable(report));
  body += Section("Commitments and jumps", JumpTable(report));
  body += Section("Worth knowing", Notes(report));
  body += Section("Assumptions", AssumptionTable(report));
  body += Section("Sources", SourceTable(report));
  return html::HtmlPage("Speech recognition: cloud against own machines", body);
}

}  // namespace ironscribe::cost_report
