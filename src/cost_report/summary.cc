// The sentences at the head of every report, and numbers as text.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cost/own_iron.h"
#include "cost/parameters.h"
#include "cost_report/report.h"

namespace ironscribe::cost_report {
namespace {

using cost::Money;
using cost::Row;

std::string Symbol(const std::string& currency) {
  if (currency == "USD") return "$";
  if (currency == "EUR") return "€";
  if (currency == "GBP") return "£";
  return currency + " ";
}

// Digits in groups of three.
std::string Grouped(std::string digits) {
  const size_t end = std::min(digits.find('.'), digits.size());
  for (size_t i = end; i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string Describe(const CostReport& report, size_t position) {
  const Row& row = report.comparison.rows[position];
  std::string text = row.name;
  if (row.words.knowledge != cost::Knowledge::kUnknown) {
    text += fmt::format(" (word error rate {}{})", WordErrorText(row.words),
                        row.words.of_weights
                            ? ", a leaderboard's figure of the same weights, not of this product"
                            : "");
  }
  return text;
}

std::string Rule(const CostReport& report) {
  const cost::Comparison& comparison = report.comparison;
  if (comparison.headline.with_correction) {
    return "with the correction of errors, among products whose word error rate is known";
  }
  if (comparison.against.has_value() &&
      comparison.rows[*comparison.against].words.knowledge != cost::Knowledge::kUnknown) {
    const Row& against = comparison.rows[*comparison.against];
    return fmt::format("among products that make at most one point more word errors than {} ({})",
                       against.name, WordErrorText(against.words));
  }
  return fmt::format("among products within one point of the best known word error rate ({:.2f} %)",
                     100 * comparison.best_errors);
}

// Rows that may be compared and cost as little as the cheapest one, to the cent.
size_t NumTies(const CostReport& report) {
  const std::vector<Row>& rows = report.comparison.rows;
  const Money least = rows[*report.comparison.headline.cheapest].total();
  return static_cast<size_t>(std::count_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.comparable && row.total() - least < Money(0.005);
  }));
}

// The names of rows that tie, a few of them.
std::string TieNames(const CostReport& report) {
  constexpr size_t kNames = 3;
  const std::vector<Row>& rows = report.comparison.rows;
  const Money least = rows[*report.comparison.headline.cheapest].total();
  std::vector<std::string> names;
  for (const Row& row : rows) {
    if (row.comparable && row.total() - least < Money(0.005)) names.push_back(row.name);
  }
  const size_t more = names.size() - std::min(names.size(), kNames);
  names.resize(names.size() - more);
  return fmt::format("{}{}", fmt::join(names, "; "),
                     more > 0 ? fmt::format("; and {} more", more) : "");
}

// The product to be replaced, where it cannot be held against the cheapest.
std::string AboutReplaced(const CostReport& report) {
  const cost::Comparison& comparison = report.comparison;
  if (!comparison.against.has_value() || !comparison.headline.cheapest.has_value()) return "";
  const Row& against = comparison.rows[*comparison.against];
  if (against.comparable) return "";
  const Money more = against.bill - comparison.rows[*comparison.headline.cheapest].bill;
  const std::string& currency = report.settings.currency;
  return fmt::format(
      "The product to be replaced, {}, is not among them: {}. Its bill is {} a year, {} {} than "
      "that of the cheapest named here{}.",
      against.name,
      against.missing.empty()
          ? "its word error rate is unknown ('wer' in a table, --error-rate)"
          : fmt::format("it has no known {}", cost::FeatureName(against.missing[0])),
      MoneyText(against.bill, currency), MoneyText(more < Money() ? -more : more, currency),
      more < Money() ? "less" : "more",
      more < Money() ? ", which is therefore not called better" : "");
}

std::string Cheapest(const CostReport& report) {
  const cost::Headline& headline = report.comparison.headline;
  const std::string& currency = report.settings.currency;
  const double hours =
      (report.subject.usage.year() * report.subject.assumptions.volume_change).value();
  const std::string volume = fmt::format(
      "At {} hours a year", hours < 10 ? fmt::format("{:.2g}", hours) : CountText(hours));
  if (!headline.cheapest.has_value()) {
    if (!headline.cheapest_of_all.has_value()) {
      return volume + " nothing can be compared: no product has every feature that is asked for.";
    }
    const Row& lowest = report.comparison.rows[*headline.cheapest_of_all];
    return fmt::format(
        "{} no product has every feature that is asked for and a known word error rate {}, so none "
        "is "
        "called the best; the lowest price is that of {}, {} a year, whatever its errors ({}).",
        volume,
        report.comparison.test.empty()
            ? std::string("at all")
            : fmt::format("of at most {:.2f} %", 100 * report.comparison.error_limit),
        lowest.name, MoneyText(lowest.total(), currency), WordErrorText(lowest.words));
  }
  const Row& best = report.comparison.rows[*headline.cheapest];
  if (const size_t ties = NumTies(report); ties > 1) {
    return fmt::format("{}, {}, it is a tie: {} products cost {} a year: {}.", volume, Rule(report),
                       ties, MoneyText(best.total(), currency), TieNames(report));
  }
  std::string text =
      fmt::format("{}, {}, the cheapest is {} for {} a year", volume, Rule(report),
                  Describe(report, *headline.cheapest), MoneyText(best.total(), currency));
  if (headline.next.has_value()) {
    const Row& next = report.comparison.rows[*headline.next];
    text +=
        fmt::format(", {} less than the next, {}", MoneyText(next.total() - best.total(), currency),
                    Describe(report, *headline.next));
  }
  return text + ".";
}

// How own machines stand to the cheapest provider.
std::string OwnAgainstCloud(const CostReport& report) {
  const cost::Headline& headline = report.comparison.headline;
  const std::string& currency = report.settings.currency;
  if (!report.own.has_value() || !report.plan.has_value()) return "";
  const Row& own = report.comparison.rows[*report.own];
  const Row& plan = report.comparison.rows[*report.plan];
  if (!headline.cheapest_own.has_value()) {
    return fmt::format(
        "No own machine competes at that accuracy; the cheapest, {}, would cost {} a year and its "
        "word error rate is {}. {}--error-rate states what you measured.",
        own.name, MoneyText(own.total(), currency), WordErrorText(own.words),
        headline.with_correction
            ? "What correcting its errors costs is therefore not in it. "
            : "--wage lets all whose rate is known compete with the correction of their errors, ");
  }
  if (!headline.cheapest_cloud.has_value()) return "";
  const Money saved = plan.total() - own.total();
  return fmt::format(
      "The cheapest on machines of your own is {} for {} a year, {} {} than the cheapest "
      "provider, {}.",
      Describe(report, *report.own), MoneyText(own.total(), currency),
      MoneyText(saved < Money() ? -saved : saved, currency), saved < Money() ? "more" : "less",
      plan.name);
}

std::string BreakEvenText(const CostReport& report) {
  for (const Crossed& crossed : report.crossings) {
    if (crossed.plan != *report.plan) continue;
    const auto& tiers = crossed.crossing.tiers;
    if (!tiers.has_value()) {
      return fmt::format("own machines do not become cheaper up to {} hours a year",
                         CountText(cost::kMaxBreakEvenHours.value()));
    }
    if (tiers->always) return "own machines are cheaper from the first hour";
    return fmt::format("own machines are cheaper from {} hours a year{}",
                       CountText(tiers->hours.value()),
                       tiers->comes_back ? " (not at every volume above)" : "");
  }
  return "";
}

std::string WhatWouldChange(const CostReport& report) {
  if (!report.own.has_value() || !report.plan.has_value()) return "";
  if (PairLacksCorrection(report)) {
    return fmt::format(
        "Between {} and {} no break-even, payback or saving is told: what correcting the errors of "
        "{} costs is unknown.",
        report.comparison.rows[*report.own].name, report.comparison.rows[*report.plan].name,
        LacksCorrection(report, *report.own) ? "the first" : "the second");
  }
  const Money saved =
      report.comparison.rows[*report.plan].total() - report.comparison.rows[*report.own].total();
  std::vector<std::string> flips;
  for (const cost::Swing& swing : report.swings) {
    // Volume is told as break-even.
    if (swing.key == "volume-change" || flips.size() == 3) continue;
    const std::string_view unit = cost::FindParameter(swing.key)->unit;
    for (const auto& [value, saving] :
         {std::pair(swing.low, swing.saving_at_low), std::pair(swing.high, swing.saving_at_high)}) {
      if ((saving < Money()) == (saved < Money())) continue;
      flips.push_back(
          fmt::format("{} at {}", swing.key, ParameterText(value, unit, report.settings.currency)));
    }
  }
  const Row& plan = report.comparison.rows[*report.plan];
  const std::string doubt = plan.comparable ? ""
                                            : fmt::format(" (word error rate {}, so not compared)",
                                                          WordErrorText(plan.words));
  std::string text =
      fmt::format("Between {} and {}{}: {}", report.comparison.rows[*report.own].name, plan.name,
                  doubt, BreakEvenText(report));
  text += flips.empty()
              ? std::string("; no other single assumption within its range turns the answer.")
              : fmt::format("; the answer also turns with {}.", fmt::join(flips, ", with "));
  if (report.monte_carlo.saving.has_value()) {
    text += fmt::format(" Over {} draws own machines are cheaper in {:.0f} %.",
                        CountText(report.monte_carlo.options.draws),
                        100 * report.monte_carlo.share_own_cheaper);
  }
  return text;
}

}  // namespace

std::string CountText(double count) { return Grouped(fmt::format("{:.0f}", count)); }

std::string MoneyText(Money money, const std::string& currency) {
  const double amount = std::round(money.value());
  return (amount < 0 ? "-" : "") + Symbol(currency) + CountText(std::abs(amount));
}

std::string PriceText(double amount, const std::string& currency) {
  const int decimals = amount >= 1000 ? 0 : amount >= 1 ? 2 : 4;
  return Symbol(currency) + Grouped(fmt::format("{:.{}f}", amount, decimals));
}

std::string WordErrorText(const cost::WordErrors& words) {
  if (words.knowledge == cost::Knowledge::kUnknown) return "unknown";
  return fmt::format("{:.2f} %, {}", 100 * words.rate, cost::KnowledgeName(words.knowledge));
}

std::string ParameterText(double value, std::string_view unit, const std::string& currency) {
  if (unit == "share") return fmt::format("{:.3g} %", 100 * value);
  const std::string number =
      std::abs(value) >= 1000 ? CountText(value) : fmt::format("{:.4g}", value);
  if (unit == "x") return number + " x";
  if (unit.starts_with("$")) return Symbol(currency) + number + std::string(unit.substr(1));
  if (value == 1 && unit == "people") return "1 person";
  if (value == 1 && unit.ends_with('s') && unit.size() > 1) unit.remove_suffix(1);
  return number + " " + std::string(unit);
}

std::vector<std::string> Summary(const CostReport& report) {
  std::vector<std::string> parts = {Cheapest(report), AboutReplaced(report),
                                    OwnAgainstCloud(report), WhatWouldChange(report)};
  std::erase(parts, "");
  return parts;
}

std::string Summarize(const CostReport& report) {
  return fmt::format("{}", fmt::join(Summary(report), " "));
}

std::string FlatRateNote(const CostReport& report) {
  const bool has_correction = report.subject.assumptions.wage_per_hour > Money();
  return fmt::format(
      "The flat rate takes today's own bill{} as fixed and every hour at the first tier's price.",
      has_correction ? ", without the correction of errors," : "");
}

std::string ReleaseLine(const MeasuredSpeed& measured, const ReleaseGoal& goal,
                        double utilization) {
  const cost::Speed per_core = measured.speed / measured.cores;
  const auto price = [&](double share) {
    return cost::CoreHourPriceFor(goal.target, goal.hours, per_core, share).value();
  };
  return fmt::format(
      "{}: {:.1f} hours of audio per machine-hour ({:.1f} to {:.1f}) on {} cores of {}; a bill of "
      "${} for {} hours falls to ${} of machines when a core-hour costs at most ${:.3f} at {:.0f} "
      "% "
      "use, ${:.3f} at full use",
      measured.model, measured.speed.value(), measured.low.value(), measured.high.value(),
      measured.cores, measured.processor, CountText(goal.bill.value()),
      CountText(goal.hours.value()), CountText(goal.target.value()), price(utilization),
      100 * utilization, price(1));
}

}  // namespace ironscribe::cost_report
