#include "cost/simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "cost/queueing.h"

namespace ironscribe::cost {
namespace {

SimulationOptions Exponential(int machines, double utilization) {
  SimulationOptions options;
  options.machines = machines;
  options.speeds = {{1, Speed(60)}};  // 600 s of audio are 10 s of work.
  options.arrivals_per_second = utilization * machines / 10;
  return options;
}

TEST(Simulation, ExponentialQueuesLieInTheirOwnInterval) {
  fmt::print("machines utilization    theory simulated half-width\n");
  for (const int machines : {1, 2, 5, 10}) {
    for (const double utilization : {0.5, 0.744, 0.9}) {
      SimulationOptions options = Exponential(machines, utilization);
      options.target_wait = Seconds(20);
      const SimulationResult result = Simulate(options);
      const Queue queue{options.arrivals_per_second, Seconds(10), {}};
      const double theory = MeanWait(queue, machines).value();
      fmt::print("{:8} {:11.3f} {:9.4f} {:9.4f} {:10.4f}\n", machines, utilization, theory,
                 result.wait.mean, result.wait.half_width);
      EXPECT_LE(result.wait.half_width, 0.02 * result.wait.mean);
      EXPECT_LE(std::abs(result.wait.mean - theory), result.wait.half_width);
      EXPECT_NEAR(result.share_waiting, ErlangC(machines, queue.load()), 0.01);
      EXPECT_NEAR(result.utilization, utilization, 0.01);
      const double late =
          ErlangC(machines, queue.load()) * std::exp(-(1 - utilization) * machines * 20 / 10);
      EXPECT_NEAR(result.share_in_time, 1 - late, 0.01);
      EXPECT_NEAR(result.wait_p95, WaitQuantile(queue, machines, 0.95).value(),
                  0.05 * result.wait_p95 + 0.05);
    }
  }
}

// Short runs, so that each must go on until its own interval is narrow enough.
TEST(Simulation, IntervalsHoldTheTruthAsOftenAsTheySay) {
  constexpr int kRuns = 1000;
  SimulationOptions options = Exponential(1, 0.5);
  options.half_width = 0.1;
  options.pilot_recordings = 2000;
  const double theory = MeanWait({options.arrivals_per_second, Seconds(10), {}}, 1).value();
  int held = 0;
  for (int run = 0; run < kRuns; ++run) {
    options.seed = static_cast<uint64_t>(1000 + run);
    const Estimate wait = Simulate(options).wait;
    EXPECT_LE(wait.half_width, options.half_width * wait.mean);
    if (std::abs(wait.mean - theory) <= wait.half_width) ++held;
  }
  fmt::print("{} of {} intervals of 95 % hold the exact mean\n", held, kRuns);
  // Three standard deviations of the binomial distribution.
  EXPECT_NEAR(held, 0.95 * kRuns, 3 * std::sqrt(0.95 * 0.05 * kRuns));
}

// Of the formula against the simulator, printed; above 0 it says that one waits longer.
double ErrorOfFormula(int machines, double utilization, const Variability& variability) {
  SimulationOptions options = Exponential(machines, utilization);
  options.arrival_variability = variability.arrivals;
  options.length_variability = variability.service;
  options.half_width = 0.03;
  const SimulationResult result = Simulate(options);
  const Queue queue{options.arrivals_per_second, Seconds(10), variability};
  const double formula = MeanWait(queue, machines).value();
  const double error = formula / result.wait.mean - 1;
  fmt::print("{:8} {:11.2f} {:8.1f} {:7.1f} {:8.3f} {:9.3f} {:+5.1f}%\n", machines, utilization,
             variability.arrivals, variability.service, formula, result.wait.mean, 100 * error);
  return error;
}

void PrintHead() {
  fmt::print("machines utilization arrivals service  formula simulated  error\n");
}

struct GridCase {
  int machines;
  double utilization;
  Variability variability;
};

// Independent arrivals, then more regular and more bursty ones.
std::vector<GridCase> Grid() {
  std::vector<GridCase> grid;
  for (const int machines : {1, 2, 5, 10}) {
    for (const double utilization : {0.8, 0.9}) {
      for (const double service : {0.5, 2.0, 4.0}) {
        grid.push_back({machines, utilization, {1, service}});
      }
      for (const double arrivals : {0.5, 2.0}) {
        for (const double service : {0.5, 2.0}) {
          grid.push_back({machines, utilization, {arrivals, service}});
        }
      }
    }
  }
  return grid;
}

TEST(Simulation, AllenCunneenIsCloseOverAGrid) {
  std::vector<double> errors;
  PrintHead();
  for (const GridCase& one : Grid()) {
    errors.push_back(std::abs(ErrorOfFormula(one.machines, one.utilization, one.variability)));
  }
  std::sort(errors.begin(), errors.end());
  fmt::print("{} cases, median {:.1f}%, worst {:.1f}%\n", errors.size(),
             100 * errors[errors.size() / 2], 100 * errors.back());
  EXPECT_GE(errors.size(), 20u);
  EXPECT_LE(errors[errors.size() / 2], 0.10);
  EXPECT_LE(errors.back(), 0.20);
}

// What capacity_report.cc says of what lies beyond the grid: regular arrivals and unequal lengths
// wait less than the formula tells, bursts longer.
TEST(Simulation, HowFarTheFormulaIsOffBeyondTheGrid) {
  PrintHead();
  for (const GridCase& one :
       {GridCase{10, 0.7, {0.5, 2}}, GridCase{10, 0.5, {1, 4}}, GridCase{20, 0.8, {0.5, 2}}}) {
    const double error = ErrorOfFormula(one.machines, one.utilization, one.variability);
    EXPECT_GT(error, 0);
    EXPECT_LT(error, 0.25);
  }
  for (const GridCase& one : {GridCase{10, 0.7, {2, 0.5}}, GridCase{10, 0.7, {4, 1}}}) {
    const double error = ErrorOfFormula(one.machines, one.utilization, one.variability);
    EXPECT_LT(error, 0);
    EXPECT_GT(error, -0.35);
  }
}

TEST(Simulation, SameSeedSameAnswer) {
  SimulationOptions options = Exponential(3, 0.8);
  const SimulationResult first = Simulate(options);
  EXPECT_EQ(first.wait.mean, Simulate(options).wait.mean);
  options.seed = 2;
  EXPECT_NE(first.wait.mean, Simulate(options).wait.mean);
}

// Eight at once are four times as fast as one alone: what drowns one machine is light work.
TEST(Simulation, BatchesCarryMore) {
  SimulationOptions options = Exponential(1, 2.0);
  options.speeds = {{1, Speed(60)}, {8, Speed(240)}};
  const SimulationResult result = Simulate(options);
  EXPECT_GT(result.mean_batch, 1.5);
  EXPECT_LT(result.utilization, 1.0);
  EXPECT_LE(result.wait.half_width, 0.02 * result.wait.mean);
  EXPECT_EQ(SpeedAt(options.speeds, 1), Speed(60));
  EXPECT_NEAR(SpeedAt(options.speeds, 5).value(), 60 + 180 * 4 / 7.0, 1e-9);
  EXPECT_EQ(SpeedAt(options.speeds, 9), Speed(240));
}

TEST(Simulation, LengthsAndGapsHaveTheirVariability) {
  SimulationOptions options = Exponential(1, 0.6);
  // One machine, Poisson arrivals: the formula of Pollaczek and Khinchine is exact.
  options.clips = {{AudioSeconds(200), 0.75}, {AudioSeconds(1800), 0.25}};
  const SimulationResult result = Simulate(options);
  const Queue queue{options.arrivals_per_second, Seconds(10), {1, SquaredVariation(options.clips)}};
  EXPECT_NEAR(result.wait.mean, MeanWait(queue, 1).value(), 0.03 * result.wait.mean);
  // Regular arrivals of equal lengths never wait.
  options.clips = {{AudioSeconds(600), 1}};
  options.arrival_variability = 0;
  EXPECT_NEAR(Simulate(options).wait.mean, 0, 1e-6);
}

}  // namespace
}  // namespace ironscribe::cost
