#include "cost/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ironscribe::cost {

double Parameter::low(const Assumptions& assumptions) const {
  return std::clamp(get(assumptions) * low_factor, min, max);
}

double Parameter::high(const Assumptions& assumptions) const {
  return std::clamp(get(assumptions) * high_factor, min, max);
}

const Parameter* FindParameter(std::string_view key) {
  for (const Parameter& parameter : Parameters()) {
    if (parameter.key == key) return &parameter;
  }
  return nullptr;
}

Status SetParameter(const Parameter& parameter, double value, Assumptions& assumptions) {
  if (!std::isfinite(value) || value < parameter.min || value > parameter.max) {
    return InvalidArgumentError(fmt::format("{} {} is outside {:g} to {:g} ({})", parameter.key,
                                            value, parameter.min, parameter.max, parameter.unit));
  }
  parameter.set(assumptions, value);
  return OkStatus();
}

Status ConvertAmounts(double rate, Assumptions& assumptions) {
  for (const Parameter& parameter : Parameters()) {
    if (!parameter.is_money()) continue;
    RETURN_IF_ERROR(SetParameter(parameter, parameter.get(assumptions) * rate, assumptions));
  }
  return OkStatus();
}

}  // namespace ironscribe::cost
