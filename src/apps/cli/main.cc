// The program `ironscribe`: a table of subcommands. To add one, add a row.

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/backup_command.h"
#include "apps/cli/bench_command.h"
#include "apps/cli/cost_command.h"
#include "apps/cli/doctor_command.h"
#include "apps/cli/eval_command.h"
#include "apps/cli/keys_command.h"
#include "apps/cli/models_command.h"
#include "apps/cli/serve_command.h"
#include "apps/cli/transcribe_command.h"
#include "apps/cli/transcribe_run.h"
#include "base/memory.h"
#include "base/nearest_names.h"

namespace ironscribe::cli {
namespace {

struct Subcommand {
  std::string_view name;
  std::string_view summary;
  // argv[0] is the subcommand's name.
  int (*run)(int argc, char** argv);
};

constexpr Subcommand kSubcommands[] = {
    {"transcribe", "speech in audio and video files to text", RunTranscribeCommand},
    {"serve", "a server that speaks the protocols of others", RunServeCommand},
    {"models", "pull, list, inspect, convert, verify and remove models", RunModelsCommand},
    {"eval", "count the errors of recognised texts, compare two systems", RunEvalCommand},
    {"cost", "providers against machines of your own: who is cheaper, from when on",
     RunCostCommand},
    {"capacity", "how many machines and streams a load needs", RunCapacityCommand},
    {"keys", "make, list, rotate and revoke the API keys of a server", RunKeysCommand},
    {"backup", "copy a server's data while it runs, check copies", RunBackupCommand},
    {"bench", "speed against the machine's own limit", RunBenchCommand},
    {"doctor", "what this machine can do, what is missing, how to fix it", RunDoctorCommand},
};

constexpr std::string_view kUsage =
    "Usage: ironscribe COMMAND [OPTIONS]\n"
    "Speech recognition on your own machines.\n\n"
    "Commands:\n";

constexpr std::string_view kExamples =
    "\nExamples:\n"
    "  ironscribe models pull tiny.en\n"
    "  ironscribe transcribe talk.mp4 --model tiny.en\n"
    "  ironscribe transcribe recordings/ --output-dir texts --format txt,srt,json\n\n"
    "ironscribe COMMAND --help tells more; ironscribe --version tells the version.\n";

const Subcommand* FindSubcommand(std::string_view name) {
  for (const Subcommand& subcommand : kSubcommands) {
    if (subcommand.name == name) return &subcommand;
  }
  return nullptr;
}

void PrintUsage(std::FILE* out) {
  std::string usage(kUsage);
  for (const Subcommand& subcommand : kSubcommands) {
    usage += fmt::format("  {:<12}{}\n", subcommand.name, subcommand.summary);
  }
  usage += kExamples;
  std::fwrite(usage.data(), 1, usage.size(), out);
}

int ReportUnknown(std::string_view name) {
  std::vector<std::string> known = {"help"};
  for (const Subcommand& subcommand : kSubcommands) known.emplace_back(subcommand.name);
  const auto nearest = NearestNames(name, known, 1);
  fmt::print(stderr, "error: unknown command '{}'{}\nSee: ironscribe help\n", name,
             nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest[0]));
  return static_cast<int>(ExitCode::kWrongUsage);
}

// `ironscribe help COMMAND` is `ironscribe COMMAND --help`.
int RunHelp(int argc, char** argv) {
  if (argc < 2) {
    PrintUsage(stdout);
    return 0;
  }
  const Subcommand* subcommand = FindSubcommand(argv[1]);
  if (subcommand == nullptr) return ReportUnknown(argv[1]);
  std::string flag = "--help";
  char* arguments[] = {argv[1], flag.data(), nullptr};
  return subcommand->run(2, arguments);
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    PrintUsage(stderr);
    return static_cast<int>(ExitCode::kWrongUsage);
  }
  const std::string_view name = argv[1];
  if (name == "help" || name == "--help" || name == "-h") return RunHelp(argc - 1, argv + 1);
  if (name == "version" || name == "--version") {
    fmt::print("ironscribe {}\n", IRONSCRIBE_VERSION);
    return 0;
  }
  const Subcommand* subcommand = FindSubcommand(name);
  if (subcommand == nullptr) return ReportUnknown(name);
  return subcommand->run(argc - 1, argv + 1);
}

}  // namespace
}  // namespace ironscribe::cli

int main(int argc, char** argv) {
  ironscribe::ReturnLargeBuffers();
  return ironscribe::cli::Main(argc, argv);
}
