#include "cost/queueing.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ironscribe::cost {
namespace {

// Values of the printed tables of Erlang's formulas.
TEST(Queueing, Erlang) {
  EXPECT_NEAR(ErlangB(1, 1), 0.5, 1e-12);
  EXPECT_NEAR(ErlangB(2, 1), 0.2, 1e-12);
  EXPECT_NEAR(ErlangB(10, 4.461), 0.01, 2e-5);
  EXPECT_NEAR(ErlangB(100, 84.06), 0.01, 2e-5);
  EXPECT_NEAR(ErlangC(1, 0.6), 0.6, 1e-12);
  EXPECT_EQ(ServersForBlocking(4.46, 0.01), 10);
  EXPECT_EQ(ServersForBlocking(4.47, 0.01), 11);
  EXPECT_EQ(ServersForBlocking(0, 0.01), 1);
  EXPECT_TRUE(std::isfinite(ErlangB(100'000, 99'000)));
}

TEST(Queueing, QuantilesOfOneExponentialServer) {
  const Queue queue{0.5, Seconds(1), {}};
  // P(W > t) = 0.5 exp(-t / 2).
  EXPECT_NEAR(WaitQuantile(queue, 1, 0.95).value(), 2 * std::log(0.5 / 0.05), 1e-9);
  EXPECT_EQ(WaitQuantile(queue, 1, 0.4).value(), 0);
}

// Where an exact mean is known.
TEST(Queueing, ExactMeansOfOneServer) {
  // Pollaczek and Khinchine: rho / (1 - rho) x (1 + c^2) / 2 services.
  EXPECT_NEAR(MeanWait({0.8, Seconds(1), {1, 4}}, 1).value(), 4 * 2.5, 1e-9);
  EXPECT_NEAR(MeanWait({0.8, Seconds(1), {1, 0}}, 1).value(), 4 * 0.5, 1e-9);
  // D/M/1: s / (1 - s) services, s the root of s = exp(-(1 - s) / rho).
  double s = 0.5;
  for (int i = 0; i < 200; ++i) s = std::exp(-(1 - s) / 0.8);
  EXPECT_NEAR(MeanWait({0.8, Seconds(1), {0, 1}}, 1).value(), s / (1 - s), 0.005);
  EXPECT_EQ(MeanWait({0.8, Seconds(1), {0, 0}}, 3).value(), 0);
  EXPECT_EQ(MeanWait({0, Seconds(1), {0.5, 2}}, 3).value(), 0);
}

TEST(Queueing, WaitsFallWithMachinesForAllVariabilities) {
  for (const double arrivals : {0.0, 0.5, 1.0, 2.0, 4.0}) {
    for (const double service : {0.0, 0.5, 1.0, 4.0}) {
      if (arrivals + service == 0) continue;
      double before = MeanWait({7.9, Seconds(1), {arrivals, service}}, 8).value();
      for (int machines = 9; machines < 40; ++machines) {
        const double wait = MeanWait({7.9, Seconds(1), {arrivals, service}}, machines).value();
        EXPECT_LT(wait, before) << machines << " " << arrivals << " " << service;
        EXPECT_GE(wait, 0);
        before = wait;
      }
    }
  }
}

}  // namespace
}  // namespace ironscribe::cost
