#include "apps/cli/serve_routes.h"

#include "api/admin/admin.h"
#include "api/asr/asr.h"
#include "api/openai/openai.h"
#include "api/whispercpp/whispercpp.h"

namespace ironscribe::cli {

void AddServedRoutes(api::Router& router, const ServedParts& parts) {
  api::AddHealthRoutes(router, parts.health);
  api::openai::AddRoutes(router, parts.backend);
  api::asr::AddRoutes(router, parts.backend);
  api::whispercpp::AddRoutes(router, parts.backend, parts.health);
  api::admin::AddOwnUsageRoute(router, parts.data.usage());
}

void AddAdminRoutes(api::Router& router, const ServedParts& parts) {
  api::AddHealthRoutes(router, parts.health);
  api::admin::AddRoutes(router,
                        {.models = parts.pool,
                         .keys = parts.data.keys(),
                         .usage = parts.data.usage(),
                         .audit = parts.data.audit(),
                         .wall_ms = [&data = parts.data] { return data.NowMs(); },
                         .metrics_text = [&metrics = parts.metrics] { return metrics.Text(); }});
}

}  // namespace ironscribe::cli
