#include "apps/cli/server_data.h"

#include <chrono>

namespace ironscribe::cli {
namespace {

int64_t SteadyMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Result<std::unique_ptr<ServerData>> ServerData::Open(const std::filesystem::path& folder) {
  std::unique_ptr<ServerData> data(new ServerData);
  auto owned = io::OwnedFolder::Acquire(folder, "ironscribe serve");
  if (!owned.ok()) return owned.status().Annotate("--data-dir");
  data->folder_ = *std::move(owned);
  ASSIGN_OR_RETURN(data->database_, accounts::AccountDatabase::Open(folder, {}));
  ASSIGN_OR_RETURN(data->keys_, accounts::KeyStore::Open(*data->database_));
  data->quotas_ = std::make_unique<accounts::KeyQuotas>(
      [database = data->database_.get()] { return database->NowMs(); }, &SteadyMs);
  data->usage_ = std::make_unique<accounts::UsageLog>(*data->database_);
  data->audit_ = std::make_unique<accounts::AuditLog>(*data->database_);
  RETURN_IF_ERROR(data->usage_->RestoreToday(*data->quotas_));
  return data;
}

Status ServerData::Refresh() {
  const Status keys = keys_->Refresh();
  RETURN_IF_ERROR(usage_->Flush());
  return keys;
}

}  // namespace ironscribe::cli
