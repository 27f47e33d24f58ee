#include "apps/cli/backup_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "apps/cli/data_folder_backup.h"
#include "apps/cli/exit_code.h"
#include "apps/cli/help_formatter.h"

namespace ironscribe::cli {
namespace {

struct BackupFlags {
  std::string data_folder;
  std::string target;
  std::string check;
};

Status Run(const BackupFlags& flags, std::ostream& out) {
  if (!flags.check.empty()) {
    if (!flags.target.empty()) return InvalidArgumentError("--check: goes without --to");
    ASSIGN_OR_RETURN(const auto checked, CheckDataFolder(flags.check));
    out << fmt::format("{} is whole: {} jobs, {} files\n", flags.check, checked.num_jobs,
                       checked.num_files);
    return OkStatus();
  }
  if (flags.data_folder.empty()) return InvalidArgumentError("--data-dir: which folder?");
  if (flags.target.empty()) return InvalidArgumentError("--to: where to?");
  ASSIGN_OR_RETURN(const auto backup, BackUpDataFolder(flags.data_folder, flags.target));
  out << fmt::format("{}: {} jobs, {} files\n", flags.target, backup.num_jobs, backup.num_files);
  return OkStatus();
}

}  // namespace

int RunBackup(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
  BackupFlags flags;
  CLI::App app("Copies a server's data while the server runs, and checks copies.",
               "ironscribe backup");
  app.add_option("--data-dir", flags.data_folder, "Data folder of the server")
      ->envname("IRONSCRIBE_DATA_DIR");
  app.add_option("--to", flags.target, "Folder to make; it must not be there yet");
  app.add_option("--check", flags.check, "Check this copy instead: databases, files, audit log");
  app.formatter(std::make_shared<HelpFormatter>());
  app.footer(
      "Examples:\n"
      "  ironscribe backup --data-dir /var/lib/ironscribe --to /backup/monday\n"
      "  ironscribe backup --check /backup/monday\n\n"
      "Keys, usage, audit log, jobs, their audio and results, as they are at one moment. Texts "
      "and\n"
      "audio are in it as they are: keep it as safe as the server. To restore, stop the server "
      "and\n"
      "put the copy, or a copy of it, in the place of its data folder.");
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err) == 0 ? 0 : static_cast<int>(ExitCode::kWrongUsage);
  }
  const Status status = Run(flags, out);
  out.flush();
  return static_cast<int>(status.ok() ? ExitCode::kDone : EndWithError(status, err));
}

int RunBackupCommand(int argc, char** argv) {
  return RunBackup(std::vector<std::string>(argv + 1, argv + argc), std::cout, std::cerr);
}

}  // namespace ironscribe::cli
