#include "api/openai/openai.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "api/openai/error.h"
#include "api/openai/request.h"
#include "api/openai/transcription_call.h"

namespace ironscribe::api::openai {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kApi = "openai";  // In metrics.

Json ToJson(const ModelEntry& entry) {
  return {{"id", entry.name},
          {"object", "model"},
          {"created", entry.created_unix_seconds},
          {"owned_by", "ironscribe"}};
}

Reply ListModels(Backend& backend) {
  Json data = Json::array();
  for (const ModelEntry& entry : backend.models.List()) data.push_back(ToJson(entry));
  return JsonReply(200, Json{{"object", "list"}, {"data", std::move(data)}}.dump());
}

// An alias is as good a name as the model's own.
Reply DescribeModel(Backend& backend, const std::string& id) {
  const auto entries = backend.models.List();
  for (const std::string_view alias : ModelAliases()) {
    if (id != alias || entries.empty()) continue;
    ModelEntry entry = entries[0];
    entry.name = id;
    return JsonReply(200, ToJson(entry).dump());
  }
  for (const ModelEntry& entry : entries) {
    if (entry.name == id) return JsonReply(200, ToJson(entry).dump());
  }
  return ErrorReply({404, "the server has no such model; GET /v1/models lists those it has",
                     "model", "model_not_found"});
}

Reply Refuse(const Status& status) { return ErrorReply(ErrorOf(status)); }

void AddAudioRoute(Router& router, Backend& backend, Endpoint endpoint, const std::string& name) {
  const auto make = [&backend, endpoint](RouteRequest request) -> RouteOutcome {
    std::optional<std::string> deployment;
    if (!request.parameters.empty()) deployment = request.parameters[0];
    return std::make_unique<TranscriptionCall>(std::move(request), endpoint, std::move(deployment),
                                               backend);
  };
  for (const char* prefix : {"/v1", "/openai/v1", "/openai/deployments/{deployment}"}) {
    router.Add({.method = "POST",
                .pattern = fmt::format("{}/audio/{}", prefix, name),
                .access = RouteAccess::kKey,
                .api = kApi,
                .recognizes = true,
                .handle = make,
                .refuse = Refuse});
  }
}

}  // namespace

void AddRoutes(Router& router, Backend& backend) {
  AddAudioRoute(router, backend, Endpoint::kTranscriptions, "transcriptions");
  AddAudioRoute(router, backend, Endpoint::kTranslations, "translations");
  router.Add({.method = "GET",
              .pattern = "/v1/models",
              .access = RouteAccess::kKey,
              .scope = std::nullopt,
              .api = kApi,
              .handle = [&backend](const RouteRequest&) { return ListModels(backend); },
              .refuse = Refuse});
  router.Add({.method = "GET",
              .pattern = "/v1/models/{id*}",
              .access = RouteAccess::kKey,
              .scope = std::nullopt,
              .api = kApi,
              .handle =
                  [&backend](const RouteRequest& request) {
                    return DescribeModel(backend, request.parameters[0]);
                  },
              .refuse = Refuse});
}

std::string WriteDocument() {
  std::string text =
      "# OpenAI's audio API\n\n"
      "Made from the table that requests are read by (`src/api/openai/request.cc`); do not "
      "edit.\n\n"
      "Paths: `POST /v1/audio/transcriptions`, `POST /v1/audio/translations`, `GET /v1/models`,\n"
      "`GET /v1/models/{id}`; the same below `/openai/v1` and, for Azure's clients, below\n"
      "`/openai/deployments/{model}`. Arrays may be sent as `name[]` or `name`, again for each\n"
      "value. What no row names is refused with 400.\n\n"
      "These names of models stand for the server's default one: ";
  bool first = true;
  for (const std::string_view alias : ModelAliases()) {
    text += fmt::format("{}`{}`", std::exchange(first, false) ? "" : ", ", alias);
  }
  for (const Endpoint endpoint : {Endpoint::kTranscriptions, Endpoint::kTranslations}) {
    text += endpoint == Endpoint::kTranscriptions ? ".\n\n## Transcriptions\n\n"
                                                  : "\n## Translations (into English)\n\n";
    std::vector<ParameterDescription> rows;
    for (const auto& row : ParametersOf(endpoint)) rows.push_back(row.description);
    text += WriteParameterTable(rows);
  }
  text +=
      "\n## Replies\n\n"
      "`text` of json is that of `ironscribe transcribe --format json` without space around it; "
      "srt\n"
      "and vtt are byte for byte what `transcribe` writes with the same options. `verbose_json` "
      "has\n"
      "one key more, `dropped`: stretches whose text was left out because it was probably not "
      "said,\n"
      "each with `start`, `end` and `reason`. `usage` counts seconds of audio.\n\n"
      "Errors are objects with `message`, `type`, `param` and `code`. `x-should-retry` and\n"
      "`retry-after` tell clients whether and when to try again.\n";
  return text;
}

}  // namespace ironscribe::api::openai
