// How many machines, streams and places in the queue a load needs. Recordings wait (Erlang C and
// Allen-Cunneen), live streams are turned away when none is free (Erlang B). Pure functions.
#pragma once

#include <array>
#include <vector>

#include "base/status.h"
#include "cost/queueing.h"
#include "cost/simulation.h"
#include "cost/usage.h"

namespace ironscribe::cost {

inline constexpr int kHoursPerDay = 24;

struct CapacityTarget {
  // `share` of the recordings begin within `wait`.
  Seconds wait{10};
  double share = 0.95;
  double spare_machines = 1;     // N+1.
  double max_utilization = 0.9;  // Above it forecasts are worth nothing.
};

struct CapacityLoad {
  double recordings_per_day = 0;
  // Of a day's recordings, by hour of the day; sums to 1.
  std::array<double, kHoursPerDay> profile = {};
  // Of the busiest day over the mean one.
  double peak_day = 1;
  std::vector<ClipLength> clips = {};
  AudioSeconds mean_length{600};  // Where there are no clips.
  double length_variability = 1;  // Squared coefficient of variation, the same.
  double arrival_variability = 1;
  std::vector<BatchSpeed> speeds = {};  // Of one machine.
};

// Live streams, in the busiest hour.
struct StreamLoad {
  double mean_streams = 0;  // At once: arrivals per second times their length.
  double blocked = 0.01;    // Share that may be turned away.
  int per_machine = 1;
};

// An even profile whose busiest hour has `peak` times the mean, falling as a cosine towards the
// night. Requires: 1 <= peak <= 2.
std::array<double, kHoursPerDay> DayProfile(double peak);

// More machines than this come of a number typed wrong.
inline constexpr int kMaxMachines = 100'000;

// Errors: InvalidArgument for a profile that has negative hours or does not sum to 1, for lengths,
// speeds and numbers out of range.
Status CheckLoad(const CapacityLoad& load);
Status CheckTarget(const CapacityTarget& target);

struct HourPlan {
  double recordings_per_second = 0;
  double load = 0;  // Machines that are busy on average.
  int machines = 0;
  // By formula, or where machines were sized by simulation as simulated.
  double utilization = 0;
  double share_waiting = 0;
  Seconds mean_wait = {};
  Seconds wait_quantile = {};  // Of the target's share.
  Seconds formula_wait = {};   // The mean, always by formula.
};

struct CapacityPlan {
  std::array<HourPlan, kHoursPerDay> hours = {};
  int busiest_hour = 0;
  int machines = 0;      // Of the busiest hour.
  int with_spare = 0;    // What to run at most.
  int at_night = 0;      // Of the quietest hour, spare ones included.
  int queue_places = 0;  // More recordings than this wait longer than the target.
  Seconds service = {};  // Mean work on a recording.
  double service_variability = 0;
  int formula_machines = 0;  // Of the busiest hour; `machines` may be more after a simulation.
};

// Sets what follows from the machines of the plan's hours.
void SumUp(const CapacityTarget& target, CapacityPlan& plan);

// Machines that take batches are counted with the speed of their largest batch; Simulate shows what
// that leaves out. Requires: CheckLoad and CheckTarget pass. Errors: InvalidArgument for a load
// that more than kMaxMachines would have to carry.
Result<CapacityPlan> PlanCapacity(const CapacityLoad& load, const CapacityTarget& target);

// A plan that holds its target in the simulator.
struct SimulatedPlan {
  CapacityPlan plan = {};
  SimulationResult busiest = {};  // Of the busiest hour, with the machines of the plan.
};

// Adds machines to each hour of PlanCapacity's `plan` until the simulator begins the target's share
// in time, as many as kMostTimes the formula's and kMostBeside more. Hours are simulated shortly,
// the busiest one to the precision of SimulationOptions. Deterministic by `seed`. Errors:
// FailedPrecondition when that many do not do either.
inline constexpr int kMostTimes = 10;
inline constexpr int kMostBeside = 100;
// Shares of thousands of recordings are known to a few tenths of a percent.
inline constexpr double kShareNoise = 0.003;
Result<SimulatedPlan> SizeBySimulation(const CapacityLoad& load, const CapacityTarget& target,
                                       const CapacityPlan& plan, uint64_t seed);

struct StreamPlan {
  int streams = 0;   // That must be possible at once.
  int machines = 0;  // With spare ones.
  double blocked = 0;
};
StreamPlan PlanStreams(const StreamLoad& load, double spare_machines);

// The simulator's options for one hour of a plan.
SimulationOptions SimulationOf(const CapacityLoad& load, const CapacityTarget& target,
                               const HourPlan& hour);

}  // namespace ironscribe::cost
