#include "apps/cli/serve_routes.h"

#include <span>
#include <vector>

#include "api/admin/admin.h"
#include "api/asr/asr.h"
#include "api/jobs/job_order.h"
#include "api/openai/openai.h"
#include "api/openai/request.h"
#include "api/openapi/openapi.h"
#include "api/whispercpp/request.h"
#include "api/whispercpp/whispercpp.h"

namespace ironscribe::cli {
namespace {

template <typename Request>
std::vector<api::ParameterDescription> RowsOf(std::span<const api::Parameter<Request>> table) {
  std::vector<api::ParameterDescription> rows;
  for (const auto& row : table) rows.push_back(row.description);
  return rows;
}

// What routes read, from the tables that they read it by.
std::vector<api::openapi::RouteInput> RouteInputs() {
  using api::openai::Endpoint;
  constexpr auto kForm = api::openapi::RouteInput::Place::kForm;
  constexpr auto kQuery = api::openapi::RouteInput::Place::kQuery;
  const auto transcriptions = RowsOf(api::openai::ParametersOf(Endpoint::kTranscriptions));
  const auto translations = RowsOf(api::openai::ParametersOf(Endpoint::kTranslations));
  const auto orders = RowsOf(api::jobs::OrderParameters());
  auto batches = orders;
  batches.push_back({api::jobs::kManifestField, api::Treatment::kHonoured,
                     "lines of JSON objects, each a job with `path`"});
  std::erase_if(batches, [](const api::ParameterDescription& row) {
    return row.name == api::jobs::kFileField || row.name == "path";
  });
  return {
      {"POST", "/v1/audio/transcriptions", kForm, transcriptions},
      {"POST", "/openai/v1/audio/transcriptions", kForm, transcriptions},
      {"POST", "/openai/deployments/{deployment}/audio/transcriptions", kForm, transcriptions},
      {"POST", "/v1/audio/translations", kForm, translations},
      {"POST", "/openai/v1/audio/translations", kForm, translations},
      {"POST", "/openai/deployments/{deployment}/audio/translations", kForm, translations},
      {"POST", "/inference", kForm, RowsOf(api::whispercpp::Parameters())},
      {"POST", "/v1/jobs", kForm, orders},
      {"POST", "/v1/job-batches", kForm, batches},
      {"GET", "/v1/jobs", kQuery, api::jobs::ListParameters()},
      {"GET", "/v1/jobs/{id}/result", kQuery, api::jobs::ResultParameters()},
      {"POST", "/asr", kQuery, api::asr::Parameters(/*detects=*/false)},
      {"POST", "/detect-language", kQuery, api::asr::Parameters(/*detects=*/true)},
      {"GET", "/v1/usage", kQuery, api::admin::UsageParameters(/*everybodys=*/false)},
  };
}

}  // namespace

void AddServedRoutes(api::Router& router, const ServedParts& parts) {
  api::AddHealthRoutes(router, parts.health);
  api::openai::AddRoutes(router, parts.backend);
  api::asr::AddRoutes(router, parts.backend);
  api::whispercpp::AddRoutes(router, parts.backend, parts.health);
  if (parts.jobs != nullptr) api::jobs::AddRoutes(router, *parts.jobs);
  api::admin::AddOwnUsageRoute(router, parts.data.usage());
  api::openapi::AddRoute(router, RouteInputs(), parts.version);
}

void AddAdminRoutes(api::Router& router, const ServedParts& parts) {
  api::AddHealthRoutes(router, parts.health);
  api::admin::AddRoutes(router,
                        {.models = parts.pool,
                         .keys = parts.data.keys(),
                         .usage = parts.data.usage(),
                         .audit = parts.data.audit(),
                         .keep_aliases = parts.keep_aliases,
                         .wall_ms = [&data = parts.data] { return data.NowMs(); },
                         .metrics_text = [&metrics = parts.metrics] { return metrics.Text(); }});
  constexpr auto kQuery = api::openapi::RouteInput::Place::kQuery;
  const std::vector<api::openapi::RouteInput> inputs = {
      {"GET", "/v1/usage", kQuery, api::admin::UsageParameters(/*everybodys=*/true)},
      {"GET", "/v1/audit", kQuery, api::admin::AuditParameters()}};
  api::openapi::AddRoute(router, inputs, parts.version);
}

}  // namespace ironscribe::cli
