#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "api/admin/admin_routes.h"

namespace ironscribe::api::admin {
namespace {

using accounts::Scope;
using Json = nlohmann::ordered_json;

constexpr int kAuditLines = 100;
constexpr int kMaxAuditLines = 1000;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Status CheckQuery(const RequestHead& head, const std::vector<ParameterDescription>& known) {
  std::string names;
  for (const ParameterDescription& row : known) {
    names += (names.empty() ? "" : ", ") + std::string(row.name);
  }
  for (const QueryParameter& parameter : head.query) {
    const bool is_known = std::any_of(known.begin(), known.end(),
                                      [&](const auto& row) { return row.name == parameter.name; });
    if (!is_known) {
      return InvalidArgumentError("the query holds a name that is not known here; known are: " +
                                  names);
    }
  }
  return OkStatus();
}

std::string UsageJson(const std::vector<accounts::UsageRow>& rows) {
  Json data = Json::array();
  for (const accounts::UsageRow& row : rows) {
    data.push_back({{"day", row.day},
                    {"key_id", row.key_id},
                    {"key_name", row.key_name},
                    {"model", row.model},
                    {"requests", row.requests},
                    {"audio_seconds", row.audio_seconds},
                    {"errors", row.errors}});
  }
  return Dump({{"object", "list"}, {"data", std::move(data)}});
}

// `key_id`: whose usage; empty: everybody's.
Reply UsageReply(accounts::UsageLog& usage, const RequestHead& head, const std::string& key_id) {
  const std::string_view format = head.FindQuery("format").value_or("json");
  if (format != "json" && format != "csv") {
    return PlainErrorReply(InvalidArgumentError("'format' must be json or csv"));
  }
  const auto rows = usage.Read({.key_id = key_id,
                                .first_day = std::string(head.FindQuery("first_day").value_or("")),
                                .last_day = std::string(head.FindQuery("last_day").value_or(""))});
  if (!rows.ok()) return PlainErrorReply(rows.status());
  if (format == "json") return JsonReply(200, UsageJson(*rows));
  return {.status = 200,
          .headers = {{"content-type", "text/csv; charset=utf-8; header=present"},
                      {"content-disposition", "attachment; filename=\"usage.csv\""}},
          .body = accounts::UsageCsv(*rows)};
}

Result<int64_t> NumberOf(const RequestHead& head, std::string_view name, int64_t fallback) {
  const auto text = head.FindQuery(name);
  if (!text.has_value()) return fallback;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < 1) {
    return InvalidArgumentError("'" + std::string(name) + "' must be a whole number above 0");
  }
  return number;
}

Outcome ReadAudit(accounts::AuditLog& audit, const RequestHead& head) {
  RETURN_IF_ERROR(CheckQuery(head, AuditParameters()));
  ASSIGN_OR_RETURN(const int64_t before, NumberOf(head, "before", 0));
  ASSIGN_OR_RETURN(const int64_t limit, NumberOf(head, "limit", kAuditLines));
  if (limit > kMaxAuditLines) return InvalidArgumentError("'limit' must be 1000 at most");
  ASSIGN_OR_RETURN(const auto lines, audit.Read(before, static_cast<int>(limit)));
  Json data = Json::array();
  for (const accounts::AuditLine& line : lines) {
    data.push_back({{"number", line.number},
                    {"time_ms", line.time_ms},
                    {"actor", line.actor},
                    {"action", line.action},
                    {"target", line.target},
                    {"outcome", line.outcome},
                    {"digest", line.digest}});
  }
  return Dump({{"object", "list"}, {"data", std::move(data)}});
}

}  // namespace

std::vector<ParameterDescription> UsageParameters(bool everybodys) {
  constexpr Treatment kHonoured = Treatment::kHonoured;
  std::vector<ParameterDescription> rows = {{"first_day", kHonoured, "the first day, `2026-01-31`"},
                                            {"last_day", kHonoured, "the last day"},
                                            {"format", kHonoured, "`json` or `csv` (json)"}};
  if (everybodys) rows.push_back({"key", kHonoured, "only of this key's id"});
  return rows;
}

std::vector<ParameterDescription> AuditParameters() {
  constexpr Treatment kHonoured = Treatment::kHonoured;
  return {{"before", kHonoured, "lines before this number"},
          {"limit", kHonoured, "lines of a page, 1 to 1000 (100)"}};
}

void AddUsageRoutes(Router& router, const Administration& administration) {
  router.Add(
      {.method = "GET",
       .pattern = "/v1/usage",
       .access = RouteAccess::kAdmin,
       .scope = Scope::kUsage,
       .handle = [&usage = administration.usage](const RouteRequest& request) -> RouteOutcome {
         return MakeCall([&usage, head = request.head](const std::stop_token&) {
           const Status known = CheckQuery(head, UsageParameters(true));
           if (!known.ok()) return PlainErrorReply(known);
           return UsageReply(usage, head, std::string(head.FindQuery("key").value_or("")));
         });
       },
       .refuse = PlainErrorReply});
  AddReadRoute(router, {.pattern = "/v1/audit",
                        .scope = Scope::kAdmin,
                        .read = [&audit = administration.audit](const RouteRequest& request) {
                          return ReadAudit(audit, request.head);
                        }});
}

void AddOwnUsageRoute(Router& router, accounts::UsageLog& usage) {
  router.Add({.method = "GET",
              .pattern = "/v1/usage",
              .access = RouteAccess::kKey,
              .scope = std::nullopt,
              .handle = [&usage](const RouteRequest& request) -> RouteOutcome {
                return MakeCall([&usage, request](const std::stop_token&) {
                  const Status known = CheckQuery(request.head, UsageParameters(false));
                  if (!known.ok()) return PlainErrorReply(known);
                  return UsageReply(usage, request.head, request.identity.key_id());
                });
              },
              .refuse = PlainErrorReply});
}

}  // namespace ironscribe::api::admin
