#include "cost/units.h"

#include <gtest/gtest.h>

#include <cmath>
#include <type_traits>

#include "cost/currency.h"
#include "cost/usage.h"

namespace ironscribe::cost {
namespace {

template <typename A, typename B>
concept Adds = requires(A a, B b) {
  a + b;
};
template <typename A, typename B>
concept Multiplies = requires(A a, B b) {
  a* b;
};
template <typename A, typename B>
concept Compares = requires(A a, B b) {
  a < b;
};

static_assert(Adds<Money, Money>);
static_assert(!Adds<Money, AudioHours>);
static_assert(!Adds<AudioHours, AudioMinutes>);
static_assert(!Adds<AudioHours, MachineHours>);
static_assert(!Compares<AudioSeconds, Seconds>);
static_assert(!Multiplies<Money, Money>);
static_assert(!Multiplies<Price<AudioHours>, MachineHours>);
static_assert(!Multiplies<Price<AudioHours>, AudioMinutes>);
static_assert(Multiplies<Price<AudioHours>, AudioHours>);
static_assert(!std::is_convertible_v<double, Money>);
static_assert(!std::is_convertible_v<Money, double>);
// Currencies never add: amounts of tables have no arithmetic, not even within one currency.
static_assert(!Adds<Quote, Quote>);
static_assert(!Adds<Quote, Money>);
static_assert(!std::is_convertible_v<Quote, Money>);

TEST(Units, Conversions) {
  EXPECT_EQ(MinutesOf(AudioHours(2)), AudioMinutes(120));
  EXPECT_EQ(HoursOf(AudioSeconds(7200)), AudioHours(2));
  EXPECT_EQ(TimeFor(AudioHours(100), Speed(50)), MachineHours(2));
  EXPECT_EQ(EnergyOf(Watts(500), MachineHours(10)), KilowattHours(5));
  EXPECT_EQ(Price<AudioHours>(3) * AudioHours(4), Money(12));
}

TEST(Currency, ConvertsOnlyByAStatedRate) {
  Exchange exchange("USD");
  EXPECT_EQ(exchange.Convert({5, "USD"})->value(), 5);
  const auto unknown = exchange.Convert({5, "EUR"});
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.status().message().find("from EUR to USD"), std::string::npos);
  ASSERT_TRUE(exchange.Add("EUR", 1.1).ok());
  EXPECT_NEAR(exchange.Convert({5, "EUR"})->value(), 5.5, 1e-12);
}

TEST(Currency, RefusesWhatIsNone) {
  Exchange exchange("USD");
  EXPECT_FALSE(exchange.Add("eur", 1).ok());
  EXPECT_FALSE(exchange.Add("EURO", 1).ok());
  EXPECT_FALSE(exchange.Add("EUR", 0).ok());
  EXPECT_FALSE(exchange.Add("EUR", -1).ok());
  EXPECT_FALSE(exchange.Add("EUR", std::nan("")).ok());
}

TEST(Usage, RefusesWhatCannotBe) {
  const auto refused = [](auto change) {
    Usage usage = EvenUsage(AudioHours(1200));
    EXPECT_TRUE(CheckUsage(usage).ok());
    change(usage);
    return CheckUsage(usage).message();
  };
  const auto holds = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_TRUE(holds(refused([](Usage& u) { u.months[3] = AudioHours(-1); }), "month 4"));
  EXPECT_TRUE(holds(refused([](Usage& u) { u.months[0] = AudioHours(1e13); }), "absurd"));
  EXPECT_TRUE(holds(refused([](Usage& u) { u.months[0] = AudioHours(std::nan("")); }), "month 1"));
  EXPECT_TRUE(holds(refused([](Usage& u) { u.growth_per_year = -1; }), "growth"));
  EXPECT_TRUE(holds(refused([](Usage& u) { u.channels = 0.5; }), "channels"));
  EXPECT_TRUE(holds(refused([](Usage& u) {
                      u.clips = {{AudioSeconds(5), 0.4}, {AudioSeconds(9), 0.4}};
                    }),
                    "sum to 0.8"));
  EXPECT_TRUE(holds(refused([](Usage& u) { u.clips = {{AudioSeconds(0), 1}}; }), "0 seconds"));
  EXPECT_TRUE(holds(refused([](Usage& u) { u.clips = {{AudioSeconds(5), -1}}; }), "share of -1"));
}

TEST(Usage, MomentsOfClips) {
  const std::vector<ClipLength> clips = {{AudioSeconds(10), 0.5}, {AudioSeconds(30), 0.5}};
  EXPECT_EQ(MeanLength(clips), AudioSeconds(20));
  EXPECT_NEAR(SquaredVariation(clips), 0.25, 1e-12);
  EXPECT_EQ(SquaredVariation({}), 0);
}

}  // namespace
}  // namespace ironscribe::cost
