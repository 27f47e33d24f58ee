// The jobs of a server: the queue in the data folder, its protocol, its workers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/admission_gate.h"
#include "api/backend.h"
#include "api/jobs/callback_sender.h"
#include "api/jobs/job_runner.h"
#include "api/jobs/jobs_api.h"
#include "apps/cli/json_log.h"
#include "apps/cli/request_ledger.h"
#include "apps/cli/served_jobs_options.h"
#include "apps/cli/server_data.h"
#include "base/status.h"
#include "net/outbound_client.h"
#include "service/service_metrics.h"

namespace ironscribe::cli {

// Used by one thread, save for what `api` gives.
class ServedJobs {
 public:
  // What jobs run through; all of it outlives them.
  struct Parts {
    api::Backend& backend;
    api::AdmissionGate& gate;
    RequestLedger& ledger;
    JsonLog& log;
    service::ServiceMetrics& metrics;
  };

  // Errors: those of jobs::JobQueue::Open. `program` is what results depend on besides model and
  // options.
  static Result<std::unique_ptr<ServedJobs>> Open(ServerData& data,
                                                  const ServedJobsOptions& options,
                                                  const Parts& parts, std::string program);

  // For its routes, which it outlives.
  api::jobs::JobsApi& api() { return api_; }

  // Once the models are there.
  void Start();
  // What runs goes back into the queue, to go on with the next start.
  void Stop();
  // For metrics.
  void CountStates();

 private:
  ServedJobs(std::unique_ptr<jobs::JobQueue> queue, ServerData& data,
             const ServedJobsOptions& options, const Parts& parts, std::string program,
             std::vector<std::string> secrets);

  void Tell(const api::jobs::CallbackRecord& record);

  const ServedJobsOptions options_;
  const Parts parts_;
  const std::string program_;
  std::unique_ptr<jobs::JobQueue> queue_;
  api::jobs::JobsApi api_;
  const std::vector<std::string> secrets_;
  const net::OutboundClient recordings_;
  const net::OutboundClient receivers_;
  std::unique_ptr<api::jobs::JobRunner> runner_;
  std::unique_ptr<api::jobs::CallbackSender> callbacks_;
};

// The secrets that callbacks are signed with; none where there are no callbacks. Errors name the
// flag.
Result<std::vector<std::string>> ReadCallbackSecrets(const ServedJobsOptions& options);

}  // namespace ironscribe::cli
