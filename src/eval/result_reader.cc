#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "eval/json_depth.h"
#include "eval/result_json.h"

namespace ironscribe::eval {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 8;

Status Wrong(std::string_view place, const char* key, std::string_view wanted) {
  return InvalidArgumentError(fmt::format("{}{}: must be {}", place, key, wanted));
}

Result<std::string> ReadString(const Json& object, const char* key, std::string_view place) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return Wrong(place, key, "a string");
  return found->get<std::string>();
}

Status CheckFormat(const Json& object) {
  ASSIGN_OR_RETURN(const std::string format, ReadString(object, "format", ""));
  if (format != kResultFormat) return Wrong("", "format", kResultFormat);
  const auto version = object.find("format_version");
  if (version == object.end() || !version->is_number_integer()) {
    return Wrong("", "format_version", "a whole number");
  }
  if (version->get<int64_t>() == kResultVersion) return OkStatus();
  return FailedPreconditionError(
      fmt::format("format version {} is not known; this program reads {}", version->get<int64_t>(),
                  kResultVersion));
}

Result<ScoredUtterance> ReadUtterance(const Json& object, std::string_view place,
                                      AlignmentCosts costs) {
  if (!object.is_object()) return Wrong(place, "", "an object");
  ScoredUtterance utterance;
  ASSIGN_OR_RETURN(utterance.id, ReadString(object, "id", place));
  ASSIGN_OR_RETURN(utterance.audio, ReadString(object, "audio", place));
  ASSIGN_OR_RETURN(utterance.language, ReadString(object, "language", place));
  ASSIGN_OR_RETURN(utterance.speaker, ReadString(object, "speaker", place));
  ASSIGN_OR_RETURN(const std::string reference, ReadString(object, "reference", place));
  ASSIGN_OR_RETURN(const std::string hypothesis, ReadString(object, "hypothesis", place));
  const auto has_hypothesis = object.find("has_hypothesis");
  if (has_hypothesis == object.end() || !has_hypothesis->is_boolean()) {
    return Wrong(place, "has_hypothesis", "true or false");
  }
  utterance.has_hypothesis = has_hypothesis->get<bool>();
  const auto seconds = object.find("audio_seconds");
  if (seconds != object.end() && seconds->is_number()) {
    const auto value = seconds->get<double>();
    if (std::isfinite(value) && value > 0) utterance.audio_seconds = value;
  }
  RETURN_IF_ERROR(AlignTexts(reference, hypothesis, costs, utterance).Annotate(place));
  return utterance;
}

Result<EvaluationSettings> ReadSettings(const Json& object) {
  EvaluationSettings settings;
  ASSIGN_OR_RETURN(settings.system, ReadString(object, "system", ""));
  ASSIGN_OR_RETURN(settings.manifest, ReadString(object, "manifest", ""));
  ASSIGN_OR_RETURN(const std::string normalizer, ReadString(object, "normalizer", ""));
  ASSIGN_OR_RETURN(settings.scoring.normalizer, ParseNormalizerKind(normalizer));
  ASSIGN_OR_RETURN(const std::string align, ReadString(object, "align", ""));
  ASSIGN_OR_RETURN(settings.scoring.costs, ParseAlignmentCosts(align));
  return settings;
}

Result<Evaluation> ReadResult(const Json& object, const BootstrapOptions& bootstrap) {
  if (!object.is_object()) return InvalidArgumentError("not a JSON object in UTF-8");
  RETURN_IF_ERROR(CheckFormat(object));
  ASSIGN_OR_RETURN(EvaluationSettings settings, ReadSettings(object));
  settings.bootstrap = bootstrap;
  const auto items = object.find("utterances");
  if (items == object.end() || !items->is_array() || items->empty()) {
    return Wrong("", "utterances", "an array with something in it");
  }
  std::vector<ScoredUtterance> utterances;
  for (const Json& item : *items) {
    ASSIGN_OR_RETURN(ScoredUtterance utterance,
                     ReadUtterance(item, fmt::format("utterances[{}].", utterances.size()),
                                   settings.scoring.costs));
    utterances.push_back(std::move(utterance));
  }
  return Summarize(std::move(utterances), std::move(settings));
}

}  // namespace

Result<Evaluation> ReadResultJson(std::string_view json, std::string_view name,
                                  const BootstrapOptions& bootstrap) {
  if (const Status status = CheckJsonDepth(json, kMaxDepth); !status.ok()) {
    return status.Annotate(name);
  }
  auto evaluation = ReadResult(Json::parse(json, nullptr, /*allow_exceptions=*/false), bootstrap);
  if (!evaluation.ok()) return evaluation.status().Annotate(name);
  return evaluation;
}

Result<AlignmentCosts> ParseAlignmentCosts(std::string_view name) {
  if (name == "unit") return AlignmentCosts::kUnit;
  if (name == "sclite") return AlignmentCosts::kSclite;
  return InvalidArgumentError(fmt::format("'{}' is none of unit, sclite", name));
}

std::string_view AlignmentCostsName(AlignmentCosts costs) {
  return costs == AlignmentCosts::kUnit ? "unit" : "sclite";
}

}  // namespace ironscribe::eval
