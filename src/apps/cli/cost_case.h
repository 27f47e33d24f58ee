// From flags, scenario, tables and measurements to what is compared.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/cost_flags.h"
#include "base/status.h"
#include "cost/comparison.h"
#include "cost_report/report.h"

namespace ironscribe::cli {

struct CostCase {
  cost::Case subject;
  std::vector<std::string> notes;
};

// `volume` is what --volume-from read, or null. `today` is YYYY-MM-DD. Errors: InvalidArgument with
// file and line or flag, NotFound for files.
Result<CostCase> MakeCostCase(const CostOptions& options, const cost::Usage* volume,
                              const std::vector<cost_report::MeasuredSpeed>& measured,
                              const std::string& today);

}  // namespace ironscribe::cli
