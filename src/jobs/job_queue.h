// The durable queue of one server: what was submitted is neither lost nor visibly done twice,
// whatever dies when. It knows no task; a payload is a text to it.
//
//   submit:  Submit returns when the job is on the disk. The same idempotency key returns the same
//            job.
//   work:    TryLease hands a job to a worker for a while; Heartbeat says that it goes on; one of
//            Succeed, Fail and Release gives it back. All carry the attempt's number: of two who
//            think they have a job, only the later can give it back.
//   crash:   jobs that ran are queued again, in their old place. One whose attempts end three times
//            in a row without coming further is dead.
//
// The design is docs/decisions/0020-durable-queue.md.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "io/durable_files.h"
#include "io/owned_folder.h"
#include "jobs/job.h"
#include "jobs/upload.h"

namespace ironscribe::jobs {

class JobStore;

struct JobQueueOptions {
  // A worker that does not call Heartbeat for so long has lost its job.
  int64_t lease_ms = 30'000;
  // Attempts in a row without progress after which a job is dead.
  int max_attempts = 3;
  // How long jobs are kept when they are final, with audio and result, unless they say otherwise.
  int64_t retention_ms = int64_t{7} * 24 * 3'600'000;
  // Of every one of payload, result and error.
  uint64_t max_result_bytes = uint64_t{256} << 20;
  // Of the audio of all jobs, whatever their state.
  uint64_t max_audio_bytes = std::numeric_limits<uint64_t>::max();
  int busy_wait_ms = 5000;  // sqlite::DatabaseOptions.
  // Milliseconds since 1970, and of a clock that nobody sets. Empty: the system's.
  std::function<int64_t()> wall_ms{};
  std::function<int64_t()> steady_ms{};
  // Whoever tests puts a disk of their own below the queue.
  std::shared_ptr<io::DurableFiles> files{};  // Empty: the operating system's.
  std::string vfs{};                          // sqlite::DatabaseOptions::vfs.
};

struct JobRequest {
  std::string owner{};
  // Empty: none. Unique for an owner as long as the job exists.
  std::string idempotency_key{};
  std::string payload{};
  int priority = 0;
  int64_t retention_ms = 0;  // 0: the queue's.
  // DueNotices tells of it when it is final.
  bool wants_notice = false;
  std::unique_ptr<Upload> audio{};  // Empty: the payload says where it is.
};

struct BatchItem {
  std::string payload{};
  std::unique_ptr<Upload> audio{};
  bool wants_notice = false;  // As JobRequest's.
};

// Every job of it gets the batch's owner, priority and retention.
struct BatchRequest {
  std::string owner{};
  std::string idempotency_key{};
  std::string payload{};  // Of the batch itself.
  int priority = 0;
  int64_t retention_ms = 0;
  std::vector<BatchItem> items{};
};

struct Submission {
  std::string id{};
  bool is_new = true;  // false: an earlier submission had that idempotency key.
};

// A job in the hands of a worker.
struct Lease {
  std::string job_id{};
  int64_t attempt = 0;
  std::string owner{};
  std::string payload{};
  double progress = 0;                   // How far earlier attempts came.
  std::filesystem::path audio_path{};    // Empty: none was uploaded.
  std::filesystem::path journal_path{};  // For what is finished within it (io::Journal); goes with
                                         // the job.
  int64_t leased_at_ms = 0;              // By the steady clock.
};

struct ListQuery {
  std::optional<JobState> state{};
  std::string batch_id{};
  std::string cursor{};  // As an earlier page gave it; empty: from the newest on.
  int limit = 100;       // 1 to kMaxPage.
};
inline constexpr int kMaxPage = 1000;

struct JobPage {
  std::vector<Job> jobs{};    // Newest first.
  std::string next_cursor{};  // Empty: this was the last.
};

struct QueueStatistics {
  std::array<int64_t, kNumJobStates> num_jobs{};  // By state.
  int64_t oldest_queued_ms = 0;                   // When it was submitted; 0: none is queued.
  // Of the last that succeeded in this run of the server; nothing before the first.
  std::optional<double> mean_run_ms{};
};

// How long a job waits that has so many before it; nothing without a mean.
// Requires: num_workers > 0.
std::optional<double> ExpectedWaitMs(int64_t num_before, const QueueStatistics& statistics,
                                     int num_workers);

// What Maintain did.
struct Maintenance {
  int64_t num_requeued = 0;
  int64_t num_dead = 0;
  int64_t num_deleted = 0;
};

// Thread-safe. Functions that change something return when it is on the disk (Heartbeat excepted),
// so they are not for network threads; those that look do not wait for them. Errors of all:
// Unavailable while another process holds the database, ResourceExhausted when the disk is full,
// DataLoss. "Not found" is the answer for other people's jobs too.
class JobQueue {
 public:
  // Opens or creates the queue in a folder that this process owns, puts what ran back into the
  // queue and removes files that belong to no job. Errors: FailedPrecondition for a newer schema.
  static Result<std::unique_ptr<JobQueue>> Open(std::shared_ptr<const io::OwnedFolder> folder,
                                                JobQueueOptions options);
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  // --- Those who submit.

  Result<std::unique_ptr<Upload>> NewUpload();
  // Errors: AlreadyExists when the idempotency key belongs to another submission, InvalidArgument
  // for a payload that is too large or an empty owner, ResourceExhausted when the audio does not
  // fit beside that of other jobs.
  Result<Submission> Submit(JobRequest request);
  // All or nothing. Errors: also InvalidArgument for no items or more than kMaxBatchItems.
  static constexpr size_t kMaxBatchItems = 100'000;
  Result<Submission> SubmitBatch(BatchRequest request);

  Result<Job> Get(const Viewer& viewer, std::string_view id);
  Result<Batch> GetBatch(const Viewer& viewer, std::string_view id);
  // Errors: InvalidArgument for a limit or a cursor that is none.
  Result<JobPage> List(const Viewer& viewer, const ListQuery& query);
  // Errors: FailedPrecondition while it has none.
  Result<std::string> ReadResult(const Viewer& viewer, std::string_view id);
  // How many are likely to be leased before it; 0 unless it is queued.
  Result<int64_t> NumBefore(const Viewer& viewer, std::string_view id);
  Result<QueueStatistics> Statistics();

  // At once, running or not; its worker learns it by the next Heartbeat. Cancelling what is
  // cancelled is fine. Errors: NotFound, FailedPrecondition when it is final otherwise.
  Status Cancel(const Viewer& viewer, std::string_view id);
  // Row, payload, audio and result. Errors: NotFound.
  Status Delete(const Viewer& viewer, std::string_view id);
  // The number of jobs that it concerned. Errors: NotFound.
  Result<int64_t> CancelBatch(const Viewer& viewer, std::string_view id);
  Result<int64_t> DeleteBatch(const Viewer& viewer, std::string_view id);

  // --- Those who work.

  // The next job: highest priority first, then the owner with the fewest running, then the owner
  // who waited longest, then the oldest. Nothing when none is queued.
  Result<std::optional<Lease>> TryLease(std::string_view worker);
  // Returns when there may be something to lease, after so long, or when `stop` is requested.
  void WaitForWork(std::stop_token stop, int64_t timeout_ms);

  // The lease lasts anew. Errors: Cancelled when the job was cancelled or deleted, Aborted when
  // somebody else has it: stop working.
  Status Heartbeat(const Lease& lease, double progress);
  // Gives a job without audio the one that its worker fetched; later attempts find it as if it had
  // been uploaded. The path of it. Errors: as Heartbeat's; ResourceExhausted as Submit's.
  Result<std::filesystem::path> AttachAudio(const Lease& lease, std::unique_ptr<Upload> audio);
  // Puts the result on the disk, then makes the job succeeded. Errors: as Heartbeat's; nothing of
  // the result is left then. After other errors the lease goes on and it may be tried again.
  Status Succeed(const Lease& lease, std::string_view result);
  // With `retry` it is queued again, or dead if it was the last attempt. `why` is shown to the
  // owner. Requires: !why.ok().
  enum class Retry { kNo, kYes };
  Status Fail(const Lease& lease, const Status& why, Retry retry);
  // Unfinished and without fault: the server stops. The attempt does not count.
  Status Release(const Lease& lease);

  // --- The housekeeper, every few seconds.

  // Queues what lost its worker, deletes what was kept long enough. At most some hundred jobs a
  // call.
  Result<Maintenance> Maintain();
  // Final jobs whose submitter is to be told now: of each owner the one that is due for longest, so
  // that nobody waits for another's receivers. Owners in the order of their names.
  Result<std::vector<Job>> DueNotices(int limit);
  // It could not be told; again after `delay_ms`, by a clock that may be set meanwhile. Requires:
  // 0 to kMaxNoticeDelayMs.
  static constexpr int64_t kMaxNoticeDelayMs = int64_t{2} * 3'600'000;
  Status PostponeNotice(std::string_view id, int64_t delay_ms);
  // Requires: kTold or kGivenUp.
  Status SettleNotice(std::string_view id, NoticeState state);

 private:
  explicit JobQueue(std::unique_ptr<JobStore> store);
  std::unique_ptr<JobStore> store_;
};

}  // namespace ironscribe::jobs
