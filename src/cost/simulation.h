// A discrete-event simulator of recordings that arrive, wait in one queue and are worked on by
// machines, several together if the machines take batches. It shows what the formulas of queueing.h
// only approximate: percentiles, batches, heavy tails. Deterministic by its seed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cost/units.h"
#include "cost/usage.h"

namespace ironscribe::cost {

// Audio seconds per second of a machine that works on that many recordings together.
struct BatchSpeed {
  int batch_size = 1;
  Speed speed = {};
};

struct SimulationOptions {
  double arrivals_per_second = 0;
  double arrival_variability = 1;  // Squared coefficient of variation of the gaps.
  int machines = 1;
  std::vector<BatchSpeed> speeds =
      {};  // Growing batch sizes, the first 1; between them a straight line.
  // Lengths of recordings: these, or if there are none of this mean and variability.
  std::vector<ClipLength> clips = {};
  AudioSeconds mean_length{600};
  double length_variability = 1;
  Seconds target_wait = {};
  double target_share = 0.95;  // Of the recordings; the result tells their longest wait.
  uint64_t seed = 1;
  // Goes on until the mean wait is known this well, or so many recordings were observed, after a
  // pilot that tells how many it takes.
  double half_width = 0.02;
  int64_t max_recordings = 20'000'000;
  int64_t pilot_recordings = 400'000;
};

struct Estimate {
  double mean = 0;
  // Of the 95 % interval, from means of batches. It held the exact mean in 94 to 95 % of several
  // thousand runs (cost_simulation_test has a thousand of them).
  double half_width = 0;
};

struct SimulationResult {
  int64_t recordings = 0;
  Estimate wait = {};  // Seconds.
  double wait_p50 = 0, wait_p95 = 0, wait_p99 = 0;
  double wait_of_share = 0;                                  // Of the target's share.
  double latency_p50 = 0, latency_p95 = 0, latency_p99 = 0;  // Waiting and work.
  double share_waiting = 0;
  double share_in_time = 0;  // Begun within the target wait.
  double utilization = 0;
  double mean_batch = 0;
};

// Requires: arrivals, lengths, speeds and half_width above 0, machines of at least 1, a pilot of at
// least a thousand. A load that the machines
// cannot carry ends after max_recordings with waits that grow without end.
SimulationResult Simulate(const SimulationOptions& options);

// Speed at a batch size: a straight line between the given ones, level beyond them.
Speed SpeedAt(std::span<const BatchSpeed> speeds, int batch_size);

}  // namespace ironscribe::cost
