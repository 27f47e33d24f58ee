// The subcommand `serve`.
#pragma once

namespace ironscribe::cli {

// argv[0] is the subcommand's name.
int RunServeCommand(int argc, char** argv);

}  // namespace ironscribe::cli
