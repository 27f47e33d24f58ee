#include "apps/cli/serve_routes.h"

#include "api/asr/asr.h"
#include "api/openai/openai.h"
#include "api/whispercpp/whispercpp.h"

namespace ironscribe::cli {

void AddServedRoutes(api::Router& router, api::Backend& backend, const api::Health& health) {
  api::AddHealthRoutes(router, health);
  api::openai::AddRoutes(router, backend);
  api::asr::AddRoutes(router, backend);
  api::whispercpp::AddRoutes(router, backend, health);
}

void AddAdminRoutes(api::Router& router, const api::Health& health) {
  api::AddHealthRoutes(router, health);
}

}  // namespace ironscribe::cli
