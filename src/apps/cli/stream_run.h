// `ironscribe transcribe - --stream`: text while sound arrives on standard input, until it ends or
// Ctrl-C; what had arrived by then is recognised in both cases.
#pragma once

#include <stop_token>

#include "apps/cli/transcribe_run.h"

namespace ironscribe::cli {

// A model that does not work while sound arrives is wrong usage. A stop is an ordinary end.
ExitCode RunStream(const TranscribeOptions& options, const TranscribeServices& services,
                   RunReporter& reporter, std::stop_token stop);

}  // namespace ironscribe::cli
