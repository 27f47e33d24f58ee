// `ironscribe transcribe`: the command line of transcribe_run.h on the real engine and decoders.
#pragma once

namespace ironscribe::cli {

// argv[0] is the subcommand's name. Returns the exit code.
int RunTranscribeCommand(int argc, char** argv);

}  // namespace ironscribe::cli
