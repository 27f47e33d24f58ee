// The command line of `ironscribe transcribe`: flags, then environment variables IRONSCRIBE_*, then
// the YAML configuration, the earlier ones winning. This is the only place that reads the three.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/folders.h"
#include "apps/cli/transcribe_options.h"
#include "base/status.h"

namespace ironscribe::cli {

struct ParsedFlags {
  TranscribeOptions options;
  std::string help;  // Not empty when help was asked for: print it and do nothing else.
};

// `arguments` are those after the subcommand. Errors: InvalidArgument with the flag, what is wrong
// with it and the nearest right one.
Result<ParsedFlags> ParseTranscribeFlags(const std::vector<std::string>& arguments,
                                         const Folders& folders);

}  // namespace ironscribe::cli
