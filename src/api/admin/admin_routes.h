// How administration answers. Of this folder only.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/admin/admin.h"
#include "api/admin/json_fields.h"

namespace ironscribe::api::admin {

void AddModelRoutes(Router& router, const Administration& administration);
void AddAliasRoutes(Router& router, const Administration& administration);
void AddKeyRoutes(Router& router, const Administration& administration);
void AddUsageRoutes(Router& router, const Administration& administration);

// The body of a reply, or what went wrong.
using Outcome = Result<std::string>;
Reply ReplyOf(const Outcome& outcome, int status = 200);

// A path that only tells something.
struct ReadRoute {
  std::string pattern;
  accounts::Scope scope;
  std::function<Outcome(const RouteRequest& request)> read;
};
void AddReadRoute(Router& router, ReadRoute route);

// A path that changes something. `change` sets `target` to what it works on, once it is known to be
// an id of ours and not just anything that a client wrote; the audit log gets it.
struct ChangeRoute {
  std::string method = "POST";
  std::string pattern;
  accounts::Scope scope;
  std::string
      action;  // For the audit log: "model.load". Empty: what is called writes its own line.
  int status = 200;
  std::function<Outcome(const RouteRequest& request, const std::string& body, std::string& target,
                        std::stop_token stop)>
      change;
};
void AddChangeRoute(Router& router, accounts::AuditLog& audit, ChangeRoute route);

}  // namespace ironscribe::api::admin
