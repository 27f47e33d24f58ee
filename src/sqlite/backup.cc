#include "sqlite/backup.h"

#include <sqlite3.h>

#include "io/durable_files.h"

namespace ironscribe::sqlite {
namespace {

// Rows of a damaged database may be many; the first says enough.
constexpr std::string_view kIntegrityQuery = "PRAGMA integrity_check(1)";

Status CopyPages(Database& source, Database& target) {
  sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
  if (backup == nullptr) {
    return target.Error(sqlite3_errcode(target.handle()), "cannot begin a backup into");
  }
  // All at once: readers and, in WAL mode, writers of the source go on meanwhile, and it is one
  // moment's state.
  const int step = sqlite3_backup_step(backup, -1);
  const int code = sqlite3_backup_finish(backup);
  if (step == SQLITE_DONE && code == SQLITE_OK) return OkStatus();
  return source.Error(code != SQLITE_OK ? code : step, "cannot back up");
}

Status CopyAndCheck(Database& source, const std::filesystem::path& path) {
  // Makes the file, for this user only.
  RETURN_IF_ERROR(io::SystemFiles().Append(path, ""));
  ASSIGN_OR_RETURN(const auto target, Database::Open(path, {}));
  RETURN_IF_ERROR(CopyPages(source, *target));
  RETURN_IF_ERROR(CheckIntegrity(*target));
  // One file instead of three.
  return target->Execute("PRAGMA journal_mode = DELETE");
}

}  // namespace

Status BackUp(Database& source, const std::filesystem::path& target) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(target, error))) {
    return Status(StatusCode::kAlreadyExists, "'" + target.string() + "' is there already");
  }
  io::SystemFiles files;
  const std::filesystem::path temporary = target.string() + ".new";
  RETURN_IF_ERROR(files.Remove(temporary));
  Status status = CopyAndCheck(source, temporary);
  if (status.ok()) status = io::PutInPlace(files, temporary, target);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    if (!status.ok()) (void)files.Remove(temporary.string() + suffix);
  }
  return status;
}

Status CheckIntegrity(Database& database) {
  ASSIGN_OR_RETURN(Statement check, database.Query(kIntegrityQuery));
  ASSIGN_OR_RETURN(const bool has_row, check.Step());
  if (has_row && check.Text(0) == "ok") return OkStatus();
  return DataLossError("'" + database.path().string() + "' is damaged: " + check.Text(0));
}

}  // namespace ironscribe::sqlite
