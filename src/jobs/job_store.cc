#include "jobs/job_store.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace ironscribe::jobs {
namespace {

// The last so many say how long a job takes now.
constexpr size_t kNumRunTimes = 64;

int64_t SystemWallMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

int64_t SystemSteadyMs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

std::filesystem::path IncomingFolder(const std::filesystem::path& data_folder) {
  return data_folder / "incoming";
}
std::filesystem::path AudioFolder(const std::filesystem::path& data_folder) {
  return data_folder / "audio";
}
std::filesystem::path ResultFolder(const std::filesystem::path& data_folder) {
  return data_folder / "results";
}
std::filesystem::path WorkFolder(const std::filesystem::path& data_folder) {
  return data_folder / "work";
}
std::string ResultName(std::string_view id, int64_t attempt) {
  return std::string(id) + "." + std::to_string(attempt);
}

Job ReadJob(const sqlite::Statement& row) {
  Job job;
  job.id = row.Text(0);
  job.owner = row.Text(1);
  job.batch_id = row.Text(2);
  // What a newer program might have written does not get here: its schema is refused.
  job.state = static_cast<JobState>(row.Integer(3));
  job.priority = static_cast<int>(row.Integer(4));
  job.payload = row.Text(5);
  job.attempt = row.Integer(6);
  job.worker = row.Text(7);
  job.progress = row.Real(8);
  job.error_code = static_cast<StatusCode>(row.Integer(9));
  job.error = row.Text(10);
  job.created_ms = row.Integer(11);
  job.started_ms = row.Integer(12);
  job.finished_ms = row.Integer(13);
  job.retain_until_ms = row.Integer(14);
  if (!row.IsNull(15)) job.audio_bytes = static_cast<uint64_t>(row.Integer(15));
  job.has_result = !row.IsNull(16);
  job.notice = static_cast<NoticeState>(row.Integer(17));
  job.num_notices = row.Integer(18);
  return job;
}

Result<std::unique_ptr<JobStore>> JobStore::Open(std::shared_ptr<const io::OwnedFolder> folder,
                                                 JobQueueOptions options) {
  if (!options.files) options.files = std::make_shared<io::SystemFiles>();
  if (!options.wall_ms) options.wall_ms = &SystemWallMs;
  if (!options.steady_ms) options.steady_ms = &SystemSteadyMs;
  std::unique_ptr<JobStore> store(new JobStore(std::move(folder), std::move(options)));
  RETURN_IF_ERROR(store->CreateFolders());
  const std::filesystem::path path = store->folder() / "jobs.db";
  const sqlite::DatabaseOptions database_options{.busy_wait_ms = store->options_.busy_wait_ms,
                                                 .vfs = store->options_.vfs};
  ASSIGN_OR_RETURN(store->writer_, sqlite::Database::Open(path, database_options));
  // The name of the database. That of its log is synced by SQLite, and in one folder with this one;
  // that is not for us to rely on.
  RETURN_IF_ERROR(store->files().SyncFolder(store->folder()));
  RETURN_IF_ERROR(sqlite::Migrate(*store->writer_, kJobSchema));
  ASSIGN_OR_RETURN(store->reader_, sqlite::Database::Open(path, database_options));
  // Whoever ran them is dead: the folder was free.
  constexpr auto kEver = std::numeric_limits<int64_t>::max();
  RETURN_IF_ERROR(store->RequeueExpired(*store->writer_, kEver).status());
  RETURN_IF_ERROR(store->RemoveOrphans());
  return store;
}

Status JobStore::CreateFolders() {
  for (const auto& path : {IncomingFolder(folder()), AudioFolder(folder()), ResultFolder(folder()),
                           WorkFolder(folder())}) {
    RETURN_IF_ERROR(files().CreateFolder(path));
  }
  return files().SyncFolder(folder());
}

Status JobStore::RemoveOrphans() {
  ASSIGN_OR_RETURN(const auto uploads, files().List(IncomingFolder(folder())));
  for (const std::string& name : uploads) {
    RETURN_IF_ERROR(files().Remove(IncomingFolder(folder()) / name));
  }
  RETURN_IF_ERROR(RemoveOrphansOf(AudioFolder(folder()),
                                  "SELECT id FROM jobs WHERE id = ? AND audio_bytes IS NOT NULL"));
  RETURN_IF_ERROR(
      RemoveOrphansOf(ResultFolder(folder()), "SELECT id || '.' || result FROM jobs WHERE id = ?"));
  return RemoveOrphansOf(WorkFolder(folder()), "SELECT id FROM jobs WHERE id = ? AND state <= 1");
}

Status JobStore::RemoveOrphansOf(const std::filesystem::path& folder, std::string_view query) {
  ASSIGN_OR_RETURN(const auto names, files().List(folder));
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(sqlite::Statement row, writer_->Query(query, name.substr(0, name.find('.'))));
    ASSIGN_OR_RETURN(const bool is_known, row.Step());
    if (is_known && row.Text(0) == name) continue;
    RETURN_IF_ERROR(files().Remove(folder / name));
  }
  return OkStatus();
}

Result<Requeued> JobStore::RequeueExpired(sqlite::Database& writer, int64_t steady_ms) {
  Requeued requeued;
  {
    // Most of the time there is nothing, and nothing needs to be written.
    ASSIGN_OR_RETURN(
        sqlite::Statement any,
        writer.Query("SELECT 1 FROM jobs WHERE state = 1 AND lease_until_ms <= ?", steady_ms));
    ASSIGN_OR_RETURN(const bool has_any, any.Step());
    if (!has_any) return requeued;
  }
  const int64_t now_ms = WallMs();
  ASSIGN_OR_RETURN(sqlite::Statement rows,
                   writer.Query("UPDATE jobs SET lease_until_ms = NULL, "
                                "state = iif(strikes >= ?1, 5, 0), "
                                "error_code = iif(strikes >= ?1, ?2, 0), "
                                "error = iif(strikes >= ?1, ?3, NULL), "
                                "finished_ms = iif(strikes >= ?1, ?4, NULL), "
                                "retain_until_ms = iif(strikes >= ?1, ?4 + retention_ms, NULL) "
                                "WHERE state = 1 AND lease_until_ms <= ?5 RETURNING id, state",
                                options_.max_attempts, static_cast<int>(StatusCode::kAborted),
                                "its worker was lost " + std::to_string(options_.max_attempts) +
                                    " times in a row without coming further",
                                now_ms, steady_ms));
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, rows.Step());
    if (!has_row) break;
    if (rows.Integer(1) == static_cast<int>(JobState::kDead)) {
      requeued.dead_ids.push_back(rows.Text(0));
    } else {
      ++requeued.num_queued;
    }
  }
  return requeued;
}

Status JobStore::CheckAudioRoom(sqlite::Database& writer, uint64_t bytes) const {
  if (bytes == 0) return OkStatus();
  ASSIGN_OR_RETURN(sqlite::Statement row,
                   writer.Query("SELECT coalesce(sum(audio_bytes), 0) FROM jobs "
                                "WHERE audio_bytes IS NOT NULL"));
  RETURN_IF_ERROR(row.Step().status());
  const auto used = static_cast<uint64_t>(row.Integer(0));
  const uint64_t most = options_.max_audio_bytes;
  if (used <= most && bytes <= most - used) return OkStatus();
  return ResourceExhaustedError("the jobs' audio has " + std::to_string(used) + " of " +
                                std::to_string(most) + " bytes; there is no room for " +
                                std::to_string(bytes) + " more");
}

void JobStore::WakeWorkers() {
  {
    const std::lock_guard lock(work_mutex_);
    ++num_wakes_;
  }
  work_arrived_.notify_all();
}

uint64_t JobStore::NumWakes() {
  const std::lock_guard lock(work_mutex_);
  return num_wakes_;
}

void JobStore::NoteIdle(uint64_t num_wakes) {
  const std::lock_guard lock(work_mutex_);
  num_idle_wakes_ = std::max(num_idle_wakes_, num_wakes);
}

void JobStore::WaitForWork(const std::stop_token& stop, int64_t timeout_ms) {
  std::unique_lock lock(work_mutex_);
  work_arrived_.wait_for(lock, stop, std::chrono::milliseconds(timeout_ms),
                         [this] { return num_wakes_ > num_idle_wakes_; });
}

uint64_t JobStore::LastServed(const std::string& owner) const {
  const auto found = last_served_.find(owner);
  return found == last_served_.end() ? 0 : found->second;
}

void JobStore::NoteRunTime(int64_t run_ms) {
  const std::lock_guard lock(work_mutex_);
  run_times_ms_.push_back(run_ms);
  if (run_times_ms_.size() > kNumRunTimes) run_times_ms_.pop_front();
}

std::optional<double> JobStore::MeanRunMs() {
  const std::lock_guard lock(work_mutex_);
  if (run_times_ms_.empty()) return std::nullopt;
  double sum_ms = 0;
  for (const int64_t run_ms : run_times_ms_) sum_ms += static_cast<double>(run_ms);
  return sum_ms / static_cast<double>(run_times_ms_.size());
}

}  // namespace ironscribe::jobs
