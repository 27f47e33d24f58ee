#include "accounts/audit_log.h"

#include <algorithm>

#include "io/digest.h"

namespace ironscribe::accounts {
namespace {

// What precedes the first line.
constexpr std::string_view kNoDigest = "";

// Covers every field, with lengths so that no two lines give the same bytes.
std::string DigestOf(std::string_view before, const AuditLine& line) {
  io::Digest digest;
  digest.Update(before);
  const std::string number = std::to_string(line.number);
  const std::string time_ms = std::to_string(line.time_ms);
  for (const std::string* field :
       {&number, &time_ms, &line.actor, &line.action, &line.target, &line.outcome}) {
    digest.Update("|" + std::to_string(field->size()) + ":" + *field);
  }
  return digest.Finish();
}

Status CheckField(std::string_view name, std::string_view field) {
  const bool is_clean = std::none_of(field.begin(), field.end(), [](char byte) {
    return static_cast<unsigned char>(byte) < ' ' || byte == 127;
  });
  if (is_clean && field.size() <= AuditLog::kMaxFieldBytes) return OkStatus();
  return InvalidArgumentError("the " + std::string(name) + " of an audit line has " +
                              std::to_string(AuditLog::kMaxFieldBytes) +
                              " bytes at most and no control characters");
}

AuditLine ReadLine(const sqlite::Statement& row) {
  return {.number = row.Integer(0),
          .time_ms = row.Integer(1),
          .actor = row.Text(2),
          .action = row.Text(3),
          .target = row.Text(4),
          .outcome = row.Text(5),
          .digest = row.Text(6)};
}

}  // namespace

Status AppendAuditLine(sqlite::Database& database, int64_t now_ms, const AuditEntry& entry) {
  if (entry.actor.empty() || entry.action.empty()) {
    return InvalidArgumentError("an audit line needs an actor and an action");
  }
  RETURN_IF_ERROR(CheckField("actor", entry.actor));
  RETURN_IF_ERROR(CheckField("action", entry.action));
  RETURN_IF_ERROR(CheckField("target", entry.target));
  RETURN_IF_ERROR(CheckField("outcome", entry.outcome));
  ASSIGN_OR_RETURN(sqlite::Statement last,
                   database.Query("SELECT number, digest FROM audit ORDER BY number DESC LIMIT 1"));
  ASSIGN_OR_RETURN(const bool has_last, last.Step());
  AuditLine line{.number = has_last ? last.Integer(0) + 1 : 1,
                 .time_ms = now_ms,
                 .actor = std::string(entry.actor),
                 .action = std::string(entry.action),
                 .target = std::string(entry.target),
                 .outcome = std::string(entry.outcome)};
  line.digest = DigestOf(has_last ? last.Text(1) : std::string(kNoDigest), line);
  return database.Run(
      "INSERT INTO audit(number, time_ms, actor, action, target, outcome, digest) "
      "VALUES(?, ?, ?, ?, ?, ?, ?)",
      line.number, line.time_ms, line.actor, line.action, line.target, line.outcome, line.digest);
}

Status AuditLog::Append(std::string_view actor, std::string_view action, std::string_view target,
                        std::string_view outcome) {
  const auto database = database_.Lock();
  ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(*database));
  RETURN_IF_ERROR(
      AppendAuditLine(*database, database_.NowMs(),
                      {.actor = actor, .action = action, .target = target, .outcome = outcome}));
  return transaction.Commit();
}

Result<std::vector<AuditLine>> AuditLog::Read(int64_t before_number, int limit) {
  const auto database = database_.Lock();
  ASSIGN_OR_RETURN(
      sqlite::Statement row,
      database->Query("SELECT number, time_ms, actor, action, target, outcome, digest FROM audit "
                      "WHERE ?1 = 0 OR number < ?1 ORDER BY number DESC LIMIT ?2",
                      before_number, limit));
  std::vector<AuditLine> lines;
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, row.Step());
    if (!has_row) return lines;
    lines.push_back(ReadLine(row));
  }
}

Result<std::string> AuditLog::Verify() { return VerifyAuditLines(*database_.Lock()); }

Result<std::string> VerifyAuditLines(sqlite::Database& database) {
  ASSIGN_OR_RETURN(sqlite::Statement row,
                   database.Query("SELECT number, time_ms, actor, action, target, outcome, digest "
                                  "FROM audit ORDER BY number"));
  std::string digest(kNoDigest);
  for (int64_t number = 1;; ++number) {
    ASSIGN_OR_RETURN(const bool has_row, row.Step());
    if (!has_row) return digest;
    const AuditLine line = ReadLine(row);
    if (line.number != number || line.digest != DigestOf(digest, line)) {
      return DataLossError("line " + std::to_string(number) +
                           " of the audit log is not what was written");
    }
    digest = line.digest;
  }
}

}  // namespace ironscribe::accounts
