// The data folder of a server: owned by this process, with its keys, usage and audit log.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "accounts/account_database.h"
#include "accounts/audit_log.h"
#include "accounts/key_quotas.h"
#include "accounts/key_store.h"
#include "accounts/usage_log.h"
#include "base/status.h"
#include "io/owned_folder.h"

namespace ironscribe::cli {

// As safe as its parts, which all are from every thread.
class ServerData {
 public:
  // Creates the folder. Errors: FailedPrecondition when another server has it, with what to do;
  // those of the database.
  static Result<std::unique_ptr<ServerData>> Open(const std::filesystem::path& folder);

  const std::shared_ptr<const io::OwnedFolder>& folder() const { return folder_; }
  accounts::KeyStore& keys() { return *keys_; }
  accounts::KeyQuotas& quotas() { return *quotas_; }
  accounts::UsageLog& usage() { return *usage_; }
  accounts::AuditLog& audit() { return *audit_; }

  // Milliseconds since 1970.
  int64_t NowMs() const { return database_->NowMs(); }

  // Takes over keys that another process changed, and writes down what was used. Uses the disk; to
  // be called every second or so.
  Status Refresh();

 private:
  ServerData() = default;
  std::shared_ptr<const io::OwnedFolder> folder_;
  std::unique_ptr<accounts::AccountDatabase> database_;
  std::unique_ptr<accounts::KeyStore> keys_;
  std::unique_ptr<accounts::KeyQuotas> quotas_;
  std::unique_ptr<accounts::UsageLog> usage_;
  std::unique_ptr<accounts::AuditLog> audit_;
};

}  // namespace ironscribe::cli
