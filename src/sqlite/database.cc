#include "sqlite/database.h"

#include <sqlite3.h>

#include <utility>

#include "base/check.h"

namespace ironscribe::sqlite {
namespace {

StatusCode CodeOf(int code) {
  switch (code & 0xff) {  // Extended codes have theirs in the lowest byte.
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StatusCode::kUnavailable;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return StatusCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StatusCode::kDataLoss;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return StatusCode::kPermissionDenied;
    case SQLITE_CONSTRAINT:
      return StatusCode::kAlreadyExists;
    case SQLITE_CANTOPEN:
      return StatusCode::kNotFound;
    case SQLITE_IOERR:
      return StatusCode::kUnknown;
    default:
      return StatusCode::kInternal;
  }
}

std::string Remedy(int code, int busy_wait_ms) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "; another process has held it for " + std::to_string(busy_wait_ms) +
             " ms: end what has it open (a database shell, a backup) and try again";
    case SQLITE_FULL:
      return "; make room on its disk and try again";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "; put a backup in its place";
    default:
      return "";
  }
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      num_bound_(other.num_bound_),
      error_(other.error_) {}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::Bind(int64_t value) {
  const int code = sqlite3_bind_int64(statement_, ++num_bound_, value);
  if (error_ == SQLITE_OK) error_ = code;
  return *this;
}

Statement& Statement::Bind(double value) {
  const int code = sqlite3_bind_double(statement_, ++num_bound_, value);
  if (error_ == SQLITE_OK) error_ = code;
  return *this;
}

Statement& Statement::Bind(std::string_view value) {
  // A null pointer would be NULL.
  const char* data = value.empty() ? "" : value.data();
  const int code = sqlite3_bind_text64(statement_, ++num_bound_, data, value.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
  if (error_ == SQLITE_OK) error_ = code;
  return *this;
}

Statement& Statement::Bind(const std::optional<int64_t>& value) {
  return value ? Bind(*value) : BindNull();
}
Statement& Statement::Bind(const std::optional<double>& value) {
  return value ? Bind(*value) : BindNull();
}
Statement& Statement::Bind(const std::optional<std::string>& value) {
  return value ? Bind(*value) : BindNull();
}

Statement& Statement::BindNull() {
  const int code = sqlite3_bind_null(statement_, ++num_bound_);
  if (error_ == SQLITE_OK) error_ = code;
  return *this;
}

Result<bool> Statement::Step() {
  if (error_ != SQLITE_OK) return database_.Error(error_, "cannot use a value");
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_.Error(code, "cannot use the database");
}

int64_t Statement::Integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Statement::Real(int column) const { return sqlite3_column_double(statement_, column); }
bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::string Statement::Text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string() : std::string(data, static_cast<size_t>(size));
}

Result<std::unique_ptr<Database>> Database::Open(const std::filesystem::path& path,
                                                 const DatabaseOptions& options) {
  std::unique_ptr<Database> database(new Database(path, options.busy_wait_ms));
  // Without SQLite's own mutex: one thread at a time is our callers' rule.
  const int flags =
      (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &database->handle_, flags,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (code != SQLITE_OK) return database->Error(code, "cannot open the database");
  RETURN_IF_ERROR(database->Configure(options.read_only));
  return database;
}

Status Database::Configure(bool read_only) {
  sqlite3_busy_timeout(handle_, busy_wait_ms_);
  // What a forged schema may make SQLite do is nothing we need.
  RETURN_IF_ERROR(Execute("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON"));
  if (read_only) return OkStatus();
  ASSIGN_OR_RETURN(Statement mode, Query("PRAGMA journal_mode = WAL"));
  ASSIGN_OR_RETURN(const bool has_row, mode.Step());
  if (!has_row || mode.Text(0) != "wal") {
    return FailedPreconditionError(
        "'" + path_.string() + "' cannot be used in WAL mode; put it on a disk of this machine");
  }
  RETURN_IF_ERROR(Execute("PRAGMA secure_delete = ON"));
  return SetDurable(true);
}

Database::~Database() { sqlite3_close(handle_); }

Result<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return Error(code, "cannot use the database");
  return Statement(*this, statement);
}

Status Database::Finish(Statement& statement) {
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, statement.Step());
    if (!has_row) return OkStatus();
  }
}

Status Database::Execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? OkStatus() : Error(code, "cannot use the database");
}

int64_t Database::num_changed() const { return sqlite3_changes64(handle_); }

Status Database::SetDurable(bool is_durable) {
  return Execute(is_durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
}

Status Database::Error(int code, std::string_view what) const {
  const char* reason = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
  return Status(CodeOf(code), std::string(what) + " '" + path_.string() + "': " + reason +
                                  Remedy(code, busy_wait_ms_));
}

Result<Transaction> Transaction::Begin(Database& database) {
  // IMMEDIATE waits for other writers here; otherwise the first write could fail without waiting.
  RETURN_IF_ERROR(database.Execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  // After some errors SQLite has taken it back already, and says so; both are fine.
  if (database_ != nullptr) (void)database_->Execute("ROLLBACK");
}

Status Transaction::Commit() {
  IRONSCRIBE_CHECK(database_ != nullptr);
  RETURN_IF_ERROR(database_->Execute("COMMIT"));
  database_ = nullptr;
  return OkStatus();
}

}  // namespace ironscribe::sqlite
