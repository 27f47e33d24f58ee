// How a subcommand ends, and what it says when it cannot go on.
#pragma once

#include <ostream>

#include "base/status.h"

namespace ironscribe::cli {

// Exit codes of the program, the same for every subcommand.
enum class ExitCode : int { kDone = 0, kSomeFailed = 1, kWrongUsage = 2, kInterrupted = 3 };

// "error: " and the message, which may hold names from outside, as one line.
void PrintError(const Status& status, std::ostream& err);

// Prints the error and tells the code of a subcommand that ends with it: what the user asked for
// was wrong (flags, tables, a model that lacks it), was interrupted, or failed.
ExitCode EndWithError(const Status& status, std::ostream& err);

}  // namespace ironscribe::cli
