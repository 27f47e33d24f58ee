// What the functions of JobQueue share: connections, names of files, clocks, and which owner was
// served last. For the files of this folder only.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "io/durable_files.h"
#include "io/owned_folder.h"
#include "jobs/job.h"
#include "jobs/job_queue.h"
#include "sqlite/database.h"
#include "sqlite/schema.h"

namespace ironscribe::jobs {

extern const sqlite::Schema kJobSchema;

// The columns that ReadJob expects, in its order.
inline constexpr std::string_view kJobColumns =
    "id, owner, batch, state, priority, payload, attempt, worker, progress, error_code, error, "
    "created_ms, started_ms, finished_ms, retain_until_ms, audio_bytes, result, "
    "notice, notice_tries";
Job ReadJob(const sqlite::Statement& row);

// A file of a data folder that belongs to jobs.
std::filesystem::path IncomingFolder(const std::filesystem::path& data_folder);
std::filesystem::path AudioFolder(const std::filesystem::path& data_folder);
std::filesystem::path ResultFolder(const std::filesystem::path& data_folder);
std::filesystem::path WorkFolder(const std::filesystem::path& data_folder);
// "ID.ATTEMPT"
std::string ResultName(std::string_view id, int64_t attempt);

// A connection, for one thread as long as this lives.
struct LockedDatabase {
  std::unique_lock<std::mutex> lock;
  sqlite::Database& database;
  sqlite::Database* operator->() const { return &database; }
};

// Jobs whose workers were lost.
struct Requeued {
  int64_t num_queued = 0;
  std::vector<std::string> dead_ids;
};

// Thread-safe. The two connections have a lock each; who has that of the writer takes no other.
class JobStore {
 public:
  static Result<std::unique_ptr<JobStore>> Open(std::shared_ptr<const io::OwnedFolder> folder,
                                                JobQueueOptions options);

  LockedDatabase Write() { return {std::unique_lock(write_mutex_), *writer_}; }
  LockedDatabase Read() { return {std::unique_lock(read_mutex_), *reader_}; }

  const JobQueueOptions& options() const { return options_; }
  io::DurableFiles& files() { return *options_.files; }
  const std::filesystem::path& folder() const { return folder_->path(); }
  int64_t WallMs() const { return options_.wall_ms(); }
  int64_t SteadyMs() const { return options_.steady_ms(); }

  std::filesystem::path AudioPath(std::string_view id) const { return AudioFolder(folder()) / id; }
  std::filesystem::path WorkPath(std::string_view id) const { return WorkFolder(folder()) / id; }
  std::filesystem::path ResultPath(std::string_view id, int64_t attempt) const {
    return ResultFolder(folder()) / ResultName(id, attempt);
  }

  // Queues jobs whose leases ended by `steady_ms`, or makes them dead. Requires: the caller has the
  // writer; in a transaction, if the caller needs one.
  Result<Requeued> RequeueExpired(sqlite::Database& writer, int64_t steady_ms);
  // Whether so much more audio may be kept. Requires: the caller has the writer. Errors:
  // ResourceExhausted.
  Status CheckAudioRoom(sqlite::Database& writer, uint64_t bytes) const;
  // What is of no use once a job is final. Best effort: the next start removes the rest.
  void RemoveWork(std::string_view id) { (void)files().Remove(WorkPath(id)); }

  // There may be something to lease.
  void WakeWorkers();
  uint64_t NumWakes();
  // Whoever looked after so many wakes found nothing: only later ones end a wait.
  void NoteIdle(uint64_t num_wakes);
  void WaitForWork(const std::stop_token& stop, int64_t timeout_ms);

  // Since when an owner waits to be served: smaller is longer. Requires: the writer's lock.
  uint64_t LastServed(const std::string& owner) const;
  void NoteServed(const std::string& owner) { last_served_[owner] = ++num_served_; }

  void NoteRunTime(int64_t run_ms);
  std::optional<double> MeanRunMs();

 private:
  JobStore(std::shared_ptr<const io::OwnedFolder> folder, JobQueueOptions options)
      : folder_(std::move(folder)), options_(std::move(options)) {}
  Status CreateFolders();
  Status RemoveOrphans();
  // Removes the files of a folder whose job (the name up to the first '.') the query, which has one
  // parameter for the id, does not find, or finds with another name in its column.
  Status RemoveOrphansOf(const std::filesystem::path& folder, std::string_view query);

  std::shared_ptr<const io::OwnedFolder> folder_;
  JobQueueOptions options_;
  std::mutex write_mutex_;
  std::unique_ptr<sqlite::Database> writer_;
  std::mutex read_mutex_;
  std::unique_ptr<sqlite::Database> reader_;
  // Under the writer's lock.
  std::map<std::string, uint64_t> last_served_;
  uint64_t num_served_ = 0;

  std::mutex work_mutex_;
  std::condition_variable_any work_arrived_;
  uint64_t num_wakes_ = 0;
  uint64_t num_idle_wakes_ = 0;
  std::deque<int64_t> run_times_ms_;
};

}  // namespace ironscribe::jobs
