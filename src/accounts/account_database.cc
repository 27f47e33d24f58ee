#include "accounts/account_database.h"

#include <chrono>

#include "io/durable_files.h"

namespace ironscribe::accounts {

std::filesystem::path AccountsPath(const std::filesystem::path& data_folder) {
  return data_folder / "accounts.db";
}

Result<std::unique_ptr<AccountDatabase>> AccountDatabase::Open(
    const std::filesystem::path& data_folder, const AccountOptions& options) {
  std::unique_ptr<AccountDatabase> database(new AccountDatabase());
  database->wall_ms_ = options.wall_ms;
  if (!database->wall_ms_) {
    database->wall_ms_ = [] {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      return int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
    };
  }
  io::SystemFiles files;
  RETURN_IF_ERROR(files.CreateFolder(data_folder));
  // Makes an empty one for this user only; SQLite gives its other files the same permissions.
  RETURN_IF_ERROR(files.Append(AccountsPath(data_folder), ""));
  ASSIGN_OR_RETURN(
      database->database_,
      sqlite::Database::Open(AccountsPath(data_folder), {.busy_wait_ms = options.busy_wait_ms}));
  RETURN_IF_ERROR(files.SyncFolder(data_folder));
  RETURN_IF_ERROR(sqlite::Migrate(*database->database_, kAccountSchema));
  return database;
}

}  // namespace ironscribe::accounts
