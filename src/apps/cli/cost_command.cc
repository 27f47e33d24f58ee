#include "apps/cli/cost_command.h"

#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include "apps/cli/capacity_flags.h"
#include "apps/cli/capacity_run.h"
#include "apps/cli/cost_flags.h"
#include "apps/cli/cost_run.h"
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

std::string Today() {
  const std::chrono::year_month_day day{
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

}  // namespace

int RunCostCommand(int argc, char** argv) {
  const Folders folders = DefaultFolders();
  const auto parsed = ParseCostFlags(std::vector<std::string>(argv + 1, argv + argc), folders);
  if (!parsed.ok()) return WrongUsage(parsed.status(), "cost");
  if (!parsed->help.empty()) return PrintHelp(parsed->help);
  std::ios::sync_with_stdio(false);
  const InterruptWatcher interrupt;
  return static_cast<int>(RunCost(parsed->options, EngineServices(folders, interrupt.token()),
                                  Today(), interrupt.token()));
}

int RunCapacityCommand(int argc, char** argv) {
  const Folders folders = DefaultFolders();
  const auto parsed = ParseCapacityFlags(std::vector<std::string>(argv + 1, argv + argc), folders);
  if (!parsed.ok()) return WrongUsage(parsed.status(), "capacity");
  if (!parsed->help.empty()) return PrintHelp(parsed->help);
  std::ios::sync_with_stdio(false);
  const InterruptWatcher interrupt;
  return static_cast<int>(
      RunCapacity(parsed->options, EngineServices(folders, interrupt.token()), interrupt.token()));
}

}  // namespace ironscribe::cli
