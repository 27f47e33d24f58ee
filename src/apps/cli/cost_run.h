// One call of `ironscribe cost` after its command line is understood.
#pragma once

#include <stop_token>
#include <string>

#include "apps/cli/cost_flags.h"
#include "apps/cli/transcribe_run.h"

namespace ironscribe::cli {

// `today` is YYYY-MM-DD. The report goes to standard output and the files that were asked for;
// texts of recordings go nowhere.
ExitCode RunCost(const CostOptions& options, const TranscribeServices& services,
                 const std::string& today, std::stop_token stop);

}  // namespace ironscribe::cli
