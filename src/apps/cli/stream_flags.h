// --stream and --rate: listening to standard input.
#pragma once

#include "apps/cli/transcribe_options.h"
#include "base/status.h"

namespace CLI {
class App;
}

namespace ironscribe::cli {

// Requires: both outlive the parsing.
void AddStreamFlags(CLI::App& app, TranscribeOptions& options);

// What of `options` cannot be had live, or not without --stream. Errors: InvalidArgument.
Status CheckStreamFlags(const CLI::App& app, const TranscribeOptions& options);

}  // namespace ironscribe::cli
