// One call of `ironscribe eval` or `ironscribe eval compare` after its command line is understood.
#pragma once

#include <stop_token>

#include "apps/cli/eval_flags.h"
#include "apps/cli/run_reporter.h"
#include "apps/cli/transcribe_run.h"

namespace ironscribe::cli {

// `terminal` is what standard output is connected to. The result goes to standard output, what was
// left out to standard error; texts only where alignments are asked for.
ExitCode RunEval(const EvalOptions& options, const TranscribeServices& services,
                 const Console& terminal, std::stop_token stop);

ExitCode RunCompare(const CompareOptions& options, const TranscribeServices& services);

}  // namespace ironscribe::cli
