#include "cost/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace ironscribe::cost {
namespace {

bool IsKnown(const WordErrors& words) { return words.knowledge != Knowledge::kUnknown; }

const WordErrors& WordsOf(const Case& one, size_t row) {
  return row < one.plans.size() ? one.plans[row].words
                                : one.setups[row - one.plans.size()].speed.words;
}

OwnBill BillOf(const OwnSetup& setup, const Usage& usage, const Assumptions& assumptions) {
  if (!setup.stated_machines.has_value()) {
    return BillOwnYear(setup.hardware, setup.offer, setup.speed, usage, assumptions);
  }
  OwnBill bill = OwnOverhead(usage, assumptions);
  bill.machines = *setup.stated_machines * assumptions.machine_price_change;
  return bill;
}

Money EgressOf(const Usage& usage, const Assumptions& assumptions) {
  return assumptions.egress * (assumptions.sent_per_hour * usage.year().value());
}

Money BillWithoutCorrection(const Case& one, size_t row, const Usage& usage,
                            const Assumptions& assumptions) {
  if (row < one.plans.size()) {
    return BillYear(one.plans[row], usage).total() * assumptions.price_change +
           EgressOf(usage, assumptions);
  }
  return BillOf(one.setups[row - one.plans.size()], usage, assumptions).total();
}

// The test that the replaced product's rate comes from, else the one with most rates.
void ChooseTest(const Case& one, Comparison& comparison) {
  std::map<std::string, int> counts;
  for (size_t row = 0; row < NumRows(one); ++row) {
    if (IsKnown(WordsOf(one, row))) ++counts[WordsOf(one, row).test];
  }
  int most = 0;
  for (const auto& [test, count] : counts) {
    if (count > most) comparison.test = test;
    most = std::max(most, count);
  }
  const bool has_reference =
      comparison.against.has_value() && IsKnown(WordsOf(one, *comparison.against));
  if (has_reference) comparison.test = WordsOf(one, *comparison.against).test;
  comparison.best_errors = 1;
  for (size_t row = 0; row < NumRows(one); ++row) {
    const WordErrors& words = WordsOf(one, row);
    if (IsKnown(words) && words.test == comparison.test) {
      comparison.best_errors = std::min(comparison.best_errors, words.rate);
    }
  }
  const double reference =
      has_reference ? WordsOf(one, *comparison.against).rate : comparison.best_errors;
  comparison.error_limit = reference + kComparableErrors;
}

std::vector<Feature> MissingOf(const ModelSpeed& speed, const Usage& usage) {
  std::vector<Feature> missing;
  for (const Feature feature : usage.features) {
    if (std::find(speed.features.begin(), speed.features.end(), feature) == speed.features.end()) {
      missing.push_back(feature);
    }
  }
  return missing;
}

Row PlanRow(const Case& one, size_t position) {
  const PricePlan& plan = one.plans[position];
  Row row{.id = plan.id, .name = plan.name, .words = plan.words};
  const Usage usage = Scaled(one.usage, one.assumptions.volume_change);
  row.cloud = BillYear(plan, usage);
  row.missing = row.cloud.missing;
  row.flat = FlatBill(plan, usage) * one.assumptions.price_change;
  row.provenance = plan.provenance;
  row.note = plan.note;
  return row;
}

Row SetupRow(const Case& one, size_t position) {
  const OwnSetup& setup = one.setups[position];
  Row row{.is_own = true,
          .id = setup.stated_machines.has_value()
                    ? "own-as-stated"
                    : fmt::format("own/{}/{}/{}", setup.speed.model, setup.hardware.id,
                                  OfferKindName(setup.offer.kind)),
          .name = setup.stated_machines.has_value()
                      ? fmt::format("self-hosted {} on machines as stated", setup.speed.model)
                      : fmt::format("self-hosted {} on {}, {}", setup.speed.model,
                                    setup.hardware.id, OfferKindName(setup.offer.kind)),
          .words = setup.speed.words};
  row.own = BillOf(setup, Scaled(one.usage, one.assumptions.volume_change), one.assumptions);
  row.missing = MissingOf(setup.speed, one.usage);
  row.provenance = setup.offer.provenance;
  row.note = setup.hardware.note;
  row.lacks = setup.offer.lacks;
  return row;
}

void Keep(std::optional<size_t>& best, const std::vector<Row>& rows, size_t row) {
  if (!best.has_value() || rows[row].total() < rows[*best].total()) best = row;
}

Headline ChooseHeadline(const std::vector<Row>& rows, bool with_correction) {
  Headline headline{.with_correction = with_correction};
  for (size_t row = 0; row < rows.size(); ++row) {
    if (!rows[row].missing.empty() || !rows[row].lacks.empty()) continue;
    Keep(headline.cheapest_of_all, rows, row);
    if (rows[row].is_own) Keep(headline.cheapest_own_of_all, rows, row);
    if (!rows[row].comparable) continue;
    Keep(headline.cheapest, rows, row);
    Keep(rows[row].is_own ? headline.cheapest_own : headline.cheapest_cloud, rows, row);
  }
  for (size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].comparable && row != headline.cheapest) Keep(headline.next, rows, row);
  }
  return headline;
}

}  // namespace

Money CorrectionCost(const WordErrors& words, double best_errors, AudioHours hours,
                     const Assumptions& assumptions) {
  if (!IsKnown(words)) return Money();
  const double wrong =
      hours.value() * assumptions.words_per_hour * std::max(0.0, words.rate - best_errors);
  return assumptions.wage_per_hour * (wrong * assumptions.seconds_per_error.value() / 3600);
}

Money CostOfRow(const Case& one, size_t row, double volume, const Assumptions& assumptions,
                double best_errors) {
  const Usage usage = Scaled(one.usage, volume);
  return BillWithoutCorrection(one, row, usage, assumptions) +
         CorrectionCost(WordsOf(one, row), best_errors, usage.year(), assumptions);
}

Comparison Compare(const Case& one) {
  Comparison comparison;
  for (size_t i = 0; i < one.plans.size(); ++i) {
    if (one.plans[i].id == one.against) comparison.against = i;
  }
  ChooseTest(one, comparison);
  const Assumptions& assumptions = one.assumptions;
  const bool with_correction = assumptions.wage_per_hour > Money();
  const AudioHours hours = one.usage.year() * assumptions.volume_change;
  for (size_t i = 0; i < NumRows(one); ++i) {
    Row row = i < one.plans.size() ? PlanRow(one, i) : SetupRow(one, i - one.plans.size());
    row.bill =
        BillWithoutCorrection(one, i, Scaled(one.usage, assumptions.volume_change), assumptions);
    row.correction = CorrectionCost(row.words, comparison.best_errors, hours, assumptions);
    row.present_value = PresentValue(
        row.is_own ? assumptions.migration : Money(),
        [&](int year) {
          return CostOfRow(
              one, i, assumptions.volume_change * std::pow(1 + one.usage.growth_per_year, year),
              assumptions, comparison.best_errors);
        },
        assumptions.discount_rate);
    row.correction_known = IsKnown(row.words) && row.words.test == comparison.test;
    row.comparable = row.missing.empty() && row.lacks.empty() && row.correction_known &&
                     (with_correction || row.words.rate <= comparison.error_limit + 1e-12);
    comparison.rows.push_back(std::move(row));
  }
  comparison.headline = ChooseHeadline(comparison.rows, with_correction);
  return comparison;
}

Crossing FindCrossing(const Case& one, const Comparison& comparison, size_t plan, size_t own) {
  const double year = one.usage.year().value();
  // Without any volume the shape of the year is not known: equal months.
  Case shaped = one;
  if (!(year > 0)) shaped.usage.months.fill(AudioHours(1.0 / kMonthsPerYear));
  const double base = year > 0 ? year : 1;
  const auto cost = [&](size_t row) {
    return [&, row](AudioHours hours) {
      return CostOfRow(shaped, row, hours.value() / base, one.assumptions, comparison.best_errors);
    };
  };
  Crossing crossing{.tiers = FindBreakEven(cost(plan), cost(own))};
  const double flat = FlatBill(one.plans[plan], EvenUsage(AudioHours(1))).value() *
                      BilledShare(one.plans[plan].billing, one.usage) *
                      one.assumptions.price_change;
  // At today's volume the own bill is taken as fixed, as flat reckonings do.
  crossing.flat = FlatBreakEven(Price<AudioHours>(flat), comparison.rows[own].bill, {});
  return crossing;
}

std::optional<double> PaybackOf(const Case& one, const Comparison& comparison, size_t plan,
                                size_t own) {
  return PaybackMonths(one.assumptions.migration,
                       comparison.rows[plan].total() - comparison.rows[own].total());
}

}  // namespace ironscribe::cost
