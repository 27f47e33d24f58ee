#include "jobs/job_backup.h"

#include <string>
#include <vector>

#include "io/durable_files.h"
#include "io/file.h"
#include "jobs/job_store.h"
#include "sqlite/backup.h"

namespace ironscribe::jobs {
namespace {

// A file that a row names.
struct NamedFile {
  std::string job_id;
  std::filesystem::path path;  // Below the data folder.
  std::optional<uint64_t> size_bytes;
};

Result<std::vector<NamedFile>> ReadNamedFiles(sqlite::Database& database) {
  ASSIGN_OR_RETURN(sqlite::Statement row,
                   database.Query("SELECT id, audio_bytes, result FROM jobs ORDER BY number"));
  std::vector<NamedFile> files;
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, row.Step());
    if (!has_row) return files;
    const std::string id = row.Text(0);
    if (!row.IsNull(1)) {
      files.push_back({id, AudioFolder("") / id, static_cast<uint64_t>(row.Integer(1))});
    }
    if (!row.IsNull(2)) {
      files.push_back({id, ResultFolder("") / ResultName(id, row.Integer(2)), {}});
    }
  }
}

Result<int64_t> CountJobs(sqlite::Database& database) {
  ASSIGN_OR_RETURN(sqlite::Statement row, database.Query("SELECT count(*) FROM jobs"));
  RETURN_IF_ERROR(row.Step().status());
  return row.Integer(0);
}

// Errors: NotFound.
Status CopyFile(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::copy_file(from, to, error);
  if (error) return io::ErrnoStatus(error.value(), "cannot copy '" + from.string() + "'");
  return io::SystemFiles().Sync(to);
}

Status CheckFile(const std::filesystem::path& path, std::optional<uint64_t> size_bytes) {
  const auto file = io::IdentifyFile(path);
  if (!file.ok()) return DataLossError("'" + path.string() + "' is missing");
  if (!size_bytes || file->size_bytes == *size_bytes) return OkStatus();
  return DataLossError("'" + path.string() + "' has " + std::to_string(file->size_bytes) +
                       " bytes instead of " + std::to_string(*size_bytes));
}

}  // namespace

Result<JobBackup> BackUpJobs(const std::filesystem::path& data_folder,
                             const std::filesystem::path& target) {
  {
    ASSIGN_OR_RETURN(const auto source,
                     sqlite::Database::Open(data_folder / "jobs.db", {.read_only = true}));
    RETURN_IF_ERROR(sqlite::CheckSchema(*source, kJobSchema));
    RETURN_IF_ERROR(sqlite::BackUp(*source, target / "jobs.db"));
  }
  io::SystemFiles files;
  for (const auto& folder : {AudioFolder(target), ResultFolder(target)}) {
    RETURN_IF_ERROR(files.CreateFolder(folder));
  }
  ASSIGN_OR_RETURN(const auto copy, sqlite::Database::Open(target / "jobs.db", {}));
  ASSIGN_OR_RETURN(const auto named, ReadNamedFiles(*copy));
  JobBackup backup;
  // Files never change once a row names them; they can only have gone.
  for (const NamedFile& file : named) {
    const Status copied = CopyFile(data_folder / file.path, target / file.path);
    if (copied.ok()) ++backup.num_files;
    if (copied.ok()) continue;
    if (copied.code() != StatusCode::kNotFound) return copied;
    RETURN_IF_ERROR(copy->Run("DELETE FROM submissions WHERE id = ?", file.job_id));
    RETURN_IF_ERROR(copy->Run("DELETE FROM jobs WHERE id = ?", file.job_id));
    backup.num_gone += copy->num_changed();
  }
  for (const auto& folder : {AudioFolder(target), ResultFolder(target)}) {
    RETURN_IF_ERROR(files.SyncFolder(folder));
  }
  ASSIGN_OR_RETURN(backup.num_jobs, CountJobs(*copy));
  // One file instead of three, that can be read where nothing can be written.
  RETURN_IF_ERROR(copy->Execute("PRAGMA journal_mode = DELETE"));
  RETURN_IF_ERROR(files.Sync(target / "jobs.db"));
  return backup;
}

Result<JobBackup> CheckJobs(const std::filesystem::path& data_folder) {
  ASSIGN_OR_RETURN(const auto database,
                   sqlite::Database::Open(data_folder / "jobs.db", {.read_only = true}));
  RETURN_IF_ERROR(sqlite::CheckSchema(*database, kJobSchema));
  RETURN_IF_ERROR(sqlite::CheckIntegrity(*database));
  ASSIGN_OR_RETURN(const auto named, ReadNamedFiles(*database));
  JobBackup checked;
  for (const NamedFile& file : named) {
    RETURN_IF_ERROR(CheckFile(data_folder / file.path, file.size_bytes));
    ++checked.num_files;
  }
  ASSIGN_OR_RETURN(checked.num_jobs, CountJobs(*database));
  return checked;
}

}  // namespace ironscribe::jobs
