// The years' costs over the volume.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "cost_report/chart_labels.h"
#include "cost_report/charts.h"
#include "html/html_text.h"
#include "html/svg.h"

namespace ironscribe::cost_report {
namespace {

using cost::Money;
using html::SvgLabel;
using html::SvgLine;

// Pixels.
constexpr double kLeft = 60;
constexpr double kWidth = 560;
constexpr double kTop = 12;
constexpr double kHeight = 300;
constexpr double kBottom = kTop + kHeight;
constexpr double kLegendStep = 20;
// Volumes shown, as parts and multiples of the one asked about.
constexpr double kSmallest = 1.0 / 300;
constexpr double kLargest = 10;

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
    if (!row.has_value() || LacksCorrection(report, *row)) return;
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

double CostAt(const CostReport& report, size_t row, double hours) {
  return cost::CostOfRow(report.subject, row, hours / report.subject.usage.year().value(),
                         report.subject.assumptions, report.comparison.best_errors)
      .value();
}

struct Plot {
  LogAxis hours;
  LogAxis cost;
};

Plot PlotOf(const CostReport& report, const std::vector<Curve>& curves) {
  const double year = report.subject.usage.year().value();
  const LogAxis hours(year * kSmallest, year * kLargest, kLeft, kLeft + kWidth);
  double highest = 1;
  double lowest = 1e18;
  for (const Curve& curve : curves) {
    highest = std::max(highest, CostAt(report, curve.row, std::pow(10.0, hours.high)));
    lowest = std::min(lowest, CostAt(report, curve.row, std::pow(10.0, hours.low)));
  }
  return {hours, LogAxis(lowest, highest, kBottom, kTop)};
}

// With a line for every decade, and one for the volume asked about.
std::string Axes(const CostReport& report, const Plot& plot) {
  std::string svg;
  for (double decade = plot.cost.low; decade <= plot.cost.high; ++decade) {
    const double at = plot.cost.At(std::pow(10.0, decade));
    svg += SvgLine(kLeft, at, kLeft + kWidth, at, "grid");
    svg += SvgLabel(kLeft - 6, at + 4, "end",
                    ShortMoney(std::pow(10.0, decade), report.settings.currency));
  }
  for (double decade = plot.hours.low; decade <= plot.hours.high; ++decade) {
    const double at = plot.hours.At(std::pow(10.0, decade));
    svg += SvgLine(at, kTop, at, kBottom, "grid");
    svg += SvgLabel(at, kBottom + 16, "middle", CountText(std::pow(10.0, decade)));
  }
  svg += SvgLabel(kLeft + kWidth / 2, kBottom + 34, "middle",
                  "hours of audio a year; the dashed line is yours");
  const double yours = plot.hours.At(report.subject.usage.year().value());
  return svg + SvgLine(yours, kTop, yours, kBottom, "ideal");
}

std::string Polyline(const CostReport& report, const Curve& curve, const Plot& plot) {
  constexpr int kPoints = 160;
  const LogAxis& x = plot.hours;
  std::string points;
  for (int i = 0; i <= kPoints; ++i) {
    const double hours = std::pow(10.0, x.low + (x.high - x.low) * i / kPoints);
    points +=
        fmt::format("{:.1f},{:.1f} ", x.At(hours), plot.cost.At(CostAt(report, curve.row, hours)));
  }
  return fmt::format(R"(<polyline class="line {}" points="{}"/>)", curve.style, points);
}

// Where own machines begin to be cheaper than a plan that is drawn.
std::string Crossings(const CostReport& report, const std::vector<Curve>& curves,
                      const Plot& plot) {
  std::string svg;
  for (const Crossed& crossed : report.crossings) {
    const bool drawn = std::any_of(curves.begin(), curves.end(),
                                   [&](const Curve& curve) { return curve.row == crossed.plan; });
    if (!drawn || !crossed.crossing.tiers.has_value() || crossed.crossing.tiers->always) continue;
    const double hours = crossed.crossing.tiers->hours.value();
    if (hours < std::pow(10.0, plot.hours.low) || hours > std::pow(10.0, plot.hours.high)) continue;
    svg += fmt::format(
        R"(<circle class="mark" cx="{:.1f}" cy="{:.1f}" r="5"><title>{}</title></circle>)",
        plot.hours.At(hours), plot.cost.At(CostAt(report, *report.own, hours)),
        html::EscapeHtml(fmt::format("own machines are cheaper than {} from {} hours",
                                     report.comparison.rows[crossed.plan].name, CountText(hours))));
  }
  return svg;
}

std::string Legend(const CostReport& report, const std::vector<Curve>& curves) {
  std::string svg;
  double line = kBottom + 56;
  for (const Curve& curve : curves) {
    svg += SvgLine(kLeft, line - 4, kLeft + 26, line - 4, "line " + curve.style);
    svg +=
        SvgLabel(kLeft + 34, line, "start", Shortened(report.comparison.rows[curve.row].name, 80));
    line += kLegendStep;
  }
  return svg;
}

}  // namespace

std::string VolumeCurves(const CostReport& report) {
  const std::vector<Curve> curves = CurvesOf(report);
  if (!(report.subject.usage.year().value() > 0) || curves.empty()) return "";
  const Plot plot = PlotOf(report, curves);
  std::string svg = html::SvgOpen(kLeft + kWidth + 40,
                                  kBottom + 46 + kLegendStep * static_cast<double>(curves.size()),
                                  "Cost of a year over its hours of audio");
  svg += Axes(report, plot);
  for (const Curve& curve : curves) svg += Polyline(report, curve, plot);
  return svg + Crossings(report, curves, plot) + Legend(report, curves) + "</svg>";
}

}  // namespace ironscribe::cost_report
