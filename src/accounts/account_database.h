// The database of keys, usage and the audit log, in `accounts.db` of a data folder. Several
// processes may have it open; it does not need to own the folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>

#include "base/status.h"
#include "sqlite/database.h"
#include "sqlite/schema.h"

namespace ironscribe::accounts {

// "accounts.db" in the data folder.
std::filesystem::path AccountsPath(const std::filesystem::path& data_folder);
extern const sqlite::Schema kAccountSchema;

struct AccountOptions {
  // Milliseconds since 1970. Empty: the system's clock.
  std::function<int64_t()> wall_ms{};
  int busy_wait_ms = 5000;  // sqlite::DatabaseOptions.
};

// Owns the connection. Thread-safe by Lock.
class AccountDatabase {
 public:
  // Opens or creates it, for this user only. Errors: FailedPrecondition for a newer schema.
  static Result<std::unique_ptr<AccountDatabase>> Open(const std::filesystem::path& data_folder,
                                                       const AccountOptions& options);

  // The connection, for one thread as long as this lives.
  class Locked {
   public:
    sqlite::Database& operator*() const { return database_; }
    sqlite::Database* operator->() const { return &database_; }

   private:
    friend class AccountDatabase;
    Locked(std::mutex& mutex, sqlite::Database& database) : lock_(mutex), database_(database) {}
    std::unique_lock<std::mutex> lock_;
    sqlite::Database& database_;
  };
  Locked Lock() { return Locked(mutex_, *database_); }

  int64_t NowMs() const { return wall_ms_(); }

 private:
  AccountDatabase() = default;
  std::mutex mutex_;
  std::unique_ptr<sqlite::Database> database_;
  std::function<int64_t()> wall_ms_;
};

}  // namespace ironscribe::accounts
