// All that a server answers to, by listener.
#pragma once

#include <functional>
#include <string>

#include "api/backend.h"
#include "api/health.h"
#include "api/jobs/jobs_api.h"
#include "api/router.h"
#include "apps/cli/server_data.h"
#include "base/status.h"
#include "engine/model_pool.h"
#include "service/service_metrics.h"

namespace ironscribe::cli {

// What stands behind the routes; all of it outlives the routers.
struct ServedParts {
  api::Backend& backend;
  const api::Health& health;
  ServerData& data;
  engine::ModelPool& pool;
  service::ServiceMetrics& metrics;
  api::jobs::JobsApi* jobs = nullptr;      // Null: the server takes none.
  std::function<Status()> keep_aliases{};  // As api::admin::Administration.
  std::string version{};                   // Of the program, for the OpenAPI document.
};

// Of every listener but the one of administration.
void AddServedRoutes(api::Router& router, const ServedParts& parts);

// Of the admin listener.
void AddAdminRoutes(api::Router& router, const ServedParts& parts);

}  // namespace ironscribe::cli
