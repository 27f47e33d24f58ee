// Money and units as types: what does not belong together does not compile. A Quantity adds only to
// its own kind; a Price turns a quantity into Money; everything else is a named conversion.
#pragma once

#include <compare>

namespace ironscribe::cost {

template <typename Unit>
class Quantity {
 public:
  constexpr Quantity() = default;
  explicit constexpr Quantity(double value) : value_(value) {}

  constexpr double value() const { return value_; }

  constexpr Quantity operator+(Quantity other) const { return Quantity(value_ + other.value_); }
  constexpr Quantity operator-(Quantity other) const { return Quantity(value_ - other.value_); }
  constexpr Quantity operator-() const { return Quantity(-value_); }
  constexpr Quantity operator*(double factor) const { return Quantity(value_ * factor); }
  constexpr Quantity operator/(double divisor) const { return Quantity(value_ / divisor); }
  constexpr double operator/(Quantity other) const { return value_ / other.value_; }
  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }
  constexpr auto operator<=>(const Quantity&) const = default;

 private:
  double value_ = 0;
};

template <typename Unit>
constexpr Quantity<Unit> operator*(double factor, Quantity<Unit> quantity) {
  return quantity * factor;
}

// An amount in the one currency of a report. Amounts in the currency of a table are Quotes
// (currency.h), which have no arithmetic at all.
using Money = Quantity<struct MoneyUnit>;

using AudioHours = Quantity<struct AudioHourUnit>;
using AudioMinutes = Quantity<struct AudioMinuteUnit>;
using AudioSeconds = Quantity<struct AudioSecondUnit>;
using MachineHours = Quantity<struct MachineHourUnit>;
using Seconds = Quantity<struct SecondUnit>;  // Of the clock.
using Gigabytes = Quantity<struct GigabyteUnit>;
using KilowattHours = Quantity<struct KilowattHourUnit>;
using Watts = Quantity<struct WattUnit>;

// Hours of audio per hour of one machine.
using Speed = Quantity<struct SpeedUnit>;

// Money for one of something.
template <typename Amount>
class Price {
 public:
  constexpr Price() = default;
  explicit constexpr Price(double value) : value_(value) {}
  constexpr double value() const { return value_; }
  constexpr Price operator*(double factor) const { return Price(value_ * factor); }
  constexpr Price operator+(Price other) const { return Price(value_ + other.value_); }
  constexpr auto operator<=>(const Price&) const = default;

 private:
  double value_ = 0;
};

template <typename Unit>
constexpr Money operator*(Price<Quantity<Unit>> price, Quantity<Unit> amount) {
  return Money(price.value() * amount.value());
}
template <typename Unit>
constexpr Money operator*(Quantity<Unit> amount, Price<Quantity<Unit>> price) {
  return price * amount;
}

constexpr AudioMinutes MinutesOf(AudioHours hours) { return AudioMinutes(hours.value() * 60); }
constexpr AudioHours HoursOf(AudioMinutes minutes) { return AudioHours(minutes.value() / 60); }
constexpr AudioHours HoursOf(AudioSeconds seconds) { return AudioHours(seconds.value() / 3600); }
constexpr MachineHours TimeFor(AudioHours audio, Speed speed) {
  return MachineHours(audio.value() / speed.value());
}
constexpr Seconds TimeFor(AudioSeconds audio, Speed speed) {
  return Seconds(audio.value() / speed.value());
}
constexpr KilowattHours EnergyOf(Watts power, MachineHours time) {
  return KilowattHours(power.value() / 1000 * time.value());
}

inline constexpr int kMonthsPerYear = 12;
inline constexpr double kDaysPerYear = 365;
// Of a year of 365 days.
inline constexpr MachineHours kHoursPerYear(8760);
inline constexpr MachineHours kHoursPerMonth(8760.0 / kMonthsPerYear);

}  // namespace ironscribe::cost
