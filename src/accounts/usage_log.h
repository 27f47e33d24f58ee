// What every key used, by model and day of UTC: counted in memory, written every second or so.
// `kill -9` loses what was counted since.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "accounts/account_database.h"
#include "accounts/key_quotas.h"
#include "base/status.h"

namespace ironscribe::accounts {

struct UsageRow {
  std::string key_id{};
  std::string key_name{};
  std::string model{};
  std::string day{};  // "2026-11-23"
  int64_t requests = 0;
  double audio_seconds = 0;
  int64_t errors = 0;
};

struct UsageQuery {
  std::string key_id{};  // Empty: all keys.
  std::string first_day{};
  std::string last_day{};  // Included. Empty: without bound.
};

// Thread-safe. Add is for any thread, the others use the disk.
class UsageLog {
 public:
  // `database` must outlive it.
  explicit UsageLog(AccountDatabase& database) : database_(database) {}

  // One request that ended. Models are installed names, never text of a client.
  void Add(std::string_view key_id, std::string_view model, double audio_seconds, bool is_error);
  // Puts what was counted on the disk. After an error it is still counted.
  Status Flush();
  // By day, key and model. Flush comes first. Errors: InvalidArgument for days that are none.
  Result<std::vector<UsageRow>> Read(const UsageQuery& query);
  // Tells `quotas` what was used today before the server started.
  Status RestoreToday(KeyQuotas& quotas);

 private:
  struct Count {
    int64_t requests = 0;
    double audio_seconds = 0;
    int64_t errors = 0;
  };
  AccountDatabase& database_;
  std::mutex mutex_;
  std::map<std::tuple<std::string, std::string, std::string>, Count> counts_;
};

// RFC 4180, with a line of names. What a spreadsheet would take for a formula stands behind a "'".
std::string UsageCsv(const std::vector<UsageRow>& rows);

}  // namespace ironscribe::accounts
