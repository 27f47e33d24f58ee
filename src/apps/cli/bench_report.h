// From a measured run and the machine's peaks to what `ironscribe bench` prints: rates and
// fractions per stage, and the roof. docs/performance-notes.md says how to read it.
#pragma once

#include <ostream>
#include <vector>

#include "apps/cli/bench_peaks.h"
#include "apps/cli/bench_run.h"
#include "models/roof.h"

namespace ironscribe::cli {

// Everything per window; time is that of all threads together divided by their number.
struct BenchStage {
  models::Stage stage = models::Stage::kFeatures;
  double milliseconds_per_window = 0;
  double share = 0;  // Of the whole time.
  double operations_per_window = 0;
  double operations_per_second = 0;
  double fraction_of_peak = 0;  // Time at the peak of its arithmetics, by the time it took.
  // Decoder stages only.
  double bytes_per_step = 0;
  double bytes_per_second = 0;
  double fraction_of_memory = 0;
};

struct BenchRoof {
  double times_real_time = 0;
  double encoder_milliseconds_per_window = 0;
  double decoder_milliseconds_per_window = 0;
  bool is_memory_the_limit = false;  // Of the decoder.
  double fraction_reached = 0;
};

struct BenchReport {
  MachinePeaks peaks;
  BenchRun run;
  std::vector<BenchStage> stages;
  double milliseconds_per_window = 0;
  double other_milliseconds_per_window = 0;  // Waiting, and what no stage counts.
  double times_real_time = 0;
  double rows_per_step = 0;
  BenchRoof eight_bit_roof;  // See models::WorkScheme.
  BenchRoof own_roof;
};

// Stages that were not run are left out.
BenchReport MakeBenchReport(MachinePeaks peaks, BenchRun run);

void PrintBenchText(const BenchReport& report, std::ostream& out);
void PrintBenchJson(const BenchReport& report, std::ostream& out);

}  // namespace ironscribe::cli
