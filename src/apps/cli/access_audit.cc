#include "apps/cli/access_audit.h"

#include <utility>
#include <vector>

namespace ironscribe::cli {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr const char* kUnknownActor = "unknown";
constexpr const char* kAction = "access.refuse";

}  // namespace

void AccessAudit::Note(const api::RequestRecord& record) {
  const bool is_refused = record.status == kUnauthorized || record.status == kForbidden;
  if (!is_refused || admin_listener_.empty() || record.listener != admin_listener_) return;
  const std::lock_guard lock(mutex_);
  if (told_.size() >= kMaxKinds) return;
  told_.try_emplace(
      {record.key_id.empty() ? kUnknownActor : record.key_id, record.method + " " + record.route,
       record.status == kForbidden ? "PERMISSION_DENIED" : "UNAUTHENTICATED"},
      false);
}

Status AccessAudit::Flush(accounts::AuditLog& audit, std::chrono::steady_clock::time_point now) {
  std::vector<Kind> kinds;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [kind, told] : told_) {
      if (!std::exchange(told, true)) kinds.push_back(kind);
    }
    if (now - minute_begin_ >= std::chrono::minutes(1)) {
      told_.clear();
      minute_begin_ = now;
    }
  }
  for (const auto& [actor, route, outcome] : kinds) {
    RETURN_IF_ERROR(audit.Append(actor, kAction, route, outcome));
  }
  return OkStatus();
}

}  // namespace ironscribe::cli
