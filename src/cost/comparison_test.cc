#include "cost/comparison.h"

#include <gtest/gtest.h>

#include "cost/parameters.h"
#include "cost/uncertainty.h"

namespace ironscribe::cost {
namespace {

WordErrors Known(double rate, std::string test = "a test") {
  return {Knowledge::kPublished, rate, std::move(test), "somebody"};
}

PricePlan Plan(std::string id, double per_minute, WordErrors words) {
  PricePlan plan;
  plan.id = plan.name = std::move(id);
  plan.tiers = {{AudioMinutes(0), std::nullopt, MinutePrice(per_minute)}};
  plan.words = std::move(words);
  plan.provenance = {"test", "2026-01-01"};
  return plan;
}

OwnSetup Setup(double per_hour, double speed, WordErrors words) {
  OwnSetup setup;
  setup.hardware.id = "machine";
  setup.offer.per_hour = Price<MachineHours>(per_hour);
  setup.speed.model = "base";
  setup.speed.hardware = "machine";
  setup.speed.speed = setup.speed.low = setup.speed.high = Speed(speed);
  setup.speed.words = std::move(words);
  return setup;
}

Case Example() {
  Case one;
  one.usage = EvenUsage(AudioHours(500'000));
  one.plans = {Plan("replaced", 0.016, Known(0.0663)), Plan("cheap", 0.003, Known(0.12)),
               Plan("unknown", 0.0001, {}), Plan("close", 0.006, Known(0.0744))};
  one.setups = {Setup(0.5, 100, Known(0.07))};
  one.against = "replaced";
  return one;
}

std::string Winner(const Case& one) {
  const Comparison comparison = Compare(one);
  if (!comparison.headline.cheapest.has_value()) return "";
  return comparison.rows[*comparison.headline.cheapest].id;
}

TEST(Comparison, OnlyRowsWithinOnePointCompete) {
  Case one = Example();
  EXPECT_EQ(Winner(one), "own/base/machine/on_demand");
  const Comparison comparison = Compare(one);
  EXPECT_EQ(comparison.rows[*comparison.headline.next].id, "close");
  EXPECT_EQ(comparison.rows[*comparison.headline.cheapest_of_all].id, "unknown");
  EXPECT_FALSE(comparison.rows[1].comparable);
  EXPECT_FALSE(comparison.rows[2].comparable);
  // Own errors above the limit: not even a machine for nothing wins.
  one.setups[0].speed.words.rate = 0.0764;
  one.setups[0].offer.per_hour = {};
  EXPECT_EQ(Winner(one), "close");
  one.setups[0].speed.words = Known(0.01, "another test");
  EXPECT_EQ(Winner(one), "close");
}

TEST(Comparison, UnknownErrorsNeverWin) {
  Case one = Example();
  for (PricePlan& plan : one.plans) plan.words = {};
  one.setups[0].speed.words = {};
  EXPECT_EQ(Winner(one), "");
  one.assumptions.wage_per_hour = Money(30);
  EXPECT_EQ(Winner(one), "");
  const Comparison comparison = Compare(one);
  EXPECT_EQ(comparison.rows[*comparison.headline.cheapest_of_all].id, "unknown");
}

TEST(Comparison, CorrectionLetsAllKnownRowsCompete) {
  Case one = Example();
  one.assumptions.engineers = 10;
  EXPECT_EQ(Winner(one), "close");
  one.assumptions.wage_per_hour = Money(0.0001);
  EXPECT_EQ(Winner(one), "cheap");
  one.assumptions.wage_per_hour = Money(30);
  EXPECT_EQ(Winner(one), "replaced");
  // 500,000 h x 9,000 words x (0.12 - 0.0663) x 5 s x $30 an hour.
  const Comparison comparison = Compare(one);
  EXPECT_NEAR(comparison.rows[1].correction.value(), 500'000.0 * 9'000 * 0.0537 * 5 / 3600 * 30, 1);
  EXPECT_EQ(comparison.rows[0].correction, Money(0));
}

TEST(Comparison, WhatLacksAFeatureDoesNotCompete) {
  Case one = Example();
  one.usage.features = {Feature::kRedaction};
  one.plans[3].add_ons = {{Feature::kRedaction, MinutePrice(0.001)}};
  EXPECT_EQ(Winner(one), "close");
  one.setups[0].speed.features = {Feature::kRedaction};
  EXPECT_EQ(Winner(one), "own/base/machine/on_demand");
}

// AssemblyAI's $75,000 against $210,000 of one's own: the loss is told as a loss.
TEST(Comparison, OwnMachinesMayLose) {
  Case one = Example();
  one.plans = {Plan("replaced", 0.15 / 60, Known(0.0663))};
  one.setups[0].stated_machines = Money(50'000);
  one.assumptions.months_stored = 0;
  const Comparison comparison = Compare(one);
  EXPECT_EQ(comparison.rows[*comparison.headline.cheapest].id, "replaced");
  EXPECT_NEAR((comparison.rows[0].total() - comparison.rows[1].total()).value(), -135'000, 1e-3);
  EXPECT_FALSE(PaybackOf(one, comparison, 0, 1).has_value());
}

TEST(Comparison, CrossingPaybackAndPresentValue) {
  Case one = Example();
  one.plans = {Plan("replaced", 0.016, Known(0.0663))};
  one.setups[0].stated_machines = Money(50'000);
  one.assumptions.months_stored = 0;
  one.usage.growth_per_year = 1;
  const Comparison comparison = Compare(one);
  const Crossing crossing = FindCrossing(one, comparison, 0, 1);
  EXPECT_NEAR(crossing.tiers->hours.value(), 218'750, 1e-3);
  EXPECT_NEAR(crossing.flat->value(), 218'750, 1e-6);
  EXPECT_NEAR(*PaybackOf(one, comparison, 0, 1), 40'000.0 / 270'000 * 12, 1e-9);
  const double rate = 1 + one.assumptions.discount_rate;
  EXPECT_NEAR(comparison.rows[0].present_value.value(),
              480'000 / rate + 960'000 / (rate * rate) + 1'920'000 / (rate * rate * rate), 1);
}

TEST(Uncertainty, SameSeedSameDrawsAndTheCenterLiesInside) {
  const Case one = Example();
  const Comparison comparison = Compare(one);
  const MonteCarloResult result = DrawCosts(one, comparison, {.draws = 20'000, .seed = 5});
  EXPECT_EQ(result.rows[0].p50,
            DrawCosts(one, comparison, {.draws = 20'000, .seed = 5}).rows[0].p50);
  EXPECT_NE(result.rows[0].p50,
            DrawCosts(one, comparison, {.draws = 20'000, .seed = 6}).rows[0].p50);
  for (size_t i = 0; i < comparison.rows.size(); ++i) {
    EXPECT_LT(result.rows[i].p10, result.rows[i].p50);
    EXPECT_LT(result.rows[i].p50, result.rows[i].p90);
    EXPECT_LT(result.rows[i].p10, comparison.rows[i].total());
    EXPECT_GT(result.rows[i].p90, comparison.rows[i].total());
  }
  double sum = 0;
  for (const double share : result.share_cheapest) sum += share;
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_EQ(result.share_cheapest[2], 0) << "unknown errors never win a draw";
  ASSERT_TRUE(result.saving.has_value());
}

TEST(Uncertainty, CertainCostsHaveNoSpread) {
  Case one = Example();
  one.plans = {Plan("replaced", 0.016, Known(0.0663))};
  one.setups.clear();
  one.usage = EvenUsage(AudioHours(0));
  one.plans[0].fixed_per_month = Money(10);
  one.assumptions.price_change = 0;
  const MonteCarloResult result = DrawCosts(one, Compare(one), {.draws = 1000});
  EXPECT_EQ(result.rows[0].p10, Money(0));
  EXPECT_EQ(result.rows[0].p90, Money(0));
  EXPECT_FALSE(result.saving.has_value());
}

// The interval of a measured speed must reach the spread of its row.
TEST(Uncertainty, MeasuredIntervalWidensTheRow) {
  Case one = Example();
  one.assumptions.engineers = 0;
  one.assumptions.spare_machines = 0;
  const auto spread = [&](double half_width) {
    one.setups[0].speed.low = Speed(100 - half_width);
    one.setups[0].speed.high = Speed(100 + half_width);
    const auto result = DrawCosts(one, Compare(one), {.draws = 20'000});
    return (result.rows[4].p90 - result.rows[4].p10) / result.rows[4].p50;
  };
  EXPECT_GT(spread(60), 1.1 * spread(0));
}

TEST(Uncertainty, TornadoNamesWhatMatters) {
  Case one = Example();
  const Comparison comparison = Compare(one);
  const auto swings = TornadoOf(one, comparison, 0, 4);
  ASSERT_GE(swings.size(), 4u);
  for (size_t i = 1; i < swings.size(); ++i) EXPECT_GE(swings[i - 1].width(), swings[i].width());
  // A bill of $480,000 against one engineer: volume and price come first.
  EXPECT_EQ(swings[0].key, "volume-change");
  EXPECT_LT(swings[0].saving_at_low, swings[0].saving_at_high);
  for (const Swing& swing : swings) EXPECT_NE(swing.key, "wage");
}

TEST(Parameters, EveryRowReadsWhatItWrites) {
  Assumptions assumptions;
  for (const Parameter& parameter : Parameters()) {
    EXPECT_EQ(FindParameter(parameter.key), &parameter);
    const double value = parameter.get(assumptions);
    EXPECT_GE(value, parameter.min) << parameter.key;
    EXPECT_LE(value, parameter.max) << parameter.key;
    EXPECT_LE(parameter.low(assumptions), value);
    EXPECT_GE(parameter.high(assumptions), value);
    EXPECT_FALSE(SetParameter(parameter, parameter.min - 1, assumptions).ok());
    EXPECT_FALSE(SetParameter(parameter, parameter.max * 2, assumptions).ok());
    ASSERT_TRUE(SetParameter(parameter, parameter.max, assumptions).ok());
    EXPECT_EQ(parameter.get(assumptions), parameter.max);
    parameter.set(assumptions, value);
  }
}

}  // namespace
}  // namespace ironscribe::cost
