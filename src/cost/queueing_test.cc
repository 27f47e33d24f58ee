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

}  // namespace
}  // namespace ironscribe::cost
