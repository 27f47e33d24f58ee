#include "cost/finance.h"

#include <cmath>

namespace ironscribe::cost {
namespace {

constexpr double kMinHours = 1;
// Steps of 2 %: no jump of a tier or a machine that matters hides between two of them.
constexpr double kStep = 1.02;
constexpr int kBisections = 60;

AudioHours Bisect(AudioHours dearer, AudioHours cheaper,
                  const std::function<bool(AudioHours)>& own_is_cheaper) {
  for (int i = 0; i < kBisections; ++i) {
    const AudioHours middle = (dearer + cheaper) / 2;
    (own_is_cheaper(middle) ? cheaper : dearer) = middle;
  }
  return cheaper;
}

}  // namespace

std::optional<BreakEven> FindBreakEven(const YearCost& cloud, const YearCost& own) {
  const auto own_is_cheaper = [&](AudioHours hours) { return own(hours) <= cloud(hours); };
  std::optional<BreakEven> found;
  AudioHours before(kMinHours);
  if (own_is_cheaper(before)) found = BreakEven{.hours = AudioHours(), .always = true};
  for (AudioHours hours(kMinHours * kStep); hours < kMaxBreakEvenHours; hours = hours * kStep) {
    const bool cheaper = own_is_cheaper(hours);
    if (!found.has_value() && cheaper) {
      found = BreakEven{.hours = Bisect(before, hours, own_is_cheaper)};
    } else if (found.has_value() && !cheaper) {
      found->comes_back = true;
      break;
    }
    before = hours;
  }
  return found;
}

std::optional<AudioHours> FlatBreakEven(Price<AudioHours> cloud, Money own_fixed,
                                        Price<AudioHours> own_variable) {
  const double gain = cloud.value() - own_variable.value();
  if (!(gain > 0)) return std::nullopt;
  return AudioHours(own_fixed.value() / gain);
}

std::optional<double> PaybackMonths(Money once, Money saved_per_year) {
  if (!(saved_per_year > Money())) return std::nullopt;
  return once / saved_per_year * kMonthsPerYear;
}

Money PresentValue(Money once, const std::function<Money(int year)>& cost_of_year, double rate) {
  Money value = once;
  for (int year = 0; year < kPresentValueYears; ++year) {
    value += cost_of_year(year) / std::pow(1 + rate, year + 1);
  }
  return value;
}

}  // namespace ironscribe::cost
