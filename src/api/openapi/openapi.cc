#include "api/openapi/openapi.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace ironscribe::api::openapi {
namespace {

using Json = nlohmann::ordered_json;

// Parts of a form that hold recordings, or lists of them.
constexpr std::string_view kFileFields[] = {"file", "audio_file", "manifest"};

constexpr std::pair<int, const char*> kStatuses[] = {
    {200, "done"},
    {202, "accepted"},
    {400, "the request is wrong, or asks for what the server does not do"},
    {401, "no key, or none that is known"},
    {403, "the key may not"},
    {404, "there is no such thing, or it is somebody else's"},
    {409, "not in this state"},
    {413, "too large or too long"},
    {422, "the idempotency key was used for another request; of /asr: a parameter is wrong"},
    {429, "the key is at a limit; retry-after says when to try again"},
    {500, "the server failed"},
    {503, "full, loading, or going down; retry-after says when to try again"},
    {504, "the deadline has passed"},
    {507, "no room for the upload"},
};

bool IsFile(std::string_view name) {
  return std::find(std::begin(kFileFields), std::end(kFileFields), name) != std::end(kFileFields);
}

// "/v1/models/{id*}" is "/v1/models/{id}" there.
std::string PathOf(std::string_view pattern) {
  std::string path(pattern);
  std::erase(path, '*');
  return path;
}

Json PathParameters(std::string_view path) {
  Json parameters = Json::array();
  for (size_t at = path.find('{'); at != std::string_view::npos; at = path.find('{', at + 1)) {
    const std::string name(path.substr(at + 1, path.find('}', at) - at - 1));
    parameters.push_back(
        {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  return parameters;
}

// Those a client may meet; a server that is behind a proxy gives others too.
std::set<int> StatusesOf(const Route& route) {
  if (route.access == RouteAccess::kPublic) return {200, 503};
  std::set<int> statuses = {200, 400, 401, 403, 404, 429, 500, 503};
  const bool submits = route.api == "jobs" && route.method == "POST";
  if (route.api == "jobs") statuses.insert(409);
  if (submits) statuses.insert({202, 422});
  if (route.api == "asr") statuses.insert(422);
  if (route.recognizes || submits) statuses.insert({413, 507});
  if (route.recognizes) statuses.insert(504);
  return statuses;
}

Json ResponsesOf(const Route& route) {
  const std::set<int> statuses = StatusesOf(route);
  Json responses = Json::object();
  for (const auto& [status, description] : kStatuses) {
    if (statuses.contains(status)) {
      responses[std::to_string(status)] = {{"description", description}};
    }
  }
  return responses;
}

// What is refused is not offered.
void AddInput(const RouteInput& input, Json& operation) {
  Json properties = Json::object();
  for (const ParameterDescription& row : input.parameters) {
    if (row.treatment == Treatment::kRefused) continue;
    const std::string name(row.name);
    const bool file = IsFile(row.name);
    Json schema = {{"type", "string"}};
    if (file) schema["format"] = "binary";
    if (input.place == RouteInput::Place::kQuery && !file) {
      operation["parameters"].push_back(
          {{"name", name}, {"in", "query"}, {"description", row.note}, {"schema", schema}});
    } else {
      schema["description"] = row.note;
      properties[name] = std::move(schema);
    }
  }
  if (properties.empty()) return;
  Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
  operation["requestBody"] = {{"content", {{"multipart/form-data", {{"schema", schema}}}}}};
}

Json OperationOf(const Route& route, std::span<const RouteInput> inputs) {
  Json operation = Json::object();
  if (!route.api.empty()) operation["tags"] = {route.api};
  operation["parameters"] = PathParameters(PathOf(route.pattern));
  for (const RouteInput& input : inputs) {
    if (input.method == route.method && input.pattern == route.pattern) AddInput(input, operation);
  }
  operation["responses"] = ResponsesOf(route);
  operation["security"] = Json::array();
  if (route.access != RouteAccess::kPublic) {
    operation["security"] = {{{"bearer", Json::array()}}, {{"header", Json::array()}}};
  }
  return operation;
}

}  // namespace

std::string WriteDocument(std::span<const Route> routes, std::span<const RouteInput> inputs,
                          std::string_view version) {
  Json paths = Json::object();
  for (const Route& route : routes) {
    std::string method = route.method;
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    Json& path = paths[PathOf(route.pattern)];
    if (!path.contains(method)) path[method] = OperationOf(route, inputs);
  }
  const Json document = {
      {"openapi", "3.1.0"},
      {"info", {{"title", "Ironscribe"}, {"version", version}}},
      {"paths", std::move(paths)},
      {"components",
       {{"securitySchemes",
         {{"bearer", {{"type", "http"}, {"scheme", "bearer"}}},
          {"header", {{"type", "apiKey"}, {"in", "header"}, {"name", "x-api-key"}}}}}}}};
  return document.dump(2) + "\n";
}

void AddRoute(Router& router, std::span<const RouteInput> inputs, std::string_view version) {
  // Itself too.
  const auto document = std::make_shared<std::string>();
  router.Add({.method = "GET",
              .pattern = "/openapi.json",
              .access = RouteAccess::kPublic,
              .handle = [document](const RouteRequest&) { return JsonReply(200, *document); },
              .refuse = PlainErrorReply});
  *document = WriteDocument(router.routes(), inputs, version);
}

}  // namespace ironscribe::api::openapi
