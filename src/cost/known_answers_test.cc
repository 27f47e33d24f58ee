// Answers that others have published or that follow from published prices by hand. Every number
// names where it comes from; "rate card" is the monthly table of the provider, as data/prices has
// it.

#include <gtest/gtest.h>

#include <cmath>

#include "cost/finance.h"
#include "cost/own_iron.h"
#include "cost/price_plan.h"
#include "cost/queueing.h"

namespace ironscribe::cost {
namespace {

PricePlan Graduated(std::vector<PriceTier> tiers) {
  PricePlan plan;
  plan.id = "plan";
  plan.tiers = std::move(tiers);
  plan.provenance = {"test", "2026-05-19"};
  EXPECT_FALSE(FindProblem(plan).has_value());
  return plan;
}

PricePlan Flat(double per_minute) {
  return Graduated({{AudioMinutes(0), std::nullopt, MinutePrice(per_minute)}});
}

// Google Speech-to-Text v2 standard, rate card of 2024-07.
PricePlan GoogleTiers() {
  return Graduated({{AudioMinutes(0), AudioMinutes(500'000), MinutePrice(0.016)},
                    {AudioMinutes(500'000), AudioMinutes(1'000'000), MinutePrice(0.010)},
                    {AudioMinutes(1'000'000), AudioMinutes(2'000'000), MinutePrice(0.008)},
                    {AudioMinutes(2'000'000), std::nullopt, MinutePrice(0.004)}});
}

// Amazon Transcribe standard, as repeated by second-hand tables.
PricePlan AwsTiers() {
  return Graduated({{AudioMinutes(0), AudioMinutes(250'000), MinutePrice(0.024)},
                    {AudioMinutes(250'000), AudioMinutes(1'000'000), MinutePrice(0.015)},
                    {AudioMinutes(1'000'000), AudioMinutes(5'000'000), MinutePrice(0.0102)},
                    {AudioMinutes(5'000'000), std::nullopt, MinutePrice(0.0078)}});
}

constexpr double kCustomerHours = 500'000;
constexpr double kOwnYear = 210'000;  // The customer's $50,000 of machines and one engineer.

struct BillCase {
  const char* source;
  PricePlan plan;
  double hours;
  double expected;
};

TEST(KnownAnswers, YearlyBills) {
  const BillCase cases[] = {
      {"customer: 500,000 h x 60 x $0.016", Flat(0.016), kCustomerHours, 480'000},
      {"Google v1 at $0.024 (2024-07)", Flat(0.024), kCustomerHours, 720'000},
      {"Google monthly tiers, by hand: $23,000 a month", GoogleTiers(), kCustomerHours, 276'000},
      {"AWS monthly tiers, by hand: $32,550 a month", AwsTiers(), kCustomerHours, 390'600},
      {"Amazon Transcribe Medical $0.075 (official page)", Flat(0.075), kCustomerHours, 2'250'000},
      {"Google medical $0.078 (2024-07)", Flat(0.078), kCustomerHours, 2'340'000},
      {"AssemblyAI Universal-2 $0.15 an hour (2026-10-07)", Flat(0.15 / 60), kCustomerHours,
       75'000},
      {"$200,000 company: 208,333 h at $0.016", Flat(0.016), 208'333.333333, 200'000},
  };
  for (const BillCase& one : cases) {
    const YearBill bill = BillYear(one.plan, EvenUsage(AudioHours(one.hours)));
    EXPECT_NEAR(bill.total().value(), one.expected, 0.01) << one.source;
  }
}

TEST(KnownAnswers, CustomersCase) {
  OwnBill own =
      OwnOverhead(EvenUsage(AudioHours(kCustomerHours)),
                  {.engineers = 1, .salary_per_year = Money(160'000), .months_stored = 0});
  own.machines = Money(50'000);
  const Money cloud = BillYear(Flat(0.016), EvenUsage(AudioHours(kCustomerHours))).total();
  EXPECT_NEAR(own.total().value(), 210'000, 1e-6);
  EXPECT_NEAR((cloud - own.total()).value(), 270'000, 1e-6);
  EXPECT_NEAR((cloud - own.total()) / cloud, 0.5625, 1e-12);
}

// Our $210,000 against other bills: what is saved, in money and percent of the bill.
TEST(KnownAnswers, SavingsAndLosses) {
  const struct {
    const char* source;
    PricePlan plan;
    double saved;
    double percent;
  } cases[] = {
      {"Google tiers", GoogleTiers(), 66'000, 23.9},
      {"AWS tiers", AwsTiers(), 180'600, 46.2},
      {"AssemblyAI: own iron loses", Flat(0.15 / 60), -135'000, -180.0},
  };
  for (const auto& one : cases) {
    const Money cloud = BillYear(one.plan, EvenUsage(AudioHours(kCustomerHours))).total();
    const Money saved = cloud - Money(kOwnYear);
    EXPECT_NEAR(saved.value(), one.saved, 0.01) << one.source;
    EXPECT_NEAR(100 * (saved / cloud), one.percent, 0.05) << one.source;
  }
}

// blog.gdeltproject.org: 36,000 minutes a day in months of 30 days, which are 18,000 hours.
TEST(KnownAnswers, GdeltsChannels) {
  const Usage usage = EvenUsage(AudioHours(12 * 30 * 600.0));
  EXPECT_NEAR(BillYear(GoogleTiers(), usage).total().value(), 163'680, 0.01);
  EXPECT_NEAR(BillYear(Flat(0.003), usage).total().value(), 38'880, 0.01);
}

TEST(KnownAnswers, BreakEvenAtFlatRates) {
  const struct {
    double per_minute;
    double hours;
  } cases[] = {
      {0.016, 218'750}, {0.0092, 380'435}, {0.006, 583'333}, {0.0043, 813'953}, {0.003, 1'166'667}};
  for (const auto& one : cases) {
    const auto hours = FlatBreakEven(Price<AudioHours>(60 * one.per_minute), Money(kOwnYear), {});
    ASSERT_TRUE(hours.has_value());
    EXPECT_EQ(std::round(hours->value()), one.hours) << one.per_minute;
  }
}

// By hand: Google, $13,000 for the first million minutes of a month and 4,500 / 0.008 more; AWS,
// $17,250 and 250 / 0.0102 more.
TEST(KnownAnswers, BreakEvenByRealTiers) {
  const struct {
    PricePlan plan;
    double hours;
  } cases[] = {{GoogleTiers(), 312'500}, {AwsTiers(), 204'902}};
  for (const auto& one : cases) {
    const auto found = FindBreakEven(
        [&](AudioHours hours) { return BillYear(one.plan, EvenUsage(hours)).total(); },
        [](AudioHours) { return Money(kOwnYear); });
    ASSERT_TRUE(found.has_value());
    EXPECT_FALSE(found->always);
    EXPECT_FALSE(found->comes_back);
    EXPECT_EQ(std::round(found->hours.value()), one.hours);
  }
}

TEST(KnownAnswers, TwoHundredThousandToTwenty) {
  const Money bill(200'000);
  const Money own(20'000);
  EXPECT_NEAR((bill - own) / bill, 0.9, 1e-12);
  EXPECT_EQ(PaybackMonths(Money(0), bill - own), 0);
  // $20,000 a year is its own yardstick: 208,333 h at 100 x and full use are 2,083.33 core-hours.
  const auto price = CoreHourPriceFor(own, AudioHours(208'333), Speed(100), 1);
  EXPECT_NEAR(price.value(), 9.6000, 1e-3);
  EXPECT_NEAR(CoreHourPriceFor(own, AudioHours(208'333), Speed(100), 0.35).value(),
              0.35 * price.value(), 1e-9);
}

struct MachineCase {
  const char* source;
  double speed;
  double per_hour;
  double busy_hours;
  double at_full_use;
  double at_35_percent;
};

TEST(KnownAnswers, MachineHours) {
  const MachineCase cases[] = {
      {"whisper-large-v3-turbo 148.26 x (long-form leaderboard) at $5 (HF Jobs H200, 2026-07)",
       148.26, 5, 3'372, 16'862, 48'178},
      {"45.9 x (RTX 3070 Ti, published) at an L4's $0.8048 (2026-01-21)", 45.9, 0.8048, 10'893,
       8'767, 25'048},
  };
  for (const MachineCase& one : cases) {
    Hardware hardware;
    const Offer offer{.kind = OfferKind::kOnDemand, .per_hour = Price<MachineHours>(one.per_hour)};
    ModelSpeed speed;
    speed.hardware = "gpu";
    speed.speed = Speed(one.speed);
    const Usage usage = EvenUsage(AudioHours(kCustomerHours));
    const OwnBill full =
        BillOwnYear(hardware, offer, speed, usage, {.utilization = 1, .spare_machines = 0});
    EXPECT_EQ(std::round(full.busy.value()), one.busy_hours) << one.source;
    EXPECT_EQ(std::round(full.machines.value()), one.at_full_use) << one.source;
    const OwnBill usual =
        BillOwnYear(hardware, offer, speed, usage, {.utilization = 0.35, .spare_machines = 0});
    EXPECT_EQ(std::round(usual.machines.value()), one.at_35_percent) << one.source;
  }
}

// AWS bills at least 15 s a request: a million clips of 5 s at tier 1.
TEST(KnownAnswers, MinimumPerRequest) {
  PricePlan plan = Flat(0.024);
  Usage usage = EvenUsage(HoursOf(AudioSeconds(5e6)));
  usage.clips = {{AudioSeconds(5), 1}};
  EXPECT_NEAR(BillYear(plan, usage).total().value(), 2'000, 1e-6);
  plan.billing.minimum_per_request = AudioSeconds(15);
  EXPECT_NEAR(BillYear(plan, usage).total().value(), 6'000, 1e-6);
}

// 3 M files of ten minutes a year, three times as many at the peak, on an engine of 46 x.
TEST(KnownAnswers, Queue) {
  const double per_second = 3e6 * 3 / (365 * 86'400.0);
  const Seconds service = TimeFor(AudioSeconds(600), Speed(46));
  EXPECT_NEAR(per_second, 0.2854, 5e-5);
  EXPECT_NEAR(service.value(), 13.04, 5e-3);
  EXPECT_NEAR(per_second * service.value(), 3.722, 5e-4);
  EXPECT_NEAR(per_second * service.value() / 5, 0.744, 5e-4);
  EXPECT_NEAR(ErlangC(5, per_second * service.value()), 0.452, 5e-4);
  const struct {
    int servers;
    double service_variability;
    double wait;
  } cases[] = {{5, 1, 4.62}, {5, 4, 11.54}, {6, 1, 1.27}, {6, 4, 3.17}};
  for (const auto& one : cases) {
    const Queue queue{per_second, service, {1, one.service_variability}};
    EXPECT_NEAR(AllenCunneenWait(queue, one.servers).value(), one.wait, 0.006) << one.servers;
  }
}

}  // namespace
}  // namespace ironscribe::cost
