// Measures what this machine can do at best: operations a second of each arithmetic of a CPU level,
// the core's clock in the same slices of time, and the rate at which memory is read.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "base/cpu.h"
#include "kernels/peak/peak.h"
#include "models/roof.h"

namespace ironscribe::cli {

struct ArithmeticPeak {
  std::string name;                  // "int8", "int16", "bfloat16", "float32"
  std::string instructions;          // Empty: the level has none, and float32 stands in.
  double operations_per_second = 0;  // All threads.
  double operations_per_cycle = 0;   // Of one core; 0 when the clock is not known.
  // The power of two that operations_per_cycle should reach, and how much of it the loop did; 0 for
  // a sequence of instructions, which has no such width.
  double width_per_cycle = 0;
  double fraction_of_width = 0;
};

struct MachinePeaks {
  CpuLevel cpu_level = CpuLevel::kPortable;
  int num_threads = 1;
  double clock_hz = 0;  // 0 when it cannot be told.
  std::array<ArithmeticPeak, kernels::kNumPeakArithmetics> arithmetics;
  double one_thread_bytes_per_second = 0;
  double all_threads_bytes_per_second = 0;
  size_t memory_buffer_bytes = 0;

  models::MachineRates Rates() const;
};

struct PeakOptions {
  // For each loop, and for each way of reading memory.
  double seconds = 0.2;
  // 0: four times the last-level cache within 128 and 512 MB, at most a quarter of what is free.
  size_t buffer_bytes = 0;
};

// Keeps `num_threads` threads busy for about six times options.seconds. Requires: the level is
// supported, num_threads >= 1.
MachinePeaks MeasurePeaks(CpuLevel level, int num_threads, const PeakOptions& options);

// The power of two whose rate a loop of `operations_per_cycle` is closest below, a few percent of
// error of the clock allowed: 250 and 258 give 256, 190 too.
double WidthOf(double operations_per_cycle);

}  // namespace ironscribe::cli
