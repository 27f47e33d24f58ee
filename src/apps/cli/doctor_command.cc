#include "apps/cli/doctor_command.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/cli/folders.h"
#include "text/terminal_lines.h"

namespace ironscribe::cli {
namespace {

constexpr int kExitUnusable = 1;
constexpr int kExitUsage = 2;
// A self-test or `pip --version` takes a second on a slow machine.
constexpr int kCommandTimeoutMs = 30'000;

void PrintText(std::ostream& out, const std::vector<Check>& checks) {
  std::vector<std::vector<std::string>> rows;
  for (const Check& check : checks) {
    rows.push_back({std::string(CheckStateName(check.state)), check.name, check.finding});
    if (!check.remedy.empty()) rows.push_back({"", "", "-> " + check.remedy});
  }
  out << text::TextTable(rows);
  out << (IsUsable(checks) ? "\nTranscription works on this machine.\n"
                           : "\nTranscription does not work yet; see what is missing.\n");
}

void PrintJson(std::ostream& out, const std::vector<Check>& checks) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const Check& check : checks) {
    Json entry = {
        {"name", check.name}, {"state", CheckStateName(check.state)}, {"finding", check.finding}};
    if (!check.remedy.empty()) entry["remedy"] = check.remedy;
    list.push_back(std::move(entry));
  }
  const Json json = {{"usable", IsUsable(checks)}, {"checks", std::move(list)}};
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace

int RunDoctor(const std::vector<std::string>& arguments, DoctorSubject subject, std::ostream& out,
              std::ostream& err) {
  CLI::App app("Says what this machine can do, what is missing and how to fix it.",
               "ironscribe doctor");
  bool json = false;
  std::string models_folder;
  std::string cache_folder;
  std::string cpu_level = "auto";
  app.add_flag("--json", json, "Print JSON");
  app.add_option("--models-dir", models_folder, "Folder of installed models")
      ->envname("IRONSCRIBE_MODELS_DIR");
  app.add_option("--cache-dir", cache_folder, "Folder of packed models")
      ->envname("IRONSCRIBE_CACHE_DIR");
  app.add_option("--cpu-level", cpu_level, "Look at this kernel level instead of the highest")
      ->envname("IRONSCRIBE_CPU_LEVEL");
  app.footer(
      "Examples:\n"
      "  ironscribe doctor\n"
      "  ironscribe doctor --json\n\n"
      "Exit status: 0 when transcription would work, 1 when not.");
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err) == 0 ? 0 : kExitUsage;
  }
  const auto level = ParseCpuLevel(cpu_level);
  if (!level.ok()) {
    err << "error: --cpu-level: " << level.status().message()
        << "\nSee: ironscribe doctor --help\n";
    return kExitUsage;
  }
  subject.cpu_level = *level;
  if (!models_folder.empty()) subject.store.models_folder = models_folder;
  if (!cache_folder.empty()) subject.store.cache_folder = cache_folder;
  const std::vector<Check> checks = ExamineMachine(subject);
  if (json) {
    PrintJson(out, checks);
  } else {
    PrintText(out, checks);
  }
  out.flush();
  return IsUsable(checks) ? 0 : kExitUnusable;
}

int RunDoctorCommand(int argc, char** argv) {
  const Folders folders = DefaultFolders();
  DoctorSubject subject{
      .store = {.models_folder = folders.models, .cache_folder = folders.cache},
      .decode_program = FindDecodeProgram(),
      .run_command =
          [](const std::vector<std::string>& command) {
            io::RunOptions options;
            options.timeout_ms = kCommandTimeoutMs;
            return io::RunCommand(command, options);
          },
  };
  return RunDoctor(std::vector<std::string>(argv + 1, argv + argc), std::move(subject), std::cout,
                   std::cerr);
}

}  // namespace ironscribe::cli
