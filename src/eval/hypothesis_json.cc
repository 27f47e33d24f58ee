#include <fmt/format.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "eval/hypothesis_formats.h"
#include "eval/json_depth.h"
#include "eval/manifest_lines.h"

namespace ironscribe::eval {
namespace {

using Json = nlohmann::json;

// Deeper than any program's transcripts.
constexpr int kMaxDepth = 32;

Result<Json> ParseObject(std::string_view text) {
  RETURN_IF_ERROR(CheckJsonDepth(text, kMaxDepth));
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return InvalidArgumentError("not a JSON object in UTF-8");
  return json;
}

// The first member of these names that is a string; null when there is none.
const std::string* FindString(const Json& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) {
      return &found->get_ref<const std::string&>();
    }
  }
  return nullptr;
}

// The same for finite numbers; NaN when there is none.
double FindNumber(const Json& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number()) continue;
    if (const auto number = found->get<double>(); std::isfinite(number)) return number;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

const Json* FindArray(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? &*found : nullptr;
}

// Times and probabilities that cannot be are left out, words stay.
void ReadWords(const Json& object, std::vector<HypothesisWord>& words) {
  const Json* const items = FindArray(object, "words");
  if (items == nullptr) return;
  for (const Json& item : *items) {
    if (!item.is_object()) continue;
    const std::string* const text = FindString(item, {"word", "text"});
    if (text == nullptr) continue;
    HypothesisWord word{.text = *text,
                        .start_seconds = FindNumber(item, {"start"}),
                        .end_seconds = FindNumber(item, {"end"})};
    const double probability = FindNumber(item, {"confidence", "probability", "score"});
    if (probability >= 0 && probability <= 1) word.probability = static_cast<float>(probability);
    words.push_back(std::move(word));
  }
}

Result<Hypothesis> ReadObject(const Json& object) {
  Hypothesis hypothesis;
  const std::string* const text = FindString(object, {"text"});
  const Json* const segments = FindArray(object, "segments");
  if (text == nullptr && segments == nullptr) {
    return InvalidArgumentError("has neither 'text' nor 'segments'");
  }
  if (segments != nullptr) {
    for (const Json& segment : *segments) {
      if (!segment.is_object()) return InvalidArgumentError("a segment is no object");
      const std::string* const part = FindString(segment, {"text"});
      if (part != nullptr && text == nullptr) hypothesis.text += " " + *part;
      ReadWords(segment, hypothesis.words);
    }
  }
  if (text != nullptr) hypothesis.text = *text;
  if (hypothesis.words.empty()) ReadWords(object, hypothesis.words);
  const double duration = FindNumber(object, {"duration"});
  if (duration > 0) hypothesis.duration_seconds = duration;
  return hypothesis;
}

}  // namespace

Result<Hypothesis> ReadHypothesisJson(std::string_view json, std::string_view name) {
  const auto object = ParseObject(json);
  if (!object.ok()) return object.status().Annotate(name);
  auto hypothesis = ReadObject(*object);
  if (!hypothesis.ok()) return hypothesis.status().Annotate(name);
  return hypothesis;
}

void ReadHypothesisLines(std::string_view text, std::string_view name, HypothesisSet& set) {
  const auto read = [&](std::string_view line) -> Status {
    RETURN_IF_ERROR(CheckLine(line));
    ASSIGN_OR_RETURN(const Json object, ParseObject(line));
    const std::string* const id = FindString(object, {"id", "audio", "audio_filepath"});
    if (id == nullptr || id->empty()) return InvalidArgumentError("'id' is missing");
    ASSIGN_OR_RETURN(set.by_name[*id], ReadObject(object));
    return OkStatus();
  };
  const Status status = ForEachLine(text, [&](size_t number, std::string_view line) {
    const Status broken = read(line);
    if (!broken.ok()) {
      set.problems.push_back({fmt::format("{}:{}", name, number), broken.message()});
    }
    return OkStatus();
  });
  if (!status.ok()) set.problems.push_back({std::string(name), status.message()});
}

}  // namespace ironscribe::eval
