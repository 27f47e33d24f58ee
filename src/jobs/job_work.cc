// JobQueue: what those who work do.
#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "jobs/job_queue.h"
#include "jobs/job_store.h"

namespace ironscribe::jobs {
namespace {

// Who could be served next: of every owner with jobs of priority ?2 the oldest that may run, and
// how many of the owner's run. One index seek per owner, however many are queued.
//
// A job with one attempt left is a suspect: it, or one that ran beside it, may be what kills the
// server. Suspects run one at a time, so that the next death tells which it was. ?1 is the number
// of attempts there are.
constexpr std::string_view kCandidates = R"sql(
WITH RECURSIVE owners(owner) AS (
  SELECT min(owner) FROM jobs WHERE state = 0 AND priority = ?2
  UNION ALL
  SELECT (SELECT min(owner) FROM jobs
          WHERE state = 0 AND priority = ?2 AND owner > owners.owner)
  FROM owners WHERE owners.owner IS NOT NULL)
SELECT owner,
  (SELECT number FROM jobs
   WHERE state = 0 AND priority = ?2 AND owner = owners.owner
     AND (strikes = 0 OR strikes < ?1 - 1
          OR NOT EXISTS(SELECT 1 FROM jobs WHERE state = 1 AND strikes > 1 AND strikes >= ?1))
   ORDER BY number LIMIT 1),
  (SELECT count(*) FROM jobs WHERE state = 1 AND owner = owners.owner)
FROM owners WHERE owner IS NOT NULL)sql";

// The number of the job to be leased next; nothing if none may run.
Result<std::optional<int64_t>> ChooseNext(sqlite::Database& writer, const JobStore& store) {
  const int max_attempts = store.options().max_attempts;
  ASSIGN_OR_RETURN(
      sqlite::Statement priorities,
      writer.Query("SELECT DISTINCT priority FROM jobs WHERE state = 0 ORDER BY priority DESC"));
  while (true) {
    ASSIGN_OR_RETURN(const bool has_priority, priorities.Step());
    if (!has_priority) return std::optional<int64_t>();
    ASSIGN_OR_RETURN(sqlite::Statement owners,
                     writer.Query(kCandidates, max_attempts, priorities.Integer(0)));
    // Fewest running, then longest not served, then oldest.
    std::optional<std::tuple<int64_t, uint64_t, int64_t>> best;
    while (true) {
      ASSIGN_OR_RETURN(const bool has_owner, owners.Step());
      if (!has_owner) break;
      if (owners.IsNull(1)) continue;
      const std::tuple candidate(owners.Integer(2), store.LastServed(owners.Text(0)),
                                 owners.Integer(1));
      if (!best || candidate < *best) best = candidate;
    }
    if (best) return std::optional(std::get<2>(*best));
  }
}

// Why a lease is not what the job waits for.
Status LeaseLost(sqlite::Database& database, const Lease& lease) {
  ASSIGN_OR_RETURN(sqlite::Statement row,
                   database.Query("SELECT state FROM jobs WHERE id = ?", lease.job_id));
  ASSIGN_OR_RETURN(const bool is_there, row.Step());
  if (!is_there) return CancelledError("the job was deleted");
  if (static_cast<JobState>(row.Integer(0)) == JobState::kCancelled) {
    return CancelledError("the job was cancelled");
  }
  return Status(StatusCode::kAborted, "attempt " + std::to_string(lease.attempt) +
                                          " at the job is over: it took too long between two "
                                          "heartbeats, or has been given back already");
}

Result<std::optional<Lease>> LeaseNext(JobStore& store, std::string_view worker) {
  auto writer = store.Write();
  const int64_t steady_ms = store.SteadyMs();
  ASSIGN_OR_RETURN(const Requeued requeued, store.RequeueExpired(writer.database, steady_ms));
  for (const std::string& id : requeued.dead_ids) store.RemoveWork(id);
  // Nobody else changes the database between the two statements: this process owns the folder.
  ASSIGN_OR_RETURN(const auto number, ChooseNext(writer.database, store));
  if (!number) return std::optional<Lease>();
  ASSIGN_OR_RETURN(
      sqlite::Statement row,
      writer->Query("UPDATE jobs SET state = 1, attempt = attempt + 1, strikes = strikes + 1, "
                    "worker = ?, lease_until_ms = ?, started_ms = ? "
                    "WHERE number = ? AND state = 0 "
                    "RETURNING id, attempt, owner, payload, progress, audio_bytes",
                    worker, steady_ms + store.options().lease_ms, store.WallMs(), *number));
  ASSIGN_OR_RETURN(const bool is_leased, row.Step());
  if (!is_leased) return std::optional<Lease>();
  Lease lease{.job_id = row.Text(0),
              .attempt = row.Integer(1),
              .owner = row.Text(2),
              .payload = row.Text(3),
              .progress = row.Real(4),
              .leased_at_ms = steady_ms};
  if (!row.IsNull(5)) lease.audio_path = store.AudioPath(lease.job_id);
  lease.journal_path = store.WorkPath(lease.job_id);
  // The statement commits with its last step.
  ASSIGN_OR_RETURN(const bool has_more, row.Step());
  IRONSCRIBE_CHECK(!has_more);
  store.NoteServed(lease.owner);
  return std::optional(std::move(lease));
}

}  // namespace

Result<std::optional<Lease>> JobQueue::TryLease(std::string_view worker) {
  // Before looking: what comes meanwhile ends the wait that follows.
  const uint64_t num_wakes = store_->NumWakes();
  auto lease = LeaseNext(*store_, worker);
  if (lease.ok() && !*lease) store_->NoteIdle(num_wakes);
  return lease;
}

void JobQueue::WaitForWork(std::stop_token stop, int64_t timeout_ms) {
  store_->WaitForWork(stop, timeout_ms);
}

Status JobQueue::Heartbeat(const Lease& lease, double progress) {
  // What is no number moves nothing.
  const double reached = std::isfinite(progress) ? std::clamp(progress, 0.0, 1.0) : 0.0;
  auto writer = store_->Write();
  RETURN_IF_ERROR(writer->SetDurable(false));
  const Status updated = writer->Run(
      "UPDATE jobs SET lease_until_ms = ?1, strikes = iif(?2 > progress, 1, strikes), "
      "progress = max(progress, ?2) WHERE id = ?3 AND attempt = ?4 AND state = 1",
      store_->SteadyMs() + store_->options().lease_ms, reached, lease.job_id, lease.attempt);
  const int64_t num_changed = updated.ok() ? writer->num_changed() : 0;
  RETURN_IF_ERROR(writer->SetDurable(true));
  RETURN_IF_ERROR(updated);
  return num_changed == 1 ? OkStatus() : LeaseLost(writer.database, lease);
}

Result<std::filesystem::path> JobQueue::AttachAudio(const Lease& lease,
                                                    std::unique_ptr<Upload> audio) {
  // Contents first: nobody is to wait for the disk with the writer in hand.
  RETURN_IF_ERROR(store_->files().Append(audio->path(), ""));
  RETURN_IF_ERROR(store_->files().Sync(audio->path()));
  const std::filesystem::path path = store_->AudioPath(lease.job_id);
  auto writer = store_->Write();
  {
    ASSIGN_OR_RETURN(sqlite::Statement row,
                     writer->Query("SELECT 1 FROM jobs WHERE id = ? AND attempt = ? AND state = 1 "
                                   "AND audio_bytes IS NULL",
                                   lease.job_id, lease.attempt));
    ASSIGN_OR_RETURN(const bool is_ours, row.Step());
    // Before the file gets its name, which may be a later attempt's by now.
    if (!is_ours) return LeaseLost(writer.database, lease);
  }
  RETURN_IF_ERROR(store_->CheckAudioRoom(writer.database, audio->size_bytes()));
  RETURN_IF_ERROR(audio->MoveTo(path));
  // On errors the file goes; should the row be there all the same, the next attempt fails.
  RETURN_IF_ERROR(writer->Run("UPDATE jobs SET audio_bytes = ? WHERE id = ?",
                              static_cast<int64_t>(audio->size_bytes()), lease.job_id));
  audio->Keep();
  return path;
}

Status JobQueue::Succeed(const Lease& lease, std::string_view result) {
  if (result.size() > store_->options().max_result_bytes) {
    return InvalidArgumentError("a result of " + std::to_string(result.size()) + " bytes");
  }
  // A worker that lost its job a while ago need not write.
  RETURN_IF_ERROR(Heartbeat(lease, 0));
  const std::filesystem::path path = store_->ResultPath(lease.job_id, lease.attempt);
  RETURN_IF_ERROR(io::WriteDurably(store_->files(), path, result));
  const int64_t now_ms = store_->WallMs();
  Status lost;
  {
    auto writer = store_->Write();
    // On errors the file stays: it may be that the row is there. The next start knows.
    RETURN_IF_ERROR(writer->Run(
        "UPDATE jobs SET state = 2, progress = 1, result = attempt, lease_until_ms = NULL, "
        "finished_ms = ?1, retain_until_ms = ?1 + retention_ms "
        "WHERE id = ?2 AND attempt = ?3 AND state = 1",
        now_ms, lease.job_id, lease.attempt));
    if (writer->num_changed() != 1) lost = LeaseLost(writer.database, lease);
  }
  if (!lost.ok()) {
    (void)store_->files().Remove(path);
    return lost;
  }
  store_->RemoveWork(lease.job_id);
  store_->NoteRunTime(store_->SteadyMs() - lease.leased_at_ms);
  store_->WakeWorkers();  // Another suspect may run now.
  return OkStatus();
}

Status JobQueue::Fail(const Lease& lease, const Status& why, Retry retry) {
  IRONSCRIBE_CHECK(!why.ok());
  const int64_t now_ms = store_->WallMs();
  const bool may_retry = retry == Retry::kYes;
  JobState state = JobState::kFailed;
  {
    auto writer = store_->Write();
    // 0 queued, 3 failed, 5 dead.
    ASSIGN_OR_RETURN(
        sqlite::Statement row,
        writer->Query(
            "UPDATE jobs SET lease_until_ms = NULL, "
            "state = iif(?1 = 0, 3, iif(strikes >= ?2, 5, 0)), error_code = ?3, error = ?4, "
            "finished_ms = iif(?1 = 0 OR strikes >= ?2, ?5, NULL), "
            "retain_until_ms = iif(?1 = 0 OR strikes >= ?2, ?5 + retention_ms, NULL) "
            "WHERE id = ?6 AND attempt = ?7 AND state = 1 RETURNING state",
            may_retry ? 1 : 0, store_->options().max_attempts, static_cast<int>(why.code()),
            why.message(), now_ms, lease.job_id, lease.attempt));
    ASSIGN_OR_RETURN(const bool is_changed, row.Step());
    if (!is_changed) return LeaseLost(writer.database, lease);
    state = static_cast<JobState>(row.Integer(0));
    RETURN_IF_ERROR(row.Step().status());
  }
  if (IsFinal(state)) store_->RemoveWork(lease.job_id);
  store_->WakeWorkers();
  return OkStatus();
}

Status JobQueue::Release(const Lease& lease) {
  {
    auto writer = store_->Write();
    RETURN_IF_ERROR(writer->Run(
        "UPDATE jobs SET state = 0, strikes = max(strikes - 1, 0), lease_until_ms = NULL "
        "WHERE id = ? AND attempt = ? AND state = 1",
        lease.job_id, lease.attempt));
    if (writer->num_changed() != 1) return LeaseLost(writer.database, lease);
  }
  store_->WakeWorkers();
  return OkStatus();
}

}  // namespace ironscribe::jobs
