// `ironscribe transcribe`: the command line of transcribe_run.h on the real engine and decoders.
#pragma once

#include <stop_token>

#include "apps/cli/folders.h"
#include "apps/cli/transcribe_run.h"

namespace ironscribe::cli {

// The engine, the decoders, the standard streams and the clock. Loading a model ends after `stop`.
TranscribeServices EngineServices(const Folders& folders, std::stop_token stop);

// argv[0] is the subcommand's name. Returns the exit code.
int RunTranscribeCommand(int argc, char** argv);

}  // namespace ironscribe::cli
