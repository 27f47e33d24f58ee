// The shape of accounts.db, step by step. Steps that were released never change: add another.
#include "accounts/account_database.h"

namespace ironscribe::accounts {
namespace {

constexpr std::string_view kSteps[] = {
    // 1. Scopes by name, digests in hexadecimal, days as "2026-11-23".
    R"sql(
CREATE TABLE keys(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  scopes TEXT NOT NULL,
  audio_seconds_per_day REAL,
  concurrent_requests INTEGER,
  requests_per_minute INTEGER,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  revoked_ms INTEGER NOT NULL DEFAULT 0,
  last_used_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE secrets(
  digest TEXT PRIMARY KEY,
  key_id TEXT NOT NULL REFERENCES keys(id),
  prefix TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX secrets_of_key ON secrets(key_id);

CREATE TABLE usage(
  day TEXT NOT NULL,
  key_id TEXT NOT NULL,
  model TEXT NOT NULL,
  requests INTEGER NOT NULL,
  audio_seconds REAL NOT NULL,
  errors INTEGER NOT NULL,
  PRIMARY KEY(day, key_id, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit(
  number INTEGER PRIMARY KEY,
  time_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  outcome TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
  BEGIN SELECT raise(ABORT, 'audit lines are only added'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
  BEGIN SELECT raise(ABORT, 'audit lines are only added'); END;
)sql",
};

}  // namespace

// "ISAC"
const sqlite::Schema kAccountSchema{
    .name = "accounts", .application_id = 0x49534143, .steps = kSteps};

}  // namespace ironscribe::accounts
