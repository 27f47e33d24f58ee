#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/admin/admin_routes.h"

namespace ironscribe::api::admin {
namespace {

using accounts::Scope;
using Json = nlohmann::ordered_json;

constexpr size_t kMaxAliasBytes = 100;  // As names of keys.

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json ToJson(const engine::ModelReport& report) {
  Json json = {{"name", report.name},
               {"state", engine::ModelStateName(report.state)},
               {"family", report.family},
               {"compute_type", report.compute_type},
               {"digest", report.digest},
               {"size_bytes", report.size_bytes},
               {"batch_size", report.batch_size},
               {"users", report.users},
               {"loads", report.loads},
               {"load_seconds", report.load_seconds},
               {"idle_seconds", report.idle_seconds}};
  if (!report.error.ok()) json["error"] = report.error.message();
  if (!report.note.empty()) json["note"] = report.note;
  return json;
}

Json ToJson(const engine::ModelAlias& alias) {
  Json json = {{"name", alias.name}, {"model", alias.model}};
  if (!alias.candidate.empty()) {
    json["candidate"] = alias.candidate;
    json["share"] = alias.candidate_share;
  }
  if (!alias.previous.empty()) json["previous"] = alias.previous;
  return json;
}

std::string ModelsJson(const engine::ModelPool& pool) {
  Json models = Json::array();
  for (const engine::ModelReport& report : pool.Report()) models.push_back(ToJson(report));
  return Dump({{"object", "list"},
               {"data", std::move(models)},
               {"memory_bytes", pool.memory_bytes()},
               {"used_bytes", pool.used_bytes()}});
}

std::string AliasesJson(const engine::ModelPool& pool) {
  Json aliases = Json::array();
  for (const engine::ModelAlias& alias : pool.Aliases()) aliases.push_back(ToJson(alias));
  return Dump({{"object", "list"}, {"data", std::move(aliases)}});
}

bool HasModel(const engine::ModelPool& pool, const std::string& name) {
  const auto reports = pool.Report();
  return std::any_of(reports.begin(), reports.end(),
                     [&](const engine::ModelReport& report) { return report.name == name; });
}

using ModelAction = std::function<Status(engine::ModelPool&, const std::string&, std::stop_token)>;

void AddModelAction(Router& router, const Administration& administration, const std::string& verb,
                    ModelAction act) {
  engine::ModelPool& pool = administration.models;
  AddChangeRoute(
      router, administration.audit,
      {.pattern = "/v1/models/" + verb,
       .scope = Scope::kModels,
       .action = "model." + verb,
       .change = [&pool, act = std::move(act)](const RouteRequest&, const std::string& body,
                                               std::string& target,
                                               std::stop_token stop) -> Outcome {
         ASSIGN_OR_RETURN(const JsonFields fields, JsonFields::Parse(body, {"model"}));
         ASSIGN_OR_RETURN(const std::string name, fields.RequiredText("model"));
         if (!HasModel(pool, name)) {
           return NotFoundError("the server has no such model; GET /v1/models lists those it has");
         }
         target = name;
         RETURN_IF_ERROR(act(pool, name, std::move(stop)));
         return ModelsJson(pool);
       }});
}

// What the audit log and every client's list of models can hold.
Status CheckAliasName(const std::string& alias) {
  const bool is_clean = std::none_of(alias.begin(), alias.end(), [](char byte) {
    return static_cast<unsigned char>(byte) < ' ' || byte == 127;
  });
  if (is_clean && alias.size() <= kMaxAliasBytes) return OkStatus();
  return InvalidArgumentError("an alias has 100 bytes at most and no control characters");
}

using AliasAction =
    std::function<Status(engine::ModelPool&, const std::string& alias, const JsonFields& fields)>;

void AddAliasAction(Router& router, const Administration& administration, const std::string& verb,
                    AliasAction act) {
  engine::ModelPool& pool = administration.models;
  AddChangeRoute(
      router, administration.audit,
      {.pattern = "/v1/aliases/" + verb,
       .scope = Scope::kModels,
       .action = "alias." + verb,
       .change = [&pool, act = std::move(act), keep = administration.keep_aliases](
                     const RouteRequest&, const std::string& body, std::string& target,
                     const std::stop_token&) -> Outcome {
         ASSIGN_OR_RETURN(const JsonFields fields,
                          JsonFields::Parse(body, {"alias", "model", "candidate", "share"}));
         ASSIGN_OR_RETURN(const std::string alias, fields.RequiredText("alias"));
         RETURN_IF_ERROR(CheckAliasName(alias));
         const Status done = act(pool, alias, fields);
         // The pool's own words repeat what was written, which may be anything.
         if (done.code() == StatusCode::kNotFound) {
           return NotFoundError("no such model or alias; GET /v1/models and /v1/aliases list them");
         }
         RETURN_IF_ERROR(done);
         target = alias;
         if (keep && !keep().ok()) {
           return ResourceExhaustedError(
               "done, but it cannot be written down: the next start knows nothing of it");
         }
         return AliasesJson(pool);
       }});
}

Status Try(engine::ModelPool& pool, const std::string& alias, const JsonFields& fields) {
  ASSIGN_OR_RETURN(const std::string candidate, fields.RequiredText("candidate"));
  ASSIGN_OR_RETURN(const auto share, fields.Number("share"));
  if (!share.has_value()) return InvalidArgumentError("'share' is missing: of requests, 0 to 1");
  return pool.TryAlias(alias, candidate, *share);
}

}  // namespace

void AddModelRoutes(Router& router, const Administration& administration) {
  engine::ModelPool& pool = administration.models;
  AddReadRoute(router, {.pattern = "/v1/models",
                        .scope = Scope::kModels,
                        .read = [&pool](const RouteRequest&) { return ModelsJson(pool); }});
  AddModelAction(router, administration, "load",
                 [](engine::ModelPool& models, const std::string& name, std::stop_token stop) {
                   return models.Load(name, std::move(stop));
                 });
  AddModelAction(router, administration, "unload",
                 [](engine::ModelPool& models, const std::string& name, const std::stop_token&) {
                   return models.Unload(name);
                 });
}

void AddAliasRoutes(Router& router, const Administration& administration) {
  engine::ModelPool& pool = administration.models;
  AddReadRoute(router, {.pattern = "/v1/aliases",
                        .scope = Scope::kModels,
                        .read = [&pool](const RouteRequest&) { return AliasesJson(pool); }});
  AddAliasAction(
      router, administration, "point",
      [](engine::ModelPool& models, const std::string& alias, const JsonFields& fields) -> Status {
        ASSIGN_OR_RETURN(const std::string model, fields.RequiredText("model"));
        return models.PointAlias(alias, model);
      });
  AddAliasAction(router, administration, "try", &Try);
  AddAliasAction(router, administration, "promote",
                 [](engine::ModelPool& models, const std::string& alias, const JsonFields&) {
                   return models.PromoteAlias(alias);
                 });
  AddAliasAction(router, administration, "rollback",
                 [](engine::ModelPool& models, const std::string& alias, const JsonFields&) {
                   return models.RollBackAlias(alias);
                 });
  AddAliasAction(router, administration, "remove",
                 [](engine::ModelPool& models, const std::string& alias, const JsonFields&) {
                   return models.RemoveAlias(alias);
                 });
}

}  // namespace ironscribe::api::admin
