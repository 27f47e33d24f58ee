#include "apps/cli/data_folder_backup.h"

#include "accounts/account_database.h"
#include "accounts/audit_log.h"
#include "io/durable_files.h"
#include "io/file.h"
#include "sqlite/backup.h"

namespace ironscribe::cli {
namespace {

Status CheckThere(const std::filesystem::path& data_folder) {
  std::error_code error;
  for (const char* name : {"jobs.db", "accounts.db"}) {
    if (std::filesystem::is_regular_file(data_folder / name, error)) continue;
    return NotFoundError("'" + data_folder.string() +
                         "' is no data folder of a server: it has no " + name);
  }
  return OkStatus();
}

Status BackUpAccounts(const std::filesystem::path& data_folder,
                      const std::filesystem::path& target) {
  ASSIGN_OR_RETURN(const auto source, sqlite::Database::Open(accounts::AccountsPath(data_folder),
                                                             {.read_only = true}));
  RETURN_IF_ERROR(sqlite::CheckSchema(*source, accounts::kAccountSchema));
  return sqlite::BackUp(*source, accounts::AccountsPath(target));
}

Status CheckAccounts(const std::filesystem::path& data_folder) {
  ASSIGN_OR_RETURN(const auto database, sqlite::Database::Open(accounts::AccountsPath(data_folder),
                                                               {.read_only = true}));
  RETURN_IF_ERROR(sqlite::CheckSchema(*database, accounts::kAccountSchema));
  RETURN_IF_ERROR(sqlite::CheckIntegrity(*database));
  return accounts::VerifyAuditLines(*database).status();
}

Result<jobs::JobBackup> Fill(const std::filesystem::path& data_folder,
                             const std::filesystem::path& target) {
  // Accounts first: a job's owner is known then, if the key was made in between.
  RETURN_IF_ERROR(BackUpAccounts(data_folder, target));
  ASSIGN_OR_RETURN(const auto backup, jobs::BackUpJobs(data_folder, target));
  RETURN_IF_ERROR(io::SystemFiles().SyncFolder(target));
  return backup;
}

}  // namespace

Result<jobs::JobBackup> BackUpDataFolder(const std::filesystem::path& data_folder,
                                         const std::filesystem::path& target) {
  RETURN_IF_ERROR(CheckThere(data_folder));
  io::SystemFiles files;
  const std::filesystem::path temporary = target.string() + ".new";
  std::error_code error;
  for (const auto& path : {target, temporary}) {
    if (!std::filesystem::exists(std::filesystem::symlink_status(path, error))) continue;
    return Status(StatusCode::kAlreadyExists,
                  "'" + path.string() + "' is there already; remove it or choose another name");
  }
  RETURN_IF_ERROR(files.CreateFolder(temporary));
  auto backup = Fill(data_folder, temporary);
  Status status = backup.status();
  if (status.ok()) status = files.Rename(temporary, target);
  if (!status.ok()) {
    std::filesystem::remove_all(temporary, error);
    return status;
  }
  RETURN_IF_ERROR(files.SyncFolder(std::filesystem::absolute(target).parent_path()));
  return backup;
}

Result<jobs::JobBackup> CheckDataFolder(const std::filesystem::path& data_folder) {
  RETURN_IF_ERROR(CheckThere(data_folder));
  RETURN_IF_ERROR(CheckAccounts(data_folder));
  return jobs::CheckJobs(data_folder);
}

}  // namespace ironscribe::cli
