#include "cost/capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace ironscribe::cost {
namespace {

constexpr double kSecondsPerHour = 3600;
constexpr double kMaxRecordingsPerDay = 1e10;

// The fewest machines from `fewest` to `most` whose wait, which falls as they grow, meets the
// target. Requires: more machines than load, and `most` meets the target.
int FewestMachines(const Queue& queue, const CapacityTarget& target, int fewest, int most) {
  while (fewest < most) {
    const int middle = fewest + (most - fewest) / 2;
    if (WaitQuantile(queue, middle, target.share) > target.wait) {
      fewest = middle + 1;
    } else {
      most = middle;
    }
  }
  return fewest;
}

Result<int> MachinesFor(const Queue& queue, const CapacityTarget& target) {
  // Above their load, or the queue grows without end.
  const double stable =
      std::max(std::floor(queue.load()) + 1, std::ceil(queue.load() / target.max_utilization));
  // Doubling keeps the search near the answer: a wait takes time in proportion to the machines.
  for (double most = stable; std::isfinite(most); most = std::min(2 * most, 1.0 * kMaxMachines)) {
    if (most > kMaxMachines) break;
    const int machines = static_cast<int>(most);
    if (WaitQuantile(queue, machines, target.share) <= target.wait) {
      return FewestMachines(queue, target, static_cast<int>(stable), machines);
    }
    if (machines == kMaxMachines) break;
  }
  return InvalidArgumentError(
      fmt::format("the load of an hour, {:.4g} machines that work all the time, needs more than "
                  "the {} machines that are planned at most; look at load, speed and target",
                  queue.load(), kMaxMachines));
}

Result<HourPlan> PlanHour(double per_second, Seconds service, const CapacityLoad& load,
                          double service_variability, const CapacityTarget& target) {
  HourPlan hour{.recordings_per_second = per_second};
  const Queue queue{per_second, service, {load.arrival_variability, service_variability}};
  hour.load = queue.load();
  if (!(per_second > 0)) return hour;
  ASSIGN_OR_RETURN(hour.machines, MachinesFor(queue, target));
  hour.utilization = hour.load / hour.machines;
  hour.share_waiting = ErlangC(hour.machines, hour.load);
  hour.mean_wait = hour.formula_wait = MeanWait(queue, hour.machines);
  hour.wait_quantile = WaitQuantile(queue, hour.machines, target.share);
  return hour;
}

Status CheckLengths(const CapacityLoad& load) {
  RETURN_IF_ERROR(CheckClips(load.clips));
  for (const double variability : {load.length_variability, load.arrival_variability}) {
    if (!(variability >= 0) || variability > 100) {
      return InvalidArgumentError(
          fmt::format("a squared coefficient of variation of {}; 0 to 100", variability));
    }
  }
  if (!(load.mean_length > AudioSeconds(0)) || load.mean_length > kMaxClipLength) {
    return InvalidArgumentError(
        fmt::format("recordings of a mean length of {} seconds; above 0 and up to 1000 hours",
                    load.mean_length.value()));
  }
  return OkStatus();
}

Status CheckSpeeds(const std::vector<BatchSpeed>& speeds) {
  if (speeds.empty()) return InvalidArgumentError("no speed; measure or state one");
  int before = 0;
  for (const BatchSpeed& one : speeds) {
    if (one.batch_size <= before || !(one.speed > Speed(0)) || !std::isfinite(one.speed.value())) {
      return InvalidArgumentError(
          fmt::format("speed {} at batch {}; batches must grow from 1 and speeds lie above 0",
                      one.speed.value(), one.batch_size));
    }
    before = one.batch_size;
  }
  if (speeds[0].batch_size != 1 || before > 4096) {
    return InvalidArgumentError("speeds begin with batch 1 and end at most with 4096");
  }
  return OkStatus();
}

}  // namespace

std::array<double, kHoursPerDay> DayProfile(double peak) {
  std::array<double, kHoursPerDay> profile;
  for (int hour = 0; hour < kHoursPerDay; ++hour) {
    // Busiest at 14 o'clock.
    const double angle = 2 * std::numbers::pi * (hour - 14) / kHoursPerDay;
    profile[static_cast<size_t>(hour)] = (1 + (peak - 1) * std::cos(angle)) / kHoursPerDay;
  }
  return profile;
}

Status CheckLoad(const CapacityLoad& load) {
  if (!(load.recordings_per_day >= 0) || load.recordings_per_day > kMaxRecordingsPerDay) {
    return InvalidArgumentError(
        fmt::format("{} recordings a day; 0 to 1e10 are possible", load.recordings_per_day));
  }
  for (size_t hour = 0; hour < load.profile.size(); ++hour) {
    if (!(load.profile[hour] >= 0)) {
      return InvalidArgumentError(
          fmt::format("hour {} of the day has a share of {}", hour, load.profile[hour]));
    }
  }
  const double sum = std::accumulate(load.profile.begin(), load.profile.end(), 0.0);
  if (!(std::abs(sum - 1) <= kShareTolerance)) {
    return InvalidArgumentError(
        fmt::format("the shares of the hours of the day sum to {:.4g}, not to 1", sum));
  }
  if (!(load.peak_day >= 1) || load.peak_day > 1000) {
    return InvalidArgumentError(
        fmt::format("the busiest day is {} times the mean one; at least 1", load.peak_day));
  }
  RETURN_IF_ERROR(CheckLengths(load));
  return CheckSpeeds(load.speeds);
}

Status CheckTarget(const CapacityTarget& target) {
  if (!(target.wait >= Seconds(0)) || !std::isfinite(target.wait.value()) || !(target.share > 0) ||
      target.share >= 1 || !(target.max_utilization > 0) || target.max_utilization >= 1 ||
      !(target.spare_machines >= 0) || target.spare_machines > kMaxMachines) {
    return InvalidArgumentError(
        "the target: a wait of at least 0 seconds, a share and a utilisation between 0 and 1, "
        "0 to 100000 spare machines");
  }
  return OkStatus();
}

void SumUp(const CapacityTarget& target, CapacityPlan& plan) {
  const int spare = static_cast<int>(std::ceil(target.spare_machines));
  plan.machines = plan.hours[static_cast<size_t>(plan.busiest_hour)].machines;
  plan.with_spare = plan.machines + spare;
  plan.at_night = spare + std::min_element(plan.hours.begin(), plan.hours.end(),
                                           [](const HourPlan& a, const HourPlan& b) {
                                             return a.machines < b.machines;
                                           })
                              ->machines;
  // Whoever finds so many before him waits until they are worked off.
  const double worked_off = target.wait.value() * plan.machines / plan.service.value();
  plan.queue_places = static_cast<int>(std::min(1e9, std::floor(worked_off)));
}

Result<CapacityPlan> PlanCapacity(const CapacityLoad& load, const CapacityTarget& target) {
  CapacityPlan plan;
  const AudioSeconds length = load.clips.empty() ? load.mean_length : MeanLength(load.clips);
  plan.service = TimeFor(length, load.speeds.back().speed);
  plan.service_variability =
      load.clips.empty() ? load.length_variability : SquaredVariation(load.clips);
  for (int i = 0; i < kHoursPerDay; ++i) {
    const double per_second = load.recordings_per_day * load.peak_day *
                              load.profile[static_cast<size_t>(i)] / kSecondsPerHour;
    HourPlan& hour = plan.hours[static_cast<size_t>(i)];
    ASSIGN_OR_RETURN(hour,
                     PlanHour(per_second, plan.service, load, plan.service_variability, target));
    if (hour.load > plan.hours[static_cast<size_t>(plan.busiest_hour)].load) plan.busiest_hour = i;
  }
  SumUp(target, plan);
  plan.formula_machines = plan.machines;
  return plan;
}

StreamPlan PlanStreams(const StreamLoad& load, double spare_machines) {
  StreamPlan plan;
  if (!(load.mean_streams > 0)) return plan;
  plan.streams = ServersForBlocking(load.mean_streams, load.blocked);
  plan.blocked = ErlangB(plan.streams, load.mean_streams);
  plan.machines = (plan.streams + load.per_machine - 1) / load.per_machine +
                  static_cast<int>(std::ceil(spare_machines));
  return plan;
}

SimulationOptions SimulationOf(const CapacityLoad& load, const CapacityTarget& target,
                               const HourPlan& hour) {
  SimulationOptions options;
  options.target_wait = target.wait;
  options.arrivals_per_second = hour.recordings_per_second;
  options.arrival_variability = load.arrival_variability;
  options.target_share = target.share;
  options.machines = hour.machines;
  options.speeds = load.speeds;
  options.clips = load.clips;
  options.mean_length = load.mean_length;
  options.length_variability = load.length_variability;
  return options;
}

}  // namespace ironscribe::cost
