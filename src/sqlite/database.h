// SQLite (3.40, sqlite.org/c3ref) with errors as values: a connection, statements with values bound
// to them, transactions. Databases are in WAL mode; a transaction is on the disk when Commit
// returns (synchronous=FULL), and what is deleted is overwritten (secure_delete), because it may be
// personal.
//
// For file systems of this machine: WAL needs memory shared between processes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ironscribe::sqlite {

// One statement with its values. One thread at a time, that of its database, which must outlive it.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Parameters in order, from ?1 on. What is bound is copied.
  Statement& Bind(int64_t value);
  Statement& Bind(int value) { return Bind(int64_t{value}); }
  Statement& Bind(double value);
  Statement& Bind(std::string_view value);
  Statement& Bind(const std::string& value) { return Bind(std::string_view(value)); }
  Statement& Bind(const char* value) { return Bind(std::string_view(value)); }
  // Nothing is NULL.
  Statement& Bind(const std::optional<int64_t>& value);
  Statement& Bind(const std::optional<double>& value);
  Statement& Bind(const std::optional<std::string>& value);

  // Moves on to the next row; false at the end.
  Result<bool> Step();

  // The present row's columns, from 0 on; NULL is 0 or empty.
  int64_t Integer(int column) const;
  double Real(int column) const;
  std::string Text(int column) const;
  bool IsNull(int column) const;

 private:
  friend class Database;
  Statement(class Database& database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}
  Statement& BindNull();
  Database& database_;
  sqlite3_stmt* statement_;
  int num_bound_ = 0;
  int error_ = 0;  // The first of binding.
};

struct DatabaseOptions {
  // How long a statement waits for another connection before it gives up with Unavailable.
  int busy_wait_ms = 5000;
  // The name of a registered sqlite3_vfs, for tests that put a disk of their own below. Empty: the
  // operating system's.
  std::string vfs{};
  bool read_only = false;  // Errors: NotFound when there is none.
};

// One connection; one thread at a time.
class Database {
 public:
  // Opens or creates the database. Errors: DataLoss when it is none or damaged, PermissionDenied,
  // Unavailable.
  static Result<std::unique_ptr<Database>> Open(const std::filesystem::path& path,
                                                const DatabaseOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // A statement with values bound to its parameters in order.
  // Requires: correct SQL; mistakes in it are Internal errors.
  template <typename... Values>
  Result<Statement> Query(std::string_view sql, const Values&... values) {
    ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
    (statement.Bind(values), ...);
    return statement;
  }
  // The same, run to its end.
  template <typename... Values>
  Status Run(std::string_view sql, const Values&... values) {
    ASSIGN_OR_RETURN(Statement statement, Query(sql, values...));
    return Finish(statement);
  }
  // Any number of statements without values.
  Status Execute(const std::string& sql);

  // Rows that the last INSERT, UPDATE or DELETE changed.
  int64_t num_changed() const;

  // Until it is set back, Commit leaves the rest to the next that does not: safe from the death of
  // the process, not from that of the machine. Requires: no transaction.
  Status SetDurable(bool is_durable);

  const std::filesystem::path& path() const { return path_; }
  ::sqlite3* handle() { return handle_; }

  // The Status of an SQLite result code.
  Status Error(int code, std::string_view what) const;

 private:
  Database(std::filesystem::path path, int busy_wait_ms)
      : path_(std::move(path)), busy_wait_ms_(busy_wait_ms) {}
  Result<Statement> Prepare(std::string_view sql);
  Status Finish(Statement& statement);
  Status Configure(bool read_only);

  std::filesystem::path path_;
  int busy_wait_ms_;
  ::sqlite3* handle_ = nullptr;
};

// A transaction that writes: all of it is there, or nothing. The destructor takes everything back
// that was not committed.
class Transaction {
 public:
  // Waits for other writers. Requires: none is open on this connection.
  static Result<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(other.database_) {
    other.database_ = nullptr;
  }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Status Commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace ironscribe::sqlite
