// `ironscribe eval` and `ironscribe eval compare`: the command lines of eval_run.h on the real
// engine and decoders.
#pragma once

namespace ironscribe::cli {

// argv[0] is the subcommand's name. Returns the exit code.
int RunEvalCommand(int argc, char** argv);

}  // namespace ironscribe::cli
