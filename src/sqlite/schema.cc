#include "sqlite/schema.h"

#include <string>

namespace ironscribe::sqlite {
namespace {

Result<int64_t> ReadPragma(Database& database, std::string_view name) {
  ASSIGN_OR_RETURN(Statement statement, database.Query("PRAGMA " + std::string(name)));
  ASSIGN_OR_RETURN(const bool has_row, statement.Step());
  return has_row ? statement.Integer(0) : 0;
}

std::string Named(const Database& database) { return "'" + database.path().string() + "'"; }

// The version, after checking that it is one of this schema's.
Result<int64_t> ReadVersion(Database& database, const Schema& schema) {
  ASSIGN_OR_RETURN(const int64_t version, ReadPragma(database, "user_version"));
  ASSIGN_OR_RETURN(const int64_t kind, ReadPragma(database, "application_id"));
  const auto newest = static_cast<int64_t>(schema.steps.size());
  const bool is_empty = version == 0 && kind == 0;
  if (!is_empty && kind != schema.application_id) {
    return FailedPreconditionError(Named(database) + " is no database of " +
                                   std::string(schema.name));
  }
  if (version > newest) {
    return FailedPreconditionError(
        Named(database) + " has version " + std::to_string(version) + " of its schema, this " +
        "program knows " + std::to_string(newest) +
        "; use the program that wrote it, or put a backup from before the upgrade in its place");
  }
  return version;
}

}  // namespace

Status Migrate(Database& database, const Schema& schema) {
  const auto newest = static_cast<int64_t>(schema.steps.size());
  while (true) {
    ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(database));
    // Within the transaction: two processes may be at it.
    ASSIGN_OR_RETURN(const int64_t version, ReadVersion(database, schema));
    if (version == newest) return OkStatus();
    if (version == 0) {
      ASSIGN_OR_RETURN(Statement tables, database.Query("SELECT 1 FROM sqlite_schema"));
      ASSIGN_OR_RETURN(const bool has_tables, tables.Step());
      if (has_tables) {
        return FailedPreconditionError(Named(database) + " is no database of " +
                                       std::string(schema.name));
      }
    }
    RETURN_IF_ERROR(database.Execute(std::string(schema.steps[static_cast<size_t>(version)])));
    RETURN_IF_ERROR(
        database.Execute("PRAGMA user_version = " + std::to_string(version + 1) +
                         "; PRAGMA application_id = " + std::to_string(schema.application_id)));
    RETURN_IF_ERROR(transaction.Commit());
  }
}

Status CheckSchema(Database& database, const Schema& schema) {
  ASSIGN_OR_RETURN(const int64_t version, ReadVersion(database, schema));
  if (version == static_cast<int64_t>(schema.steps.size())) return OkStatus();
  return FailedPreconditionError(Named(database) + " has version " + std::to_string(version) +
                                 " of its schema; start the server once to bring it to " +
                                 std::to_string(schema.steps.size()));
}

}  // namespace ironscribe::sqlite
