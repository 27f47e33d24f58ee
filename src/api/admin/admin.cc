#include "api/admin/admin.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/admin/admin_routes.h"

namespace ironscribe::api::admin {
namespace {

// Of a status, as the audit log has it: "NOT_FOUND".
std::string AuditOutcome(const Status& status) {
  if (status.ok()) return "ok";
  std::string name(StatusCodeName(status.code()));
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

Reply MetricsReply(const std::string& text) {
  return {.status = 200,
          .headers = {{"content-type", "text/plain; version=0.0.4; charset=utf-8"}},
          .body = text};
}

void AddMetricsRoute(Router& router, const Administration& administration) {
  router.Add({.method = "GET",
              .pattern = "/metrics",
              .access = RouteAccess::kAdmin,
              .scope = accounts::Scope::kMetrics,
              .handle = [text = administration.metrics_text](const RouteRequest&) -> RouteOutcome {
                return MakeCall([text](const std::stop_token&) { return MetricsReply(text()); });
              },
              .refuse = PlainErrorReply});
}

}  // namespace

Reply ReplyOf(const Outcome& outcome, int status) {
  if (!outcome.ok()) return PlainErrorReply(outcome.status());
  return JsonReply(status, *outcome);
}

void AddReadRoute(Router& router, ReadRoute route) {
  router.Add({.method = "GET",
              .pattern = route.pattern,
              .access = RouteAccess::kAdmin,
              .scope = route.scope,
              .handle = [read = route.read](const RouteRequest& request) -> RouteOutcome {
                return MakeCall(
                    [read, request](const std::stop_token&) { return ReplyOf(read(request)); });
              },
              .refuse = PlainErrorReply});
}

void AddChangeRoute(Router& router, accounts::AuditLog& audit, ChangeRoute route) {
  const auto shared = std::make_shared<const ChangeRoute>(std::move(route));
  const auto handle = [shared, &audit](const RouteRequest& request) -> RouteOutcome {
    return MakeTextCall([shared, &audit, request](const std::string& body, std::stop_token stop) {
      std::string target;
      const Outcome outcome = shared->change(request, body, target, std::move(stop));
      if (!shared->action.empty()) {
        const Status noted = audit.Append(request.identity.key_id(), shared->action, target,
                                          AuditOutcome(outcome.status()));
        if (!noted.ok()) return PlainErrorReply(noted.Annotate("done, but not in the audit log"));
      }
      return ReplyOf(outcome, shared->status);
    });
  };
  router.Add({.method = shared->method,
              .pattern = shared->pattern,
              .access = RouteAccess::kAdmin,
              .scope = shared->scope,
              .handle = handle,
              .refuse = PlainErrorReply});
}

void AddRoutes(Router& router, const Administration& administration) {
  AddMetricsRoute(router, administration);
  AddModelRoutes(router, administration);
  AddAliasRoutes(router, administration);
  AddKeyRoutes(router, administration);
  AddUsageRoutes(router, administration);
}

}  // namespace ironscribe::api::admin
