// Parameters by how far their ranges move the saving.

#include <fmt/format.h>

#include <algorithm>

#include "cost/parameters.h"
#include "cost_report/chart_labels.h"
#include "cost_report/charts.h"
#include "html/svg.h"

namespace ironscribe::cost_report {
namespace {

using cost::Money;
using html::SvgLabel;
using html::SvgLine;

// Pixels.
constexpr double kNames = 150;
constexpr double kSide = 96;  // For the labels at the bars' ends.
constexpr double kWidth = 480;
constexpr double kTop = 20;
constexpr double kStep = 24;
constexpr double kBarHeight = 15;

// Savings, from left to right.
struct SavingAxis {
  double low;
  double high;
  double base;  // As things are assumed.

  double At(double saving) const {
    return kNames + kSide + kWidth * (saving - low) / std::max(1.0, high - low);
  }
};

SavingAxis AxisOf(const CostReport& report, size_t bars) {
  const Money base =
      report.comparison.rows[*report.plan].total() - report.comparison.rows[*report.own].total();
  SavingAxis axis{base.value(), base.value(), base.value()};
  for (size_t i = 0; i < bars; ++i) {
    const cost::Swing& swing = report.swings[i];
    axis.low = std::min({axis.low, swing.saving_at_low.value(), swing.saving_at_high.value()});
    axis.high = std::max({axis.high, swing.saving_at_low.value(), swing.saving_at_high.value()});
  }
  return axis;
}

// From the saving as assumed to that at one end of the parameter's range.
struct End {
  double value;
  double saving;
  const char* style;
};

std::string Bar(const CostReport& report, const cost::Swing& swing, const End& end,
                const SavingAxis& axis, double y) {
  const double from = std::min(axis.At(end.saving), axis.At(axis.base));
  const double to = std::max(axis.At(end.saving), axis.At(axis.base));
  const std::string& currency = report.settings.currency;
  const std::string value =
      ParameterText(end.value, cost::FindParameter(swing.key)->unit, currency);
  const bool is_left = end.saving < axis.base;
  return html::SvgRectangle(from, y, to - from, kBarHeight, end.style,
                            fmt::format("{} at {}: {}", swing.key, value,
                                        MoneyText(Money(end.saving), currency))) +
         SvgLabel(is_left ? from - 4 : to + 4, y + 12, is_left ? "end" : "start", value);
}

}  // namespace

std::string TornadoBars(const CostReport& report, size_t max_bars) {
  const size_t bars = std::min(max_bars, report.swings.size());
  if (bars == 0) return "";
  const SavingAxis axis = AxisOf(report, bars);
  const double height = kTop + 2 + kStep * static_cast<double>(bars);
  std::string svg = html::SvgOpen(kNames + kSide + kWidth + kSide, height + 20,
                                  "Saving of own machines at the ends of each parameter's range");
  for (size_t i = 0; i < bars; ++i) {
    const cost::Swing& swing = report.swings[i];
    const double y = kTop + kStep * static_cast<double>(i);
    svg += SvgLabel(kNames - 8, y + 12, "end", swing.key);
    svg += Bar(report, swing, {swing.low, swing.saving_at_low.value(), "low"}, axis, y);
    svg += Bar(report, swing, {swing.high, swing.saving_at_high.value(), "high"}, axis, y);
  }
  const double base = axis.At(axis.base);
  svg += SvgLine(base, kTop - 4, base, height, "axis");
  svg += SvgLabel(base, kTop - 9, "middle", ShortMoney(axis.base, report.settings.currency));
  if (axis.low < 0 && axis.high > 0) {
    svg += SvgLine(axis.At(0), kTop - 4, axis.At(0), height, "ideal");
    svg += SvgLabel(axis.At(0), height + 14, "middle", "no saving");
  }
  return svg + "</svg>";
}

}  // namespace ironscribe::cost_report
