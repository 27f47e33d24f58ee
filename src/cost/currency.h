// Currencies never add: an amount of a price table is a Quote, which has no arithmetic, and becomes
// Money of the report only through a rate that somebody stated.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/status.h"
#include "cost/units.h"

namespace ironscribe::cost {

// Three capital letters, as in ISO 4217.
using Currency = std::string;
bool IsCurrency(std::string_view text);

struct Quote {
  double amount = 0;
  Currency currency;
};

class Exchange {
 public:
  explicit Exchange(Currency report_currency) : report_currency_(std::move(report_currency)) {}

  // One `currency` is worth `rate` of the report's. Errors: InvalidArgument for no currency and for
  // rates that are not positive and finite.
  Status Add(std::string_view currency, double rate);

  const Currency& report_currency() const { return report_currency_; }

  // How much of the report's currency one of `currency` is worth. Errors: FailedPrecondition when
  // no rate was stated.
  Result<double> RateOf(std::string_view currency) const;
  Result<Money> Convert(const Quote& quote) const;

 private:
  Currency report_currency_;
  std::map<Currency, double, std::less<>> rates_;
};

}  // namespace ironscribe::cost
