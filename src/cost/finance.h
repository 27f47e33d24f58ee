// When money comes back: break-even volumes, payback, net present value. Pure functions.
#pragma once

#include <functional>
#include <optional>

#include "cost/units.h"

namespace ironscribe::cost {

// The cost of a year with that many hours.
using YearCost = std::function<Money(AudioHours)>;

struct BreakEven {
  AudioHours hours = {};    // A year; from here own iron is cheaper.
  bool always = false;      // It is cheaper from the first hour on.
  bool comes_back = false;  // Further up the provider becomes cheaper again.
};

// The first volume from which `own` costs no more than `cloud`, by the real tiers; nothing when
// that does not happen up to kMaxBreakEvenHours. Costs may have jumps.
inline constexpr AudioHours kMaxBreakEvenHours(1e9);
std::optional<BreakEven> FindBreakEven(const YearCost& cloud, const YearCost& own);

// The same at one price for every hour: fixed / (price - variable); nothing when never.
std::optional<AudioHours> FlatBreakEven(Price<AudioHours> cloud, Money own_fixed,
                                        Price<AudioHours> own_variable);

// Months until savings have paid `once`: 0 when there is nothing to pay back, nothing when never.
std::optional<double> PaybackMonths(Money once, Money saved_per_year);

// Of costs at the ends of three years, with `once` at the beginning.
inline constexpr int kPresentValueYears = 3;
Money PresentValue(Money once, const std::function<Money(int year)>& cost_of_year, double rate);

}  // namespace ironscribe::cost
