// The command line of `ironscribe capacity`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/folders.h"
#include "apps/cli/transcribe_options.h"
#include "base/status.h"
#include "cost/capacity.h"
#include "cost_report/capacity_report.h"

namespace ironscribe::cli {

struct CapacityOptions {
  cost::CapacityLoad load;
  cost::CapacityTarget target;
  cost::StreamLoad streams;  // mean_streams 0: none.
  double peak = 1.8;         // Of the day, without a profile of one's own.
  std::filesystem::path day_profile;
  std::filesystem::path volume_from;
  double volume_days = 365;
  cost_report::MachineSize machine;
  std::filesystem::path measure;
  std::vector<int> measure_batches = {1};
  int repeats = 3;
  bool simulate = false;
  uint64_t seed = 1;
  std::filesystem::path json;
  std::filesystem::path kubernetes;
  TranscribeOptions transcribe;
};

struct ParsedCapacityFlags {
  CapacityOptions options;
  std::string help;
};

// Errors: InvalidArgument with the flag and what is wrong with it.
Result<ParsedCapacityFlags> ParseCapacityFlags(const std::vector<std::string>& arguments,
                                               const Folders& folders);

}  // namespace ironscribe::cli
