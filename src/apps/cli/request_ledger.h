// What is written down of a request that has ended: the log, the key's usage, metrics.
#pragma once

#include "accounts/usage_log.h"
#include "api/request_record.h"
#include "apps/cli/json_log.h"
#include "service/service_metrics.h"

namespace ironscribe::cli {

// Safe from every thread; waits for no disk.
class RequestLedger {
 public:
  // Everything outlives it.
  RequestLedger(JsonLog& log, accounts::UsageLog& usage, service::ServiceMetrics& metrics)
      : log_(log), usage_(usage), metrics_(metrics) {}

  void Write(const api::RequestRecord& record);

 private:
  JsonLog& log_;
  accounts::UsageLog& usage_;
  service::ServiceMetrics& metrics_;
};

}  // namespace ironscribe::cli
