// `ironscribe models`: the store of models on this machine.
#pragma once

namespace ironscribe::cli {

// argv[0] is "models". Returns the exit status.
int RunModelsCommand(int argc, char** argv);

}  // namespace ironscribe::cli
