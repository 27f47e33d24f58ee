#include "apps/cli/serve_command.h"

#include <iostream>
#include <string>
#include <vector>

#include "apps/cli/folders.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/json_log.h"
#include "apps/cli/serve_flags.h"
#include "apps/cli/serve_run.h"
#include "apps/cli/served_models.h"

namespace ironscribe::cli {

int RunServeCommand(int argc, char** argv) {
  const Folders folders = DefaultFolders();
  const auto parsed = ParseServeFlags(std::vector<std::string>(argv + 1, argv + argc), folders);
  if (!parsed.ok()) {
    std::cerr << "error: " << parsed.status().message() << "\nSee: ironscribe serve --help\n";
    return static_cast<int>(ExitCode::kWrongUsage);
  }
  if (!parsed->help.empty()) {
    std::cout << parsed->help << std::flush;
    return static_cast<int>(ExitCode::kDone);
  }
  HangupSlot hangup;
  const InterruptWatcher interrupt([&hangup] { hangup.Call(); });
  ServedModels models(parsed->options);
  JsonLog log(std::cerr);
  audio::OpenOptions recordings;
  recordings.decode_program = FindDecodeProgram();
  const ServeServices services{.models = models,
                               .load_models =
                                   [&](std::stop_token stop) {
                                     return models.Load(
                                         std::move(stop),
                                         [&log](const std::string& note) { log.Info(note); });
                                   },
                               .recordings = recordings,
                               .log = std::cerr,
                               .out = std::cout,
                               .hangup = hangup};
  return static_cast<int>(RunServe(parsed->options, services, interrupt.token()));
}

}  // namespace ironscribe::cli
