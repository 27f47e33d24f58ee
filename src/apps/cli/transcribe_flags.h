// The command line of `ironscribe transcribe`: flags, then environment variables IRONSCRIBE_*, then
// the YAML configuration, the earlier ones winning. This is the only place that reads the three.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apps/cli/folders.h"
#include "apps/cli/transcribe_options.h"
#include "base/status.h"

namespace CLI {
class App;
}

namespace ironscribe::cli {

struct ParsedFlags {
  TranscribeOptions options;
  std::string help;  // Not empty when help was asked for: print it and do nothing else.
};

// `arguments` are those after the subcommand. Errors: InvalidArgument with the flag, what is wrong
// with it and the nearest right one.
Result<ParsedFlags> ParseTranscribeFlags(const std::vector<std::string>& arguments,
                                         const Folders& folders);

// Another subcommand that recognises: flags of its own instead of inputs and output files, beside
// those of model, machine, recognition and progress.
struct RecognizingCommand {
  std::string name;  // "ironscribe eval"
  std::string description;
  std::string examples;
  bool finishes = false;  // It also has the flags of what is made of the text.
  // Called once, before parsing; what it refers to must outlive that.
  std::function<void(CLI::App& app)> add_flags;
};

// As ParseTranscribeFlags, with the same variables and the same section of the configuration; the
// command's own flags stand in neither.
Result<ParsedFlags> ParseRecognitionFlags(const std::vector<std::string>& arguments,
                                          const Folders& folders,
                                          const RecognizingCommand& command);

}  // namespace ironscribe::cli
