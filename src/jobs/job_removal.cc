// JobQueue: cancelling, deleting, and what the housekeeper does.
#include <utility>

#include "jobs/job_queue.h"
#include "jobs/job_store.h"

namespace ironscribe::jobs {
namespace {

// Of one call of Maintain: others wait for the database meanwhile.
constexpr int kMaxDeletedAtOnce = 500;

// A row that went, and the files it named.
struct Deleted {
  std::string id;
  int64_t last_attempt = 0;
  bool has_audio = false;
  bool has_result = false;
};

// Deletes the jobs that a condition on `jobs` with one parameter is true of.
template <typename Value>
Result<std::vector<Deleted>> DeleteRows(sqlite::Database& writer, const std::string& condition,
                                        const Value& value) {
  RETURN_IF_ERROR(writer.Run(
      "DELETE FROM submissions WHERE id IN (SELECT id FROM jobs WHERE " + condition + ")", value));
  ASSIGN_OR_RETURN(sqlite::Statement rows,
                   writer.Query("DELETE FROM jobs WHERE " + condition +
                                    " RETURNING id, audio_bytes IS NOT NULL, result IS NOT NULL, "
                                    "result",
                                value));
  std::vector<Deleted> deleted;
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, rows.Step());
    if (!has_row) return deleted;
    deleted.push_back({.id = rows.Text(0),
                       .last_attempt = rows.Integer(3),
                       .has_audio = rows.Integer(1) != 0,
                       .has_result = rows.Integer(2) != 0});
  }
}

// After the rows have gone for good. Best effort: the next start removes the rest.
void RemoveFiles(JobStore& store, const std::vector<Deleted>& deleted) {
  for (const Deleted& job : deleted) {
    if (job.has_audio) (void)store.files().Remove(store.AudioPath(job.id));
    if (job.has_result) (void)store.files().Remove(store.ResultPath(job.id, job.last_attempt));
    store.RemoveWork(job.id);
  }
}

// Nothing that was deleted stays in the write-ahead log: it begins anew, empty.
void EmptyLog(sqlite::Database& writer) { (void)writer.Run("PRAGMA wal_checkpoint(TRUNCATE)"); }

// Errors: NotFound.
Status CheckBatch(sqlite::Database& database, const Viewer& viewer, std::string_view id) {
  ASSIGN_OR_RETURN(sqlite::Statement row,
                   database.Query("SELECT owner FROM batches WHERE id = ?", id));
  ASSIGN_OR_RETURN(const bool is_there, row.Step());
  if (is_there && viewer.MaySee(row.Text(0))) return OkStatus();
  return NotFoundError("there is no such batch");
}

// Batches without jobs.
Status DeleteEmptyBatches(sqlite::Database& writer) {
  constexpr std::string_view kEmpty = "NOT EXISTS(SELECT 1 FROM jobs WHERE batch = batches.id)";
  RETURN_IF_ERROR(writer.Run("DELETE FROM submissions WHERE id IN (SELECT id FROM batches WHERE " +
                             std::string(kEmpty) + ")"));
  return writer.Run("DELETE FROM batches WHERE " + std::string(kEmpty));
}

constexpr std::string_view kCancel =
    "UPDATE jobs SET state = 4, lease_until_ms = NULL, finished_ms = ?1, "
    "retain_until_ms = ?1 + retention_ms WHERE state <= 1 AND ";

}  // namespace

Status JobQueue::Cancel(const Viewer& viewer, std::string_view id) {
  auto writer = store_->Write();
  ASSIGN_OR_RETURN(sqlite::Statement row,
                   writer->Query("SELECT owner, state FROM jobs WHERE id = ?", id));
  ASSIGN_OR_RETURN(const bool is_there, row.Step());
  if (!is_there || !viewer.MaySee(row.Text(0))) return NotFoundError("there is no such job");
  const auto state = static_cast<JobState>(row.Integer(1));
  if (state == JobState::kCancelled) return OkStatus();
  if (IsFinal(state)) {
    return FailedPreconditionError("the job is " + std::string(JobStateName(state)) + " already");
  }
  RETURN_IF_ERROR(writer->Run(std::string(kCancel) + "id = ?2", store_->WallMs(), id));
  store_->RemoveWork(id);
  return OkStatus();
}

Result<int64_t> JobQueue::CancelBatch(const Viewer& viewer, std::string_view id) {
  auto writer = store_->Write();
  RETURN_IF_ERROR(CheckBatch(writer.database, viewer, id));
  ASSIGN_OR_RETURN(
      sqlite::Statement rows,
      writer->Query(std::string(kCancel) + "batch = ?2 RETURNING id", store_->WallMs(), id));
  std::vector<std::string> ids;
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, rows.Step());
    if (!has_row) break;
    ids.push_back(rows.Text(0));
  }
  for (const std::string& job_id : ids) store_->RemoveWork(job_id);
  return static_cast<int64_t>(ids.size());
}

Status JobQueue::Delete(const Viewer& viewer, std::string_view id) {
  std::vector<Deleted> deleted;
  {
    auto writer = store_->Write();
    ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(writer.database));
    bool is_of_batch = false;
    {
      ASSIGN_OR_RETURN(sqlite::Statement row,
                       writer->Query("SELECT owner, batch FROM jobs WHERE id = ?", id));
      ASSIGN_OR_RETURN(const bool is_there, row.Step());
      if (!is_there || !viewer.MaySee(row.Text(0))) return NotFoundError("there is no such job");
      is_of_batch = !row.IsNull(1);
    }
    ASSIGN_OR_RETURN(deleted, DeleteRows(writer.database, "id = ?", id));
    if (is_of_batch) RETURN_IF_ERROR(DeleteEmptyBatches(writer.database));
    RETURN_IF_ERROR(transaction.Commit());
    EmptyLog(writer.database);
  }
  RemoveFiles(*store_, deleted);
  return OkStatus();
}

Result<int64_t> JobQueue::DeleteBatch(const Viewer& viewer, std::string_view id) {
  std::vector<Deleted> deleted;
  {
    auto writer = store_->Write();
    ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(writer.database));
    RETURN_IF_ERROR(CheckBatch(writer.database, viewer, id));
    ASSIGN_OR_RETURN(deleted, DeleteRows(writer.database, "batch = ?", id));
    RETURN_IF_ERROR(DeleteEmptyBatches(writer.database));
    RETURN_IF_ERROR(transaction.Commit());
    EmptyLog(writer.database);
  }
  RemoveFiles(*store_, deleted);
  return static_cast<int64_t>(deleted.size());
}

Result<Maintenance> JobQueue::Maintain() {
  Maintenance done;
  Requeued requeued;
  std::vector<Deleted> deleted;
  {
    auto writer = store_->Write();
    ASSIGN_OR_RETURN(requeued, store_->RequeueExpired(writer.database, store_->SteadyMs()));
    ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(writer.database));
    const std::string condition =
        "number IN (SELECT number FROM jobs WHERE retain_until_ms <= ? LIMIT " +
        std::to_string(kMaxDeletedAtOnce) + ")";
    ASSIGN_OR_RETURN(deleted, DeleteRows(writer.database, condition, store_->WallMs()));
    if (!deleted.empty()) {
      RETURN_IF_ERROR(DeleteEmptyBatches(writer.database));
      RETURN_IF_ERROR(transaction.Commit());
      EmptyLog(writer.database);
    }
  }
  for (const std::string& id : requeued.dead_ids) store_->RemoveWork(id);
  RemoveFiles(*store_, deleted);
  if (requeued.num_queued > 0) store_->WakeWorkers();
  done.num_requeued = requeued.num_queued;
  done.num_dead = static_cast<int64_t>(requeued.dead_ids.size());
  done.num_deleted = static_cast<int64_t>(deleted.size());
  return done;
}

}  // namespace ironscribe::jobs
