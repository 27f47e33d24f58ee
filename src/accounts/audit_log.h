// Who did what when, and whether it was allowed: lines that are only ever added. Each carries a
// digest of itself and the one before, so that a line changed or taken out later is noticed by
// whoever kept a later digest.
//
// Nothing about speech and no names of clients' files: actors and targets are ids.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/account_database.h"
#include "base/status.h"

namespace ironscribe::accounts {

struct AuditLine {
  int64_t number = 0;  // From 1 on, without gaps.
  int64_t time_ms = 0;
  std::string actor{};    // A key's id, "cli", "server".
  std::string action{};   // "key.create": of a fixed table of the caller's.
  std::string target{};   // An id, or empty.
  std::string outcome{};  // "ok", or a status's code in upper case.
  std::string digest{};   // 64 hexadecimal digits.
};

// Thread-safe; uses the disk.
class AuditLog {
 public:
  // `database` must outlive it.
  explicit AuditLog(AccountDatabase& database) : database_(database) {}

  // On the disk when it returns. Errors: InvalidArgument for an empty actor or action, control
  // characters, or more than kMaxFieldBytes; those of the database.
  static constexpr size_t kMaxFieldBytes = 200;
  Status Append(std::string_view actor, std::string_view action, std::string_view target,
                std::string_view outcome);
  // The newest `limit` lines before `before_number` (0: from the end), newest first.
  Result<std::vector<AuditLine>> Read(int64_t before_number, int limit);
  // The digest of the last line, to be kept elsewhere; empty when there is none. Errors: DataLoss
  // with the number of the first line that is not what was written.
  Result<std::string> Verify();

 private:
  AccountDatabase& database_;
};

// The same as AuditLog::Verify for a database that may be read only.
Result<std::string> VerifyAuditLines(sqlite::Database& database);

// Within a transaction of the caller's, so that a change and its line are there together or not at
// all.
struct AuditEntry {
  std::string_view actor;
  std::string_view action;
  std::string_view target;
  std::string_view outcome = "ok";
};
Status AppendAuditLine(sqlite::Database& database, int64_t now_ms, const AuditEntry& entry);

}  // namespace ironscribe::accounts
