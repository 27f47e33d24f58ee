// Bars of products and of the parts of a bill.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cost_report/chart_labels.h"
#include "cost_report/charts.h"
#include "html/svg.h"

namespace ironscribe::cost_report {
namespace {

using cost::Money;
using html::SvgLabel;
using html::SvgLine;
using html::SvgOpen;
using html::SvgRectangle;

// Pixels.
constexpr double kNames = 250;
constexpr double kWidth = 480;
constexpr double kValues = 90;
constexpr double kStep = 24;
constexpr double kBarHeight = 15;

// Colours tell who hosts.
std::string BarName(const cost::Row& row) {
  constexpr std::string_view kPrefix = "self-hosted ";
  return row.name.starts_with(kPrefix) ? row.name.substr(kPrefix.size()) : row.name;
}

}  // namespace

std::string YearBars(const CostReport& report, size_t max_bars) {
  const size_t bars = std::min(max_bars, report.order.size());
  if (bars == 0) return "";
  double longest = 1;
  for (size_t i = 0; i < bars; ++i) {
    longest = std::max({longest, report.comparison.rows[report.order[i]].total().value(),
                        report.monte_carlo.rows[report.order[i]].p90.value()});
  }
  std::string svg = SvgOpen(kNames + kWidth + kValues, kStep * static_cast<double>(bars) + 8,
                            "Cost of a year by product, with the range from p10 to p90");
  for (size_t i = 0; i < bars; ++i) {
    const size_t position = report.order[i];
    const cost::Row& row = report.comparison.rows[position];
    const cost::Percentiles& drawn = report.monte_carlo.rows[position];
    const double y = 4 + kStep * static_cast<double>(i);
    const double width = kWidth * row.total().value() / longest;
    svg += SvgLabel(kNames - 8, y + 12, "end",
                    Shortened((LacksCorrection(report, position) ? "~ " : "") + BarName(row), 42));
    svg += SvgRectangle(
        kNames, y, width, kBarHeight,
        fmt::format("{}{}", row.is_own ? "own" : "cloud", row.comparable ? "" : " open"),
        fmt::format("{}: {} a year", row.name, MoneyText(row.total(), report.settings.currency)));
    const double low = kNames + kWidth * drawn.p10.value() / longest;
    const double high = kNames + kWidth * drawn.p90.value() / longest;
    const double middle = y + kBarHeight / 2;
    svg += SvgLine(low, middle, high, middle, "range") +
           SvgLine(low, middle - 4, low, middle + 4, "range") +
           SvgLine(high, middle - 4, high, middle + 4, "range");
    svg += SvgLabel(std::max(kNames + width, high) + 6, y + 12, "start",
                    ShortMoney(row.total().value(), report.settings.currency));
  }
  return svg + "</svg>";
}

std::string OwnParts(const CostReport& report) {
  if (!report.own.has_value()) return "";
  const cost::OwnBill& bill = report.comparison.rows[*report.own].own;
  const std::pair<const char*, Money> parts[] = {
      {"people", bill.people},
      {"machines", bill.machines},
      {"electricity", bill.electricity},
      {"hosting", bill.hosting},
      {"storage", bill.storage},
      {"fixed", bill.fixed},
      {"correction", report.comparison.rows[*report.own].correction}};
  double longest = 1;
  int bars = 0;
  for (const auto& [name, amount] : parts) {
    longest = std::max(longest, amount.value());
    bars += amount > Money() ? 1 : 0;
  }
  std::string svg =
      SvgOpen(110 + kWidth + kValues, kStep * bars + 8, "Parts of the cheapest own machines' year");
  double y = 4;
  for (const auto& [name, amount] : parts) {
    if (!(amount > Money())) continue;
    const double width = kWidth * amount.value() / longest;
    svg += SvgLabel(102, y + 12, "end", name);
    svg += SvgRectangle(110, y, width, kBarHeight, "own",
                        fmt::format("{}: {}", name, MoneyText(amount, report.settings.currency)));
    svg += SvgLabel(116 + width, y + 12, "start",
                    ShortMoney(amount.value(), report.settings.currency));
    y += kStep;
  }
  return svg + "</svg>";
}

}  // namespace ironscribe::cost_report
