// The shape of jobs.db, step by step. Steps that were released never change: add another.
#include "jobs/job_store.h"

namespace ironscribe::jobs {
namespace {

constexpr std::string_view kSteps[] = {
    // 1. States are those of JobState. lease_until_ms is by the steady clock of the process that
    // wrote it. strikes: attempts in a row that ended without an answer and without progress.
    // result: the attempt whose result it is. notice: 1 while its submitter wants to be told.
    R"sql(
CREATE TABLE batches(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE jobs(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL,
  batch TEXT REFERENCES batches(id),
  state INTEGER NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL,
  payload TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  strikes INTEGER NOT NULL DEFAULT 0,
  worker TEXT,
  lease_until_ms INTEGER,
  progress REAL NOT NULL DEFAULT 0,
  error_code INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  finished_ms INTEGER,
  retention_ms INTEGER NOT NULL,
  retain_until_ms INTEGER,
  audio_bytes INTEGER,
  result INTEGER,
  notice INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX jobs_queued ON jobs(priority, owner, number) WHERE state = 0;
CREATE INDEX jobs_running ON jobs(owner) WHERE state = 1;
CREATE INDEX jobs_of_owner ON jobs(owner, state);
CREATE INDEX jobs_of_state ON jobs(state);
CREATE INDEX jobs_of_batch ON jobs(batch, state) WHERE batch IS NOT NULL;
CREATE INDEX jobs_retained ON jobs(retain_until_ms) WHERE retain_until_ms IS NOT NULL;
CREATE INDEX jobs_notices ON jobs(finished_ms) WHERE notice = 1;

CREATE TABLE submissions(
  owner TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY(owner, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX submissions_of_id ON submissions(id);
)sql",
    // 2. notice is a NoticeState; notice_tries and notice_due_ms (by the clock on the wall) are for
    // trying again. The sum of audio_bytes is asked for with every submission.
    R"sql(
ALTER TABLE jobs ADD COLUMN notice_tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN notice_due_ms INTEGER NOT NULL DEFAULT 0;
DROP INDEX jobs_notices;
CREATE INDEX jobs_notices ON jobs(owner, notice_due_ms)
  WHERE notice = 1 AND finished_ms IS NOT NULL;
CREATE INDEX jobs_audio ON jobs(audio_bytes) WHERE audio_bytes IS NOT NULL;
)sql",
};

}  // namespace

// "ISJQ"
const sqlite::Schema kJobSchema{.name = "jobs", .application_id = 0x49534a51, .steps = kSteps};

}  // namespace ironscribe::jobs
