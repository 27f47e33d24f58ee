// Machines by the simulator, where the formulas are too far off: batches, unequal lengths.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cost/capacity.h"

namespace ironscribe::cost {
namespace {

// A share of so many is known to kShareNoise; dozens of hours and sizes take a second or two.
constexpr int64_t kSizingRecordings = 100'000;

class Sizer {
 public:
  Sizer(const CapacityLoad& load, const CapacityTarget& target, uint64_t seed)
      : load_(load), target_(target), seed_(seed) {}

  bool Holds(const SimulationResult& result) const {
    return result.share_in_time >= target_.share - kShareNoise;
  }

  SimulationResult Short(HourPlan hour, int machines) const {
    SimulationOptions options = OptionsOf(hour, machines);
    options.pilot_recordings = kSizingRecordings;
    options.max_recordings = kSizingRecordings;
    return Simulate(options);
  }
  SimulationResult Long(const HourPlan& hour, int machines) const {
    return Simulate(OptionsOf(hour, machines));
  }

  // The fewest machines from `fewest` on, and what they do.
  Result<int> MachinesFor(const HourPlan& hour, int fewest, SimulationResult& result) const {
    int failed = fewest - 1;
    int machines = fewest;
    result = Short(hour, machines);
    while (!Holds(result)) {
      failed = machines;
      machines += std::max(1, machines / 8);
      RETURN_IF_ERROR(CheckBound(hour, machines, result));
      result = Short(hour, machines);
    }
    while (machines - failed > 1) {
      const int middle = failed + (machines - failed) / 2;
      const SimulationResult tried = Short(hour, middle);
      if (Holds(tried)) {
        machines = middle;
        result = tried;
      } else {
        failed = middle;
      }
    }
    return machines;
  }

  Status CheckBound(const HourPlan& hour, int machines, const SimulationResult& before) const {
    if (machines <= std::min(kMaxMachines, kMostTimes * hour.machines + kMostBeside)) {
      return OkStatus();
    }
    return FailedPreconditionError(fmt::format(
        "the simulation does not hold the target: the formula asks for {} machines, and with up to "
        "{} "
        "times as many and {} more still {:.1f} % begin within {:g} s, not {:g} %; look "
        "at speeds, lengths and target",
        hour.machines, kMostTimes, kMostBeside, 100 * before.share_in_time, target_.wait.value(),
        100 * target_.share));
  }

 private:
  SimulationOptions OptionsOf(HourPlan hour, int machines) const {
    hour.machines = machines;
    SimulationOptions options = SimulationOf(load_, target_, hour);
    options.seed = seed_;
    return options;
  }

  const CapacityLoad& load_;
  const CapacityTarget& target_;
  uint64_t seed_;
};

void Take(const SimulationResult& result, int machines, HourPlan& hour) {
  hour.machines = machines;
  hour.utilization = result.utilization;
  hour.share_waiting = result.share_waiting;
  hour.mean_wait = Seconds(result.wait.mean);
  hour.wait_quantile = Seconds(result.wait_of_share);
}

}  // namespace

Result<SimulatedPlan> SizeBySimulation(const CapacityLoad& load, const CapacityTarget& target,
                                       const CapacityPlan& plan, uint64_t seed) {
  const Sizer sizer(load, target, seed);
  SimulatedPlan sized{.plan = plan};
  // A fuller hour never needs fewer machines than a quieter one.
  std::array<size_t, kHoursPerDay> order;
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return plan.hours[a].load < plan.hours[b].load; });
  const HourPlan* before = nullptr;
  for (const size_t position : order) {
    HourPlan& hour = sized.plan.hours[position];
    if (hour.machines == 0) continue;
    const bool is_busiest = position == static_cast<size_t>(plan.busiest_hour);
    const bool is_same = before != nullptr && std::abs(before->load - hour.load) < 1e-9 * hour.load;
    if (is_same && !is_busiest) {
      const double per_second = hour.recordings_per_second;
      hour = *before;
      hour.recordings_per_second = per_second;
      continue;
    }
    SimulationResult result;
    ASSIGN_OR_RETURN(
        int machines,
        sizer.MachinesFor(hour, std::max(hour.machines, before ? before->machines : 0), result));
    if (is_busiest) {
      // What a short run passed by chance a long one may not.
      while (!sizer.Holds(result = sizer.Long(hour, machines))) {
        ++machines;
        RETURN_IF_ERROR(sizer.CheckBound(hour, machines, result));
      }
      sized.busiest = result;
    }
    Take(result, machines, hour);
    before = &hour;
  }
  SumUp(target, sized.plan);
  return sized;
}

}  // namespace ironscribe::cost
