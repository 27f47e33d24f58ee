#include "cost/currency.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ironscribe::cost {

bool IsCurrency(std::string_view text) {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

Status Exchange::Add(std::string_view currency, double rate) {
  if (!IsCurrency(currency)) {
    return InvalidArgumentError(
        fmt::format("'{}' is no currency; three capital letters such as EUR are", currency));
  }
  if (!(rate > 0) || !std::isfinite(rate)) {
    return InvalidArgumentError(fmt::format("the rate of {} must be above 0", currency));
  }
  rates_.insert_or_assign(Currency(currency), rate);
  return OkStatus();
}

Result<double> Exchange::RateOf(std::string_view currency) const {
  if (currency == report_currency_) return 1.0;
  const auto found = rates_.find(currency);
  if (found == rates_.end()) {
    return FailedPreconditionError(
        fmt::format("there is no rate from {0} to {1}; state one as {0}=RATE, the {1} that one {0} "
                    "is worth",
                    currency, report_currency_));
  }
  return found->second;
}

Result<Money> Exchange::Convert(const Quote& quote) const {
  ASSIGN_OR_RETURN(const double rate, RateOf(quote.currency));
  return Money(quote.amount * rate);
}

}  // namespace ironscribe::cost
