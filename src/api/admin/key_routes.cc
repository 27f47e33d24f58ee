#include <algorithm>
#include <cmath>
#include <utility>

#include "accounts/key_json.h"
#include "api/admin/admin_routes.h"

namespace ironscribe::api::admin {
namespace {

using accounts::Scope;

constexpr double kHourMs = 3'600'000;
constexpr double kDayMs = 24 * kHourMs;
// A century: beyond it a number is a mistake.
constexpr double kMaxDays = 36'500;
// As `ironscribe keys rotate`.
constexpr double kGraceHours = 24;

// Nobody hands out more than it has, nor takes over a key that may do more.
Status CheckCovers(const Identity& identity, const accounts::Scopes& scopes) {
  for (const Scope scope : {Scope::kTranscribe, Scope::kJobs, Scope::kModels, Scope::kUsage,
                            Scope::kKeys, Scope::kMetrics, Scope::kAdmin}) {
    if (scopes.Allows(scope) && !identity.Allows(scope)) {
      return PermissionDeniedError("your key may not do what that key may: it lacks the scope '" +
                                   accounts::Scopes{scope}.ToString() + "'");
    }
  }
  return OkStatus();
}

Result<double> InRange(std::optional<double> value, double fallback, double highest,
                       std::string_view name) {
  const double number = value.value_or(fallback);
  if (number >= 0 && number <= highest) return number;
  return InvalidArgumentError("'" + std::string(name) + "' must be between 0 and " +
                              std::to_string(static_cast<int64_t>(highest)));
}

Result<accounts::NewKey> ReadNewKey(const std::string& body, int64_t now_ms) {
  ASSIGN_OR_RETURN(
      const JsonFields fields,
      JsonFields::Parse(body, {"name", "owner", "scopes", "expires_days", "audio_seconds_per_day",
                               "concurrent_requests", "requests_per_minute"}));
  accounts::NewKey key;
  ASSIGN_OR_RETURN(key.name, fields.RequiredText("name"));
  ASSIGN_OR_RETURN(key.owner, fields.Text("owner"));
  ASSIGN_OR_RETURN(const auto scopes, fields.Texts("scopes"));
  if (!scopes.empty()) {
    std::string names;
    for (const std::string& scope : scopes) names += (names.empty() ? "" : ",") + scope;
    ASSIGN_OR_RETURN(key.scopes, accounts::ParseScopes(names));
  }
  ASSIGN_OR_RETURN(const auto days, fields.Number("expires_days"));
  if (days.has_value()) {
    ASSIGN_OR_RETURN(const double left, InRange(days, 0, kMaxDays, "expires_days"));
    key.expires_ms = now_ms + static_cast<int64_t>(std::llround(left * kDayMs));
  }
  ASSIGN_OR_RETURN(key.quota.audio_seconds_per_day, fields.Number("audio_seconds_per_day"));
  ASSIGN_OR_RETURN(key.quota.concurrent_requests, fields.Integer("concurrent_requests"));
  ASSIGN_OR_RETURN(key.quota.requests_per_minute, fields.Integer("requests_per_minute"));
  return key;
}

// The key that a path names, if whoever asks may change it.
Result<accounts::ApiKey> FindKey(accounts::KeyStore& keys, const RouteRequest& request) {
  ASSIGN_OR_RETURN(accounts::ApiKey key, keys.Get(request.parameters[0]));
  RETURN_IF_ERROR(CheckCovers(request.identity, key.scopes));
  return key;
}

Outcome Create(const Administration& administration, const RouteRequest& request,
               const std::string& body) {
  ASSIGN_OR_RETURN(const accounts::NewKey key, ReadNewKey(body, administration.wall_ms()));
  RETURN_IF_ERROR(CheckCovers(request.identity, key.scopes));
  ASSIGN_OR_RETURN(const auto created, administration.keys.Create(key, request.identity.key_id()));
  return accounts::CreatedJson(created);
}

Outcome Rotate(const Administration& administration, const RouteRequest& request,
               const std::string& body) {
  ASSIGN_OR_RETURN(const JsonFields fields, JsonFields::Parse(body, {"grace_hours"}));
  ASSIGN_OR_RETURN(const auto hours, fields.Number("grace_hours"));
  ASSIGN_OR_RETURN(const double grace, InRange(hours, kGraceHours, kMaxDays * 24, "grace_hours"));
  ASSIGN_OR_RETURN(const accounts::ApiKey key, FindKey(administration.keys, request));
  ASSIGN_OR_RETURN(const auto created,
                   administration.keys.Rotate(key.id, static_cast<int64_t>(grace * kHourMs),
                                              request.identity.key_id()));
  return accounts::CreatedJson(created);
}

Outcome Revoke(const Administration& administration, const RouteRequest& request) {
  ASSIGN_OR_RETURN(const accounts::ApiKey key, FindKey(administration.keys, request));
  RETURN_IF_ERROR(administration.keys.Revoke(key.id, request.identity.key_id()));
  ASSIGN_OR_RETURN(const accounts::ApiKey revoked, administration.keys.Get(key.id));
  return accounts::KeysJson({revoked}, administration.wall_ms());
}

}  // namespace

// What KeyStore does writes its own lines into the audit log, together with the change.
void AddKeyRoutes(Router& router, const Administration& administration) {
  AddReadRoute(router, {.pattern = "/v1/keys",
                        .scope = Scope::kKeys,
                        .read = [administration](const RouteRequest&) -> Outcome {
                          ASSIGN_OR_RETURN(const auto keys, administration.keys.List());
                          return accounts::KeysJson(keys, administration.wall_ms());
                        }});
  AddChangeRoute(router, administration.audit,
                 {.pattern = "/v1/keys",
                  .scope = Scope::kKeys,
                  .action = "",
                  .status = 201,
                  .change = [administration](const RouteRequest& request, const std::string& body,
                                             std::string&, const std::stop_token&) {
                    return Create(administration, request, body);
                  }});
  AddChangeRoute(router, administration.audit,
                 {.pattern = "/v1/keys/{id}/rotate",
                  .scope = Scope::kKeys,
                  .action = "",
                  .status = 201,
                  .change = [administration](const RouteRequest& request, const std::string& body,
                                             std::string&, const std::stop_token&) {
                    return Rotate(administration, request, body);
                  }});
  AddChangeRoute(router, administration.audit,
                 {.method = "DELETE",
                  .pattern = "/v1/keys/{id}",
                  .scope = Scope::kKeys,
                  .action = "",
                  .change = [administration](const RouteRequest& request, const std::string&,
                                             std::string&, const std::stop_token&) {
                    return Revoke(administration, request);
                  }});
}

}  // namespace ironscribe::api::admin
