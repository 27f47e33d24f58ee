#include "apps/cli/eval_command.h"

#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "apps/cli/eval_flags.h"
#include "apps/cli/eval_run.h"
#include "apps/cli/folders.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/transcribe_command.h"

namespace ironscribe::cli {
namespace {

int WrongUsage(const Status& status, const char* command) {
  std::cerr << "error: " << status.message() << "\nSee: ironscribe " << command << " --help\n";
  return static_cast<int>(ExitCode::kWrongUsage);
}

int PrintHelp(const std::string& help) {
  std::cout << help << std::flush;
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

int RunEvalCommand(int argc, char** argv) {
  const Folders folders = DefaultFolders();
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments[0] == "compare") {
    arguments.erase(arguments.begin());
    const auto parsed = ParseCompareFlags(arguments);
    if (!parsed.ok()) return WrongUsage(parsed.status(), "eval compare");
    if (!parsed->help.empty()) return PrintHelp(parsed->help);
    return static_cast<int>(RunCompare(parsed->options, EngineServices(folders, {})));
  }
  const auto parsed = ParseEvalFlags(arguments, folders);
  if (!parsed.ok()) return WrongUsage(parsed.status(), "eval");
  if (!parsed->help.empty()) return PrintHelp(parsed->help);
  std::ios::sync_with_stdio(false);
  const InterruptWatcher interrupt;
  return static_cast<int>(RunEval(parsed->options, EngineServices(folders, interrupt.token()),
                                  DetectConsole(STDOUT_FILENO), interrupt.token()));
}

}  // namespace ironscribe::cli
