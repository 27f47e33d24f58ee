// One call of `ironscribe capacity` after its command line is understood.
#pragma once

#include <stop_token>

#include "apps/cli/capacity_flags.h"
#include "apps/cli/transcribe_run.h"

namespace ironscribe::cli {

// The plan goes to standard output and the files that were asked for.
ExitCode RunCapacity(const CapacityOptions& options, const TranscribeServices& services,
                     std::stop_token stop);

}  // namespace ironscribe::cli
