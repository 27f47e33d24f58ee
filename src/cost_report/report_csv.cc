// A row for each product, for spreadsheets (RFC 4180).

#include <fmt/format.h>

#include "cost_report/report.h"

namespace ironscribe::cost_report {
namespace {

// Quoted where it must be. A spreadsheet takes what begins with = + - @ for a formula, so texts of
// that kind get a quote mark in front.
std::string Field(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) {
    text.insert(0, "'");
  }
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string WriteReportCsv(const CostReport& report) {
  std::string csv =
      "id,name,own,currency,year,per_hour,per_1000_hours,bill,correction,flat_rate_year,p10,p50,"
      "p90,"
      "present_value_3_years,word_error_percent,word_error_kind,word_error_test,comparable,"
      "missing,source,date\n";
  const double hours =
      report.subject.usage.year().value() * report.subject.assumptions.volume_change;
  for (const size_t position : report.order) {
    const cost::Row& row = report.comparison.rows[position];
    const cost::Percentiles& drawn = report.monte_carlo.rows[position];
    const bool known = row.words.knowledge != cost::Knowledge::kUnknown;
    std::string missing;
    for (const cost::Feature feature : row.missing) {
      missing += (missing.empty() ? "" : " ") + std::string(cost::FeatureName(feature));
    }
    csv += fmt::format(
        "{},{},{},{},{:.2f},{},{},{:.2f},{},{},{:.2f},{:.2f},{:.2f},{:.2f},{},{},{},{},{},{},{}"
        "\n",
        Field(row.id), Field(row.name), row.is_own ? "yes" : "no", report.settings.currency,
        row.total().value(), hours > 0 ? fmt::format("{:.6f}", row.total().value() / hours) : "",
        hours > 0 ? fmt::format("{:.3f}", 1000 * row.total().value() / hours) : "",
        row.bill.value(),
        LacksCorrection(report, position) ? "" : fmt::format("{:.2f}", row.correction.value()),
        row.is_own ? "" : fmt::format("{:.2f}", row.flat.value()), drawn.p10.value(),
        drawn.p50.value(), drawn.p90.value(), row.present_value.value(),
        known ? fmt::format("{:.2f}", 100 * row.words.rate) : "",
        cost::KnowledgeName(row.words.knowledge), Field(row.words.test),
        row.comparable ? "yes" : "no", Field(missing), Field(row.provenance.source),
        Field(row.provenance.date));
  }
  return csv;
}

}  // namespace ironscribe::cost_report
