// JobQueue: what those who submitted see of their jobs.
#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "base/check.h"
#include "jobs/job_queue.h"
#include "jobs/job_store.h"

namespace ironscribe::jobs {
namespace {

Status NoSuchJob() { return NotFoundError("there is no such job"); }
Status NoSuchBatch() { return NotFoundError("there is no such batch"); }

struct QueuePlace {
  int64_t number = 0;
  int priority = 0;
  std::string owner;
};

// How many jobs come before one if owners of the same priority take turns: those of its owner
// before it, as many of every other owner, and one more of whom it would have to wait for.
Result<int64_t> CountBefore(sqlite::Database& reader, const QueuePlace& place) {
  ASSIGN_OR_RETURN(sqlite::Statement own,
                   reader.Query("SELECT count(*) FROM jobs WHERE state = 0 AND priority = ? AND "
                                "owner = ? AND number < ?",
                                place.priority, place.owner, place.number));
  RETURN_IF_ERROR(own.Step().status());
  const int64_t num_own = own.Integer(0);
  ASSIGN_OR_RETURN(
      sqlite::Statement higher,
      reader.Query("SELECT count(*) FROM jobs WHERE state = 0 AND priority > ?", place.priority));
  RETURN_IF_ERROR(higher.Step().status());
  int64_t num_before = higher.Integer(0) + num_own;
  ASSIGN_OR_RETURN(sqlite::Statement others,
                   reader.Query("SELECT count(*), min(number) FROM jobs WHERE state = 0 AND "
                                "priority = ? AND owner <> ? GROUP BY owner",
                                place.priority, place.owner));
  while (true) {
    ASSIGN_OR_RETURN(const bool has_owner, others.Step());
    if (!has_owner) return num_before;
    const int64_t num_turns = num_own + (others.Integer(1) < place.number ? 1 : 0);
    num_before += std::min(others.Integer(0), num_turns);
  }
}

// Cursors are the number of the last job of a page.
Result<int64_t> ParseCursor(const std::string& cursor) {
  if (cursor.empty()) return std::numeric_limits<int64_t>::max();
  int64_t number = 0;
  const char* end = cursor.data() + cursor.size();
  const auto parsed = std::from_chars(cursor.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number <= 0) {
    return InvalidArgumentError("the cursor is none of a list of jobs");
  }
  return number;
}

}  // namespace

std::optional<double> ExpectedWaitMs(int64_t num_before, const QueueStatistics& statistics,
                                     int num_workers) {
  IRONSCRIBE_CHECK(num_workers > 0);
  if (!statistics.mean_run_ms) return std::nullopt;
  const int64_t num_running = statistics.num_jobs[static_cast<size_t>(JobState::kRunning)];
  // A worker that is free takes it at once; otherwise those that run are half done on average.
  const int64_t num_rounds = (num_before + num_running) / num_workers;
  if (num_rounds == 0) return 0.0;
  return *statistics.mean_run_ms * (static_cast<double>(num_rounds) - 0.5);
}

Result<Job> JobQueue::Get(const Viewer& viewer, std::string_view id) {
  auto reader = store_->Read();
  ASSIGN_OR_RETURN(
      sqlite::Statement row,
      reader->Query("SELECT " + std::string(kJobColumns) + " FROM jobs WHERE id = ?", id));
  ASSIGN_OR_RETURN(const bool is_there, row.Step());
  if (!is_there) return NoSuchJob();
  Job job = ReadJob(row);
  if (!viewer.MaySee(job.owner)) return NoSuchJob();
  return job;
}

Result<Batch> JobQueue::GetBatch(const Viewer& viewer, std::string_view id) {
  auto reader = store_->Read();
  ASSIGN_OR_RETURN(
      sqlite::Statement row,
      reader->Query("SELECT id, owner, payload, created_ms FROM batches WHERE id = ?", id));
  ASSIGN_OR_RETURN(const bool is_there, row.Step());
  if (!is_there || !viewer.MaySee(row.Text(1))) return NoSuchBatch();
  Batch batch{.id = row.Text(0),
              .owner = row.Text(1),
              .payload = row.Text(2),
              .created_ms = row.Integer(3)};
  ASSIGN_OR_RETURN(
      sqlite::Statement counts,
      reader->Query("SELECT state, count(*) FROM jobs WHERE batch = ? GROUP BY state", id));
  while (true) {
    ASSIGN_OR_RETURN(const bool has_state, counts.Step());
    if (!has_state) return batch;
    batch.num_jobs[static_cast<size_t>(counts.Integer(0))] = counts.Integer(1);
  }
}

Result<JobPage> JobQueue::List(const Viewer& viewer, const ListQuery& query) {
  if (query.limit < 1 || query.limit > kMaxPage) {
    return InvalidArgumentError("a page has 1 to " + std::to_string(kMaxPage) + " jobs, not " +
                                std::to_string(query.limit));
  }
  ASSIGN_OR_RETURN(const int64_t before, ParseCursor(query.cursor));
  std::string sql = "SELECT " + std::string(kJobColumns) + ", number FROM jobs WHERE number < ?1";
  // Only what is asked for, so that SQLite finds the index; the others are bound all the same.
  if (viewer.owner()) sql += " AND owner = ?2";
  if (query.state) sql += " AND state = ?3";
  if (!query.batch_id.empty()) sql += " AND batch = ?4";
  sql += " ORDER BY number DESC LIMIT ?5";
  const auto state =
      query.state ? std::optional<int64_t>(static_cast<int64_t>(*query.state)) : std::nullopt;
  auto reader = store_->Read();
  ASSIGN_OR_RETURN(sqlite::Statement row, reader->Query(sql, before, viewer.owner(), state,
                                                        query.batch_id, query.limit + 1));
  JobPage page;
  int64_t last_number = 0;
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, row.Step());
    if (!has_row) return page;
    if (page.jobs.size() == static_cast<size_t>(query.limit)) {
      page.next_cursor = std::to_string(last_number);
      return page;
    }
    page.jobs.push_back(ReadJob(row));
    last_number = row.Integer(19);  // Behind kJobColumns.
  }
}

Result<std::string> JobQueue::ReadResult(const Viewer& viewer, std::string_view id) {
  int64_t attempt = 0;
  {
    auto reader = store_->Read();
    ASSIGN_OR_RETURN(sqlite::Statement row,
                     reader->Query("SELECT owner, state, result FROM jobs WHERE id = ?", id));
    ASSIGN_OR_RETURN(const bool is_there, row.Step());
    if (!is_there || !viewer.MaySee(row.Text(0))) return NoSuchJob();
    if (row.IsNull(2)) {
      const auto state = static_cast<JobState>(row.Integer(1));
      return FailedPreconditionError("the job has no result: it is " +
                                     std::string(JobStateName(state)));
    }
    attempt = row.Integer(2);
  }
  auto result =
      store_->files().Read(store_->ResultPath(id, attempt), store_->options().max_result_bytes);
  // Deleted in this moment.
  if (result.status().code() == StatusCode::kNotFound) return NoSuchJob();
  return result;
}

Result<int64_t> JobQueue::NumBefore(const Viewer& viewer, std::string_view id) {
  auto reader = store_->Read();
  ASSIGN_OR_RETURN(
      sqlite::Statement row,
      reader->Query("SELECT number, priority, owner, state FROM jobs WHERE id = ?", id));
  ASSIGN_OR_RETURN(const bool is_there, row.Step());
  if (!is_there || !viewer.MaySee(row.Text(2))) return NoSuchJob();
  if (static_cast<JobState>(row.Integer(3)) != JobState::kQueued) return int64_t{0};
  return CountBefore(reader.database, {.number = row.Integer(0),
                                       .priority = static_cast<int>(row.Integer(1)),
                                       .owner = row.Text(2)});
}

Result<QueueStatistics> JobQueue::Statistics() {
  QueueStatistics statistics{.mean_run_ms = store_->MeanRunMs()};
  auto reader = store_->Read();
  ASSIGN_OR_RETURN(sqlite::Statement counts,
                   reader->Query("SELECT state, count(*) FROM jobs GROUP BY state"));
  while (true) {
    ASSIGN_OR_RETURN(const bool has_state, counts.Step());
    if (!has_state) break;
    statistics.num_jobs[static_cast<size_t>(counts.Integer(0))] = counts.Integer(1);
  }
  ASSIGN_OR_RETURN(sqlite::Statement oldest,
                   reader->Query("SELECT min(created_ms) FROM jobs WHERE state = 0"));
  RETURN_IF_ERROR(oldest.Step().status());
  statistics.oldest_queued_ms = oldest.Integer(0);
  return statistics;
}

}  // namespace ironscribe::jobs
