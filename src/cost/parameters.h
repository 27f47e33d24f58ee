// The table of everything that is assumed: one row gives flag, key of the scenario file, bounds,
// range of the uncertainty and the reason for the default. Reports, tornado and Monte Carlo walk
// it.
#pragma once

#include <span>
#include <string_view>

#include "cost/own_iron.h"

namespace ironscribe::cost {

struct Parameter {
  std::string_view key;   // "engineers": --engineers, engineers: in a scenario.
  std::string_view unit;  // "$/year"; $ stands for the report's currency.
  std::string_view what;
  std::string_view reason;  // Why the default is what it is.
  double min;
  double max;
  // The value may be off by these factors; equal ones are certain.
  double low_factor;
  double high_factor;
  double (*get)(const Assumptions& assumptions);
  void (*set)(Assumptions& assumptions, double value);

  double low(const Assumptions& assumptions) const;
  double high(const Assumptions& assumptions) const;
  // An amount of the report's currency, whose default is dollars.
  bool is_money() const { return unit.starts_with('$'); }
  bool is_uncertain() const { return low_factor != high_factor; }
};

std::span<const Parameter> Parameters();

// Null when there is none of that key.
const Parameter* FindParameter(std::string_view key);

// The currency of the defaults of Assumptions.
inline constexpr std::string_view kDefaultsCurrency = "USD";

// Every amount of `assumptions` times `rate`: the defaults in another currency. Errors:
// InvalidArgument for what leaves a parameter's bounds.
Status ConvertAmounts(double rate, Assumptions& assumptions);

// Errors: InvalidArgument with the bounds for a value that is outside or no number.
Status SetParameter(const Parameter& parameter, double value, Assumptions& assumptions);

}  // namespace ironscribe::cost
