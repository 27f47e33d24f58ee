// What is written down of a request that has ended: the log, the key's usage, metrics, traces,
// and, of administration that was refused, the audit log.
#pragma once

#include "accounts/usage_log.h"
#include "api/jobs/job_runner.h"
#include "api/request_record.h"
#include "apps/cli/access_audit.h"
#include "apps/cli/json_log.h"
#include "service/service_metrics.h"
#include "service/trace_exporter.h"

namespace ironscribe::cli {

// Safe from every thread; waits for no disk.
class RequestLedger {
 public:
  struct Tracing {
    service::TraceExporter* exporter = nullptr;  // Null: nothing is traced.
    double share = 1;  // Of the requests whose clients do not say whether.
  };

  // Everything outlives it.
  RequestLedger(JsonLog& log, accounts::UsageLog& usage, service::ServiceMetrics& metrics,
                AccessAudit& access, Tracing tracing)
      : log_(log), usage_(usage), metrics_(metrics), access_(access), tracing_(tracing) {}

  void Write(const api::RequestRecord& record);
  // Of an attempt at a job.
  void Write(const api::jobs::JobRecord& record);

 private:
  void Trace(const api::RequestRecord& record);

  JsonLog& log_;
  accounts::UsageLog& usage_;
  service::ServiceMetrics& metrics_;
  AccessAudit& access_;
  const Tracing tracing_;
};

}  // namespace ironscribe::cli
