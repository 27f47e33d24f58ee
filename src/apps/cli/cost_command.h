// `ironscribe cost` and `ironscribe capacity` on the real engine, decoders and clock.
#pragma once

namespace ironscribe::cli {

// argv[0] is the subcommand's name. Return the exit code.
int RunCostCommand(int argc, char** argv);
int RunCapacityCommand(int argc, char** argv);

}  // namespace ironscribe::cli
