#include "cost_report/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cost/parameters.h"
#include "html/html_text.h"
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

std::string Shortened(const std::string& name, size_t length) {
  if (name.size() <= length) return name;
  // Names are of tables and may hold UTF-8: no character is cut.
  size_t end = length - 3;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return name.substr(0, end) + "...";
}

// Colours tell who hosts.
std::string BarName(const cost::Row& row) {
  constexpr std::string_view kPrefix = "self-hosted ";
  return row.name.starts_with(kPrefix) ? row.name.substr(kPrefix.size()) : row.name;
}

// "$1.2M", "$350k"
std::string ShortMoney(double amount, const std::string& currency) {
  const std::string sign = amount < 0 ? "-" : "";
  const double size = std::abs(amount);
  const std::string symbol = MoneyText(Money(0), currency);
  const std::string unit = symbol.substr(0, symbol.size() - 1);
  if (size >= 1e9) return fmt::format("{}{}{:.3g}G", sign, unit, size / 1e9);
  if (size >= 999'500) return fmt::format("{}{}{:.3g}M", sign, unit, size / 1e6);
  if (size >= 1000) return fmt::format("{}{}{:.3g}k", sign, unit, size / 1e3);
  return fmt::format("{}{}{:.3g}", sign, unit, size);
}

// A logarithmic axis of whole decades.
struct LogAxis {
  double low;
  double high;
  double from;
  double to;
  LogAxis(double smallest, double largest, double begin, double end) : from(begin), to(end) {
    low = std::floor(std::log10(std::max(1.0, smallest)));
    high = std::max(low + 1, std::ceil(std::log10(std::max(10.0, largest))));
  }
  double At(double value) const {
    const double share = (std::log10(std::max(value, 1e-9)) - low) / (high - low);
    return from + std::clamp(share, 0.0, 1.0) * (to - from);
  }
};

struct Curve {
  size_t row;
  std::string style;
};

// The cheapest comparable plan, the replaced one, the cheapest of all and own machines: few lines
// that can be told apart.
std::vector<Curve> CurvesOf(const CostReport& report) {
  std::vector<Curve> curves;
  const auto add = [&](std::optional<size_t> row, std::string style) {
    if (!row.has_value()) return;
    for (const Curve& curve : curves) {
      if (curve.row == *row) return;
    }
    curves.push_back({*row, std::move(style)});
  };
  add(report.own, "c-own");
  add(report.comparison.against, "c-1");
  add(report.plan, "c-2");
  for (const size_t row : report.order) {
    if (curves.size() == 5) break;
    if (!report.comparison.rows[row].is_own && report.comparison.rows[row].missing.empty()) {
      add(row, fmt::format("c-{}", curves.size()));
    }
  }
  return curves;
}

std::string Polyline(const CostReport& report, const Curve& curve, const LogAxis& x,
                     const LogAxis& y) {
  constexpr int kPoints = 160;
  const double year = report.subject.usage.year().value();
  std::string points;
  for (int i = 0; i <= kPoints; ++i) {
    const double hours = std::pow(10.0, x.low + (x.high - x.low) * i / kPoints);
    const Money cost = cost::CostOfRow(report.subject, curve.row, hours / year,
                                       report.subject.assumptions, report.comparison.best_errors);
    points += fmt::format("{:.1f},{:.1f} ", x.At(hours), y.At(cost.value()));
  }
  return fmt::format(R"(<polyline class="line {}" points="{}"/>)", curve.style, points);
}

std::string Marker(double x, double y, std::string_view title) {
  return fmt::format(
      R"(<circle class="mark" cx="{:.1f}" cy="{:.1f}" r="5"><title>{}</title></circle>)", x, y,
      html::EscapeHtml(title));
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
    svg += SvgLabel(kNames - 8, y + 12, "end", Shortened(BarName(row), 42));
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

std::string VolumeCurves(const CostReport& report) {
  constexpr double kLeft = 60;
  constexpr double kPlotWidth = 560;
  constexpr double kPlotHeight = 300;
  constexpr double kTop = 12;
  const double year = report.subject.usage.year().value();
  const std::vector<Curve> curves = CurvesOf(report);
  if (!(year > 0) || curves.empty()) return "";
  const LogAxis x(year / 300, year * 10, kLeft, kLeft + kPlotWidth);
  double highest = 1;
  double lowest = 1e18;
  for (const Curve& curve : curves) {
    const auto at = [&](double exponent) {
      return cost::CostOfRow(report.subject, curve.row, std::pow(10.0, exponent) / year,
                             report.subject.assumptions, report.comparison.best_errors)
          .value();
    };
    highest = std::max(highest, at(x.high));
    lowest = std::min(lowest, at(x.low));
  }
  const LogAxis y(lowest, highest, kTop + kPlotHeight, kTop);
  const double legend = 20 * static_cast<double>(curves.size());
  std::string svg = SvgOpen(kLeft + kPlotWidth + 40, kTop + kPlotHeight + 46 + legend,
                            "Cost of a year over its hours of audio");
  for (double decade = y.low; decade <= y.high; ++decade) {
    const double at = y.At(std::pow(10.0, decade));
    svg += SvgLine(kLeft, at, kLeft + kPlotWidth, at, "grid");
    svg += SvgLabel(kLeft - 6, at + 4, "end",
                    ShortMoney(std::pow(10.0, decade), report.settings.currency));
  }
  for (double decade = x.low; decade <= x.high; ++decade) {
    const double at = x.At(std::pow(10.0, decade));
    svg += SvgLine(at, kTop, at, kTop + kPlotHeight, "grid");
    svg += SvgLabel(at, kTop + kPlotHeight + 16, "middle", CountText(std::pow(10.0, decade)));
  }
  svg += SvgLabel(kLeft + kPlotWidth / 2, kTop + kPlotHeight + 34, "middle",
                  "hours of audio a year; the dashed line is yours");
  svg += SvgLine(x.At(year), kTop, x.At(year), kTop + kPlotHeight, "ideal");
  for (const Curve& curve : curves) svg += Polyline(report, curve, x, y);
  for (const Crossed& crossed : report.crossings) {
    const bool drawn = std::any_of(curves.begin(), curves.end(),
                                   [&](const Curve& curve) { return curve.row == crossed.plan; });
    if (!drawn || !crossed.crossing.tiers.has_value() || crossed.crossing.tiers->always) continue;
    const double hours = crossed.crossing.tiers->hours.value();
    if (hours < std::pow(10.0, x.low) || hours > std::pow(10.0, x.high)) continue;
    const Money cost = cost::CostOfRow(report.subject, *report.own, hours / year,
                                       report.subject.assumptions, report.comparison.best_errors);
    svg += Marker(x.At(hours), y.At(cost.value()),
                  fmt::format("own machines are cheaper than {} from {} hours",
                              report.comparison.rows[crossed.plan].name, CountText(hours)));
  }
  double line = kTop + kPlotHeight + 56;
  for (const Curve& curve : curves) {
    svg += SvgLine(kLeft, line - 4, kLeft + 26, line - 4, "line " + curve.style);
    svg +=
        SvgLabel(kLeft + 34, line, "start", Shortened(report.comparison.rows[curve.row].name, 80));
    line += 20;
  }
  return svg + "</svg>";
}

std::string TornadoBars(const CostReport& report, size_t max_bars) {
  const size_t bars = std::min(max_bars, report.swings.size());
  if (bars == 0) return "";
  constexpr double kSide = 96;  // For the labels at the bars' ends.
  const Money base =
      report.comparison.rows[*report.plan].total() - report.comparison.rows[*report.own].total();
  double low = base.value();
  double high = base.value();
  for (size_t i = 0; i < bars; ++i) {
    const cost::Swing& swing = report.swings[i];
    low = std::min({low, swing.saving_at_low.value(), swing.saving_at_high.value()});
    high = std::max({high, swing.saving_at_low.value(), swing.saving_at_high.value()});
  }
  const double span = std::max(1.0, high - low);
  const double left = 150 + kSide;
  const auto at = [&](double value) { return left + kWidth * (value - low) / span; };
  const double height = 22 + kStep * static_cast<double>(bars);
  std::string svg = SvgOpen(left + kWidth + kSide, height + 20,
                            "Saving of own machines at the ends of each parameter's range");
  for (size_t i = 0; i < bars; ++i) {
    const cost::Swing& swing = report.swings[i];
    const std::string_view unit = cost::FindParameter(swing.key)->unit;
    const double y = 20 + kStep * static_cast<double>(i);
    svg += SvgLabel(142, y + 12, "end", swing.key);
    struct End {
      double value;
      double saving;
      const char* style;
    };
    const End ends[] = {{swing.low, swing.saving_at_low.value(), "low"},
                        {swing.high, swing.saving_at_high.value(), "high"}};
    for (const End& end : ends) {
      const double from = std::min(at(end.saving), at(base.value()));
      const double to = std::max(at(end.saving), at(base.value()));
      const std::string value = ParameterText(end.value, unit, report.settings.currency);
      svg += SvgRectangle(from, y, to - from, kBarHeight, end.style,
                          fmt::format("{} at {}: {}", swing.key, value,
                                      MoneyText(Money(end.saving), report.settings.currency)));
      const bool is_left = end.saving < base.value();
      svg += SvgLabel(is_left ? from - 4 : to + 4, y + 12, is_left ? "end" : "start", value);
    }
  }
  svg += SvgLine(at(base.value()), 16, at(base.value()), height, "axis");
  svg +=
      SvgLabel(at(base.value()), 11, "middle", ShortMoney(base.value(), report.settings.currency));
  if (low < 0 && high > 0) {
    svg += SvgLine(at(0), 16, at(0), height, "ideal");
    svg += SvgLabel(at(0), height + 14, "middle", "no saving");
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
