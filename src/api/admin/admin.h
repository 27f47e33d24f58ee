// Administration over HTTP: models and aliases, keys, everybody's usage, the audit log, metrics.
// docs/protocols/admin.md lists the paths.
//
// Routes are of RouteAccess::kAdmin, each with a scope. Whatever changes something leaves a line in
// the audit log, whether it was done or not.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "accounts/audit_log.h"
#include "accounts/key_store.h"
#include "accounts/usage_log.h"
#include "api/parameter_table.h"
#include "api/router.h"
#include "engine/model_pool.h"

namespace ironscribe::api::admin {

// Everything outlives the router.
struct Administration {
  engine::ModelPool& models;
  accounts::KeyStore& keys;
  accounts::UsageLog& usage;
  accounts::AuditLog& audit;
  // Keeps the aliases for the next start, after each change; empty: nobody does.
  std::function<Status()> keep_aliases{};
  std::function<int64_t()> wall_ms;           // Since 1970.
  std::function<std::string()> metrics_text;  // As Prometheus reads it.
};

void AddRoutes(Router& router, const Administration& administration);

// GET /v1/usage for whoever has a key: its own.
void AddOwnUsageRoute(Router& router, accounts::UsageLog& usage);

// What the queries of usage and audit log may say; a key's own usage, or everybody's.
std::vector<ParameterDescription> UsageParameters(bool everybodys);
std::vector<ParameterDescription> AuditParameters();

}  // namespace ironscribe::api::admin
