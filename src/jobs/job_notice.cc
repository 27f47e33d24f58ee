// JobQueue: telling those who submitted that their jobs are final.
#include "base/check.h"
#include "jobs/job_queue.h"
#include "jobs/job_store.h"

namespace ironscribe::jobs {
namespace {

// Of every owner with notices that wait the job that is due for longest; one index seek per owner.
// A due time that is further away than any can be was set by a clock that went wrong: ?2 is the
// last that is believed.
constexpr std::string_view kDue = R"sql(
WITH RECURSIVE owners(owner) AS (
  SELECT min(owner) FROM jobs WHERE notice = 1 AND finished_ms IS NOT NULL
  UNION ALL
  SELECT (SELECT min(owner) FROM jobs
          WHERE notice = 1 AND finished_ms IS NOT NULL AND owner > owners.owner)
  FROM owners WHERE owners.owner IS NOT NULL)
SELECT (SELECT number FROM jobs
        WHERE notice = 1 AND finished_ms IS NOT NULL AND owner = owners.owner
          AND (notice_due_ms <= ?1 OR notice_due_ms > ?2)
        ORDER BY notice_due_ms LIMIT 1) AS due
FROM owners WHERE owner IS NOT NULL AND due IS NOT NULL LIMIT ?3)sql";

}  // namespace

Result<std::vector<Job>> JobQueue::DueNotices(int limit) {
  const int64_t now_ms = store_->WallMs();
  auto reader = store_->Read();
  ASSIGN_OR_RETURN(
      sqlite::Statement rows,
      reader->Query("SELECT " + std::string(kJobColumns) + " FROM jobs WHERE number IN (" +
                        std::string(kDue) + ") ORDER BY owner",
                    now_ms, now_ms + kMaxNoticeDelayMs, limit));
  std::vector<Job> jobs;
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, rows.Step());
    if (!has_row) return jobs;
    jobs.push_back(ReadJob(rows));
  }
}

Status JobQueue::PostponeNotice(std::string_view id, int64_t delay_ms) {
  IRONSCRIBE_CHECK(delay_ms >= 0 && delay_ms <= kMaxNoticeDelayMs);
  return store_->Write()->Run(
      "UPDATE jobs SET notice_tries = notice_tries + 1, notice_due_ms = ? "
      "WHERE id = ? AND notice = 1",
      store_->WallMs() + delay_ms, id);
}

Status JobQueue::SettleNotice(std::string_view id, NoticeState state) {
  IRONSCRIBE_CHECK(state == NoticeState::kTold || state == NoticeState::kGivenUp);
  return store_->Write()->Run(
      "UPDATE jobs SET notice_tries = notice_tries + 1, notice = ? WHERE id = ? AND notice = 1",
      static_cast<int>(state), id);
}

}  // namespace ironscribe::jobs
