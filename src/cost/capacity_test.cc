#include "cost/capacity.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

namespace ironscribe::cost {
namespace {

CapacityLoad EvenLoad(double recordings_per_day) {
  CapacityLoad load;
  load.recordings_per_day = recordings_per_day;
  load.profile = DayProfile(1);
  load.speeds = {{1, Speed(46)}};
  return load;
}

// The known queue of ten-minute files on an engine of 46 x: five machines wait 4.62 s on average.
TEST(Capacity, MachinesForATargetWait) {
  const CapacityLoad load = EvenLoad(3e6 * 3 / 365);
  const CapacityPlan plan = *PlanCapacity(load, {.wait = Seconds(10), .share = 0.8});
  EXPECT_EQ(plan.machines, 5);
  EXPECT_EQ(plan.with_spare, 6);
  EXPECT_EQ(plan.at_night, 6);
  EXPECT_NEAR(plan.hours[0].mean_wait.value(), 4.62, 0.01);
  EXPECT_LE(plan.hours[0].wait_quantile, Seconds(10));
  const CapacityPlan stricter = *PlanCapacity(load, {.wait = Seconds(10), .share = 0.99});
  EXPECT_GT(stricter.machines, plan.machines);
  // 10 s of five machines at 13.04 s a recording.
  EXPECT_EQ(plan.queue_places, 3);
}

TEST(Capacity, FollowsTheDay) {
  CapacityLoad load = EvenLoad(50'000);
  load.profile = DayProfile(1.8);
  EXPECT_NEAR(std::accumulate(load.profile.begin(), load.profile.end(), 0.0), 1, 1e-12);
  EXPECT_NEAR(load.profile[14] * 24, 1.8, 1e-12);
  const CapacityPlan plan = *PlanCapacity(load, {});
  EXPECT_EQ(plan.busiest_hour, 14);
  EXPECT_GT(plan.machines, plan.hours[2].machines);
  EXPECT_EQ(plan.at_night, plan.hours[2].machines + 1);
}

TEST(Capacity, NothingToDoNeedsSpareMachinesOnly) {
  const CapacityPlan plan = *PlanCapacity(EvenLoad(0), {});
  EXPECT_EQ(plan.machines, 0);
  EXPECT_EQ(plan.with_spare, 1);
}

// One at a time up to the answer would take minutes for the last of these.
TEST(Capacity, FewestMachinesThatMeetTheTarget) {
  for (const double recordings : {300.0, 20'000.0, 3e8}) {
    const CapacityLoad load = EvenLoad(recordings);
    const CapacityTarget target{.wait = Seconds(0.01), .share = 0.999, .max_utilization = 0.999};
    const auto plan = PlanCapacity(load, target);
    ASSERT_TRUE(plan.ok()) << plan.status().message();
    const HourPlan& hour = plan->hours[0];
    EXPECT_LE(hour.wait_quantile, target.wait);
    EXPECT_LE(hour.utilization, target.max_utilization);
    const Queue queue{hour.recordings_per_second, plan->service, {1, 1}};
    EXPECT_GT(WaitQuantile(queue, hour.machines - 1, target.share), target.wait) << recordings;
  }
}

TEST(Capacity, RefusesALoadThatNoFleetCarries) {
  for (const double speed : {1e-300, 1e-9, 0.001}) {
    CapacityLoad load = EvenLoad(1e6);
    load.speeds = {{1, Speed(speed)}};
    ASSERT_TRUE(CheckLoad(load).ok());
    const auto plan = PlanCapacity(load, {});
    ASSERT_FALSE(plan.ok()) << speed;
    EXPECT_NE(plan.status().message().find("needs more than the 100000 machines"),
              std::string::npos);
  }
}

// Machines take eight short and long recordings together: the formula's fleet begins 71 % in time.
TEST(Capacity, SimulationAddsMachinesUntilTheTargetHolds) {
  CapacityLoad load = EvenLoad(8000);
  load.clips = {{AudioSeconds(30), 0.5}, {AudioSeconds(1200), 0.5}};
  load.speeds = {{1, Speed(46)}, {8, Speed(120)}};
  const CapacityTarget target;
  const CapacityPlan formula = *PlanCapacity(load, target);
  SimulationOptions bare = SimulationOf(load, target, formula.hours[0]);
  bare.pilot_recordings = bare.max_recordings = 100'000;
  ASSERT_LT(Simulate(bare).share_in_time, 0.9);
  const auto sized = SizeBySimulation(load, target, formula, 1);
  ASSERT_TRUE(sized.ok()) << sized.status().message();
  EXPECT_GT(sized->plan.machines, formula.machines);
  EXPECT_EQ(sized->plan.formula_machines, formula.machines);
  EXPECT_EQ(sized->plan.with_spare, sized->plan.machines + 1);
  EXPECT_GE(sized->busiest.share_in_time, target.share - kShareNoise);
  for (const HourPlan& hour : sized->plan.hours) EXPECT_EQ(hour.machines, sized->plan.machines);
  // One fewer does not do.
  bare.machines = sized->plan.machines - 1;
  EXPECT_LT(Simulate(bare).share_in_time, target.share);
}

TEST(Capacity, SimulationGivesUpWhereNoFleetHolds) {
  CapacityLoad load = EvenLoad(8000);
  // Alone a recording takes 500 times as long as in the full batch that the formula counts with.
  load.speeds = {{1, Speed(0.1)}, {1024, Speed(50)}};
  const CapacityTarget target{.wait = Seconds(0), .share = 0.99};
  const auto sized = SizeBySimulation(load, target, *PlanCapacity(load, target), 1);
  ASSERT_FALSE(sized.ok());
  EXPECT_NE(sized.status().message().find("the simulation does not hold the target"),
            std::string::npos)
      << sized.status().message();
}

TEST(Capacity, StreamsByErlangB) {
  const StreamPlan plan = PlanStreams({.mean_streams = 84, .blocked = 0.01, .per_machine = 16}, 1);
  EXPECT_EQ(plan.streams, 100);
  EXPECT_EQ(plan.machines, 8);
  EXPECT_LE(plan.blocked, 0.01);
  EXPECT_EQ(PlanStreams({}, 1).machines, 0);
}

TEST(Capacity, RefusesWhatCannotBe) {
  const auto refuses = [](auto change, std::string_view part) {
    CapacityLoad load = EvenLoad(100);
    EXPECT_TRUE(CheckLoad(load).ok());
    change(load);
    return CheckLoad(load).message().find(part) != std::string::npos;
  };
  EXPECT_TRUE(refuses([](auto& l) { l.recordings_per_day = -1; }, "recordings a day"));
  EXPECT_TRUE(refuses([](auto& l) { l.profile[3] = -0.1; }, "hour 3"));
  EXPECT_TRUE(refuses([](auto& l) { l.profile[3] = 0.5; }, "sum to"));
  EXPECT_TRUE(refuses([](auto& l) { l.speeds.clear(); }, "no speed"));
  EXPECT_TRUE(refuses([](auto& l) { l.speeds = {{1, Speed(0)}}; }, "above 0"));
  EXPECT_TRUE(refuses([](auto& l) { l.speeds = {{2, Speed(5)}}; }, "begin with batch 1"));
  EXPECT_TRUE(refuses([](auto& l) { l.peak_day = 0.5; }, "busiest day"));
  EXPECT_TRUE(refuses([](auto& l) { l.arrival_variability = -1; }, "variation"));
  EXPECT_TRUE(refuses([](auto& l) { l.mean_length = AudioSeconds(0); }, "length"));
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(refuses([&](auto& l) { l.mean_length = AudioSeconds(infinite); }, "1000 hours"));
  EXPECT_TRUE(refuses([&](auto& l) { l.speeds = {{1, Speed(infinite)}}; }, "speed inf"));
  EXPECT_FALSE(CheckTarget({.wait = Seconds(infinite)}).ok());
  EXPECT_FALSE(CheckTarget({.spare_machines = 1e300}).ok());
  EXPECT_TRUE(CheckTarget({.spare_machines = kMaxMachines}).ok());
  EXPECT_FALSE(CheckTarget({.share = 1}).ok());
  EXPECT_FALSE(CheckTarget({.wait = Seconds(-1)}).ok());
  EXPECT_FALSE(CheckTarget({.max_utilization = 1}).ok());
}

}  // namespace
}  // namespace ironscribe::cost
