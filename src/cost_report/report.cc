#include "cost_report/report.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ironscribe::cost_report {
namespace {

std::optional<size_t> CheapestPlanOfAll(const cost::Comparison& comparison) {
  std::optional<size_t> best;
  for (size_t i = 0; i < comparison.rows.size(); ++i) {
    const cost::Row& row = comparison.rows[i];
    if (row.is_own || !row.missing.empty()) continue;
    // With correction a bill without it is no price.
    const auto rank = [&](const cost::Row& one) {
      return std::pair(comparison.headline.with_correction && !one.correction_known, one.total());
    };
    if (!best.has_value() || rank(row) < rank(comparison.rows[*best])) best = i;
  }
  return best;
}

}  // namespace

bool LacksCorrection(const CostReport& report, size_t row) {
  return report.comparison.headline.with_correction &&
         !report.comparison.rows[row].correction_known;
}

bool PairLacksCorrection(const CostReport& report) {
  return (report.plan.has_value() && LacksCorrection(report, *report.plan)) ||
         (report.own.has_value() && LacksCorrection(report, *report.own));
}

CostReport MakeCostReport(cost::Case subject, ReportSettings settings) {
  CostReport report;
  report.settings = std::move(settings);
  report.subject = std::move(subject);
  report.comparison = cost::Compare(report.subject);
  report.monte_carlo =
      cost::DrawCosts(report.subject, report.comparison, report.settings.monte_carlo);
  const cost::Headline& headline = report.comparison.headline;
  report.plan = headline.cheapest_cloud.has_value() ? headline.cheapest_cloud
                                                    : CheapestPlanOfAll(report.comparison);
  report.own =
      headline.cheapest_own.has_value() ? headline.cheapest_own : headline.cheapest_own_of_all;
  if (report.own.has_value() && !LacksCorrection(report, *report.own)) {
    for (size_t plan = 0; plan < report.subject.plans.size(); ++plan) {
      if (LacksCorrection(report, plan)) continue;
      report.crossings.push_back(
          {plan, cost::FindCrossing(report.subject, report.comparison, plan, *report.own),
           cost::PaybackOf(report.subject, report.comparison, plan, *report.own)});
    }
    if (report.plan.has_value() && !PairLacksCorrection(report)) {
      report.swings = cost::TornadoOf(report.subject, report.comparison, *report.plan, *report.own);
    }
  }
  report.order.resize(report.comparison.rows.size());
  std::iota(report.order.begin(), report.order.end(), size_t{0});
  std::stable_sort(report.order.begin(), report.order.end(), [&](size_t a, size_t b) {
    return std::pair(LacksCorrection(report, a), report.comparison.rows[a].total()) <
           std::pair(LacksCorrection(report, b), report.comparison.rows[b].total());
  });
  return report;
}

std::vector<std::vector<std::string>> JumpRows(const CostReport& report) {
  const std::string& currency = report.settings.currency;
  std::vector<std::vector<std::string>> rows;
  for (const cost::PricePlan& plan : report.subject.plans) {
    for (const cost::Jump& jump : cost::JumpsOf(plan)) {
      rows.push_back({plan.name, CountText(cost::HoursOf(jump.minutes).value()),
                      MoneyText(jump.before, currency), MoneyText(jump.after, currency),
                      jump.what});
    }
  }
  return rows;
}

}  // namespace ironscribe::cost_report
