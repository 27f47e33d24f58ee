// For tests: an account database in a folder of its own, on a clock that stands until it is told.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <utility>

#include "accounts/account_database.h"
#include "io/test_folder.h"

namespace ironscribe::accounts {

// Requires: the result is Ok; a test that needs it cannot go on otherwise.
template <typename T>
T Must(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return std::move(result).value();
}
inline void Must(const Status& status) { EXPECT_TRUE(status.ok()) << status.ToString(); }

class TestAccounts {
 public:
  TestAccounts() : database(Open()) {}

  // Another connection, as another process has it.
  std::unique_ptr<AccountDatabase> Open() {
    return Must(AccountDatabase::Open(home.path(), {.wall_ms = [this] { return wall_ms.load(); }}));
  }

  io::TestFolder home;
  // 2026-11-23, 00:00:00 UTC.
  std::atomic<int64_t> wall_ms{1'795'392'000'000};
  std::unique_ptr<AccountDatabase> database;
};

}  // namespace ironscribe::accounts
