// Providers and own machines side by side: what a year costs with each, which of them may be
// compared, and which is cheapest. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cost/finance.h"
#include "cost/own_iron.h"
#include "cost/price_plan.h"

namespace ironscribe::cost {

// A model on a machine that is had in a certain way.
struct OwnSetup {
  Hardware hardware = {};
  Offer offer = {};
  ModelSpeed speed = {};
  // The machines' cost of a year as somebody stated it, in place of a reckoning.
  std::optional<Money> stated_machines = {};
};

struct Case {
  Usage usage = {};
  Assumptions assumptions = {};
  std::vector<PricePlan> plans = {};
  std::vector<OwnSetup> setups = {};
  std::string against = {};  // Id of the plan that is to be replaced.
};

// Rows of a case: its plans in their order, then its setups.
inline size_t NumRows(const Case& one) { return one.plans.size() + one.setups.size(); }

// Rows within this of the replaced product's word error rate compete without correction.
inline constexpr double kComparableErrors = 0.01;

struct Row {
  bool is_own = false;
  std::string id = {};
  std::string name = {};
  WordErrors words = {};
  Money bill = {};        // A year, without correction.
  Money correction = {};  // Of the errors beyond those of the best row of the same test.
  Money flat = {};        // Plans: at the price of the first tier.
  Money present_value = {};
  YearBill cloud = {};
  OwnBill own = {};
  std::vector<Feature> missing = {};
  Provenance provenance = {};
  std::string note = {};
  std::string lacks = {};   // What the price is without: the row never wins.
  bool comparable = false;  // May win the headline.
  // Its errors are of the test that competes, so that its correction can be held against others'.
  bool correction_known = false;

  Money total() const { return bill + correction; }
};

// The cheapest rows that may be compared; nothing where there is none.
struct Headline {
  std::optional<size_t> cheapest = {};
  std::optional<size_t> next = {};  // The second cheapest.
  std::optional<size_t> cheapest_cloud = {};
  std::optional<size_t> cheapest_own = {};
  // The cheapest whole one without regard to words: not comparable perhaps.
  std::optional<size_t> cheapest_of_all = {};
  std::optional<size_t> cheapest_own_of_all = {};
  bool with_correction = false;
};

struct Comparison {
  std::vector<Row> rows = {};
  std::optional<size_t> against = {};
  std::string test = {};   // Of the word error rates that compete.
  double best_errors = 0;  // The lowest of that test.
  double error_limit = 0;  // Without correction rows up to this compete.
  Headline headline = {};
};

Comparison Compare(const Case& one);

// What one row costs in a year with the case's usage times `volume` and other assumptions; the
// comparison gives the errors that correction counts from.
Money CostOfRow(const Case& one, size_t row, double volume, const Assumptions& assumptions,
                double best_errors);

// The own row against the plan, by real tiers, and at the plan's flat price.
struct Crossing {
  std::optional<BreakEven> tiers = {};
  std::optional<AudioHours> flat = {};
};
Crossing FindCrossing(const Case& one, const Comparison& comparison, size_t plan, size_t own);

// Months until the own row's saving against the plan has paid the migration.
std::optional<double> PaybackOf(const Case& one, const Comparison& comparison, size_t plan,
                                size_t own);

// How much the correction of what is wrong beyond `best_errors` costs.
Money CorrectionCost(const WordErrors& words, double best_errors, AudioHours hours,
                     const Assumptions& assumptions);

}  // namespace ironscribe::cost
