// Requests to administration that were refused, for the audit log: who tried what. Somebody who
// tries all day must not fill the disk, so each kind of refusal is told once a minute.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "accounts/audit_log.h"
#include "api/request_record.h"
#include "base/status.h"

namespace ironscribe::cli {

// Safe from every thread.
class AccessAudit {
 public:
  // `admin_listener` as api::AccessRules has it.
  explicit AccessAudit(std::string admin_listener) : admin_listener_(std::move(admin_listener)) {}

  // Any request; waits for nothing. Kinds beyond kMaxKinds in a minute are not told.
  static constexpr size_t kMaxKinds = 100;
  void Note(const api::RequestRecord& record);
  // Writes down what was noted. Uses the disk; to be called every second or so.
  Status Flush(accounts::AuditLog& audit, std::chrono::steady_clock::time_point now);

 private:
  // Actor, route, outcome.
  using Kind = std::tuple<std::string, std::string, std::string>;

  const std::string admin_listener_;
  std::mutex mutex_;
  std::map<Kind, bool> told_;  // Whether it is written down, of this minute.
  std::chrono::steady_clock::time_point minute_begin_{};
};

}  // namespace ironscribe::cli
