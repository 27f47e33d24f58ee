// Our own jobs: recordings are handed in and fetched later, one by one or thousands at a time.
// Entry of this folder, with job_runner.h, which does the work.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "accounts/audit_log.h"
#include "accounts/key_quotas.h"
#include "api/backend.h"
#include "api/jobs/queue.h"
#include "api/parameter_table.h"
#include "api/router.h"
#include "net/outbound_rules.h"

namespace ironscribe::api::jobs {

struct JobsApi {
  queue::JobQueue& queue;
  Backend& backend;
  int num_workers = 1;                        // To tell when a job's turn comes.
  double max_retention_hours = 7 * 24;        // What the queue keeps jobs for.
  std::filesystem::path recordings_folder{};  // Empty: clients may not name recordings by path.
  net::OutboundRules audio_hosts{};           // Where recordings are fetched; empty: nowhere.
  net::OutboundRules callback_hosts{};        // Who is told of final jobs; empty: nobody.
  accounts::KeyQuotas* quotas = nullptr;      // Null: none.
  accounts::AuditLog* audit = nullptr;        // Takes what is cancelled and deleted; may be null.
};

// Routes below /v1/jobs and /v1/job-batches; a client sees what belongs to its owner. `api`
// outlives the router.
void AddRoutes(Router& router, JobsApi& api);

// What the queries of lists and results may say.
std::vector<ParameterDescription> ListParameters();
std::vector<ParameterDescription> ResultParameters();

// docs/protocols/jobs.md, made of the tables that requests are read by.
std::string WriteDocument();

}  // namespace ironscribe::api::jobs
