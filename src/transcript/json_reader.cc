#include "transcript/json_reader.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "transcript/json_writer.h"

namespace ironscribe::transcript {
namespace {

using Json = nlohmann::json;

// One object of the document with its place, for messages.
class Object {
 public:
  Object(const Json& json, std::string place) : json_(json), place_(std::move(place)) {}

  Status Read(const char* key, std::string& out) const {
    ASSIGN_OR_RETURN(const Json* value, Member(key));
    if (!value->is_string()) return Wrong(key, "a string");
    out = value->get_ref<const std::string&>();
    return OkStatus();
  }

  Status Read(const char* key, double& out) const {
    ASSIGN_OR_RETURN(const Json* value, Member(key));
    if (!value->is_number()) return Wrong(key, "a number");
    out = value->get<double>();
    return std::isfinite(out) ? OkStatus() : Wrong(key, "a finite number");
  }

  Status Read(const char* key, float& out) const {
    double value = 0;
    RETURN_IF_ERROR(Read(key, value));
    if (std::abs(value) > std::numeric_limits<float>::max()) return Wrong(key, "a 32-bit float");
    out = static_cast<float>(value);
    return OkStatus();
  }

  Status Read(const char* key, int& out) const {
    ASSIGN_OR_RETURN(const Json* value, Member(key));
    return ReadInteger(*value, key, out);
  }

  Status Read(const char* key, int64_t& out) const {
    ASSIGN_OR_RETURN(const Json* value, Member(key));
    return ReadInteger(*value, key, out);
  }

  Status Read(const char* key, std::vector<int32_t>& out) const {
    ASSIGN_OR_RETURN(const Json* value, Array(key));
    out.reserve(value->size());
    for (const Json& item : *value) {
      int32_t number = 0;
      RETURN_IF_ERROR(ReadInteger(item, key, number));
      out.push_back(number);
    }
    return OkStatus();
  }

  // An array of objects, each read by ReadMembers(object, item).
  template <typename Item>
  Status Read(const char* key, std::vector<Item>& out) const {
    ASSIGN_OR_RETURN(const Json* value, Array(key));
    out.resize(value->size());
    for (size_t i = 0; i < out.size(); ++i) {
      const std::string place = fmt::format("{}{}[{}].", place_, key, i);
      if (!(*value)[i].is_object()) return Wrong(key, "an array of objects");
      RETURN_IF_ERROR(ReadMembers(Object((*value)[i], place), out[i]));
    }
    return OkStatus();
  }

  // An object that is read by ReadMembers(object, value).
  template <typename Value>
  Status Read(const char* key, std::optional<Value>& out) const {
    ASSIGN_OR_RETURN(const Object object, Child(key));
    return ReadMembers(object, out.emplace());
  }

  // A member that older programs did not write; `out` stays as it is without it.
  template <typename Value>
  Status ReadOptional(const char* key, Value& out) const {
    return json_.contains(key) ? Read(key, out) : OkStatus();
  }

  Result<Object> Child(const char* key) const {
    ASSIGN_OR_RETURN(const Json* value, Member(key));
    if (!value->is_object()) return Wrong(key, "an object");
    return Object(*value, fmt::format("{}{}.", place_, key));
  }

 private:
  Result<const Json*> Member(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) return Wrong(key, "present");
    return &*found;
  }

  Result<const Json*> Array(const char* key) const {
    ASSIGN_OR_RETURN(const Json* value, Member(key));
    if (!value->is_array()) return Wrong(key, "an array");
    return value;
  }

  template <typename Integer>
  Status ReadInteger(const Json& value, const char* key, Integer& out) const {
    // Unsigned numbers above int64's range are their own kind in the parser.
    if (!value.is_number_integer() ||
        (value.is_number_unsigned() &&
         value.get<uint64_t>() > uint64_t{std::numeric_limits<Integer>::max()}) ||
        value.get<int64_t>() < int64_t{std::numeric_limits<Integer>::min()}) {
      return Wrong(key, fmt::format("an integer of {} bits", 8 * sizeof(Integer)));
    }
    out = value.get<Integer>();
    return OkStatus();
  }

  Status Wrong(const char* key, std::string_view wanted) const {
    return InvalidArgumentError(fmt::format("{}{}: must be {}", place_, key, wanted));
  }

  const Json& json_;
  std::string place_;
};

Status ReadMembers(const Object& object, Word& word) {
  RETURN_IF_ERROR(object.Read("word", word.text));
  RETURN_IF_ERROR(object.Read("start", word.start_seconds));
  RETURN_IF_ERROR(object.Read("end", word.end_seconds));
  RETURN_IF_ERROR(object.ReadOptional("confidence", word.confidence));
  return object.Read("probability", word.probability);
}

Status ReadMembers(const Object& object, Segment& segment) {
  RETURN_IF_ERROR(object.Read("id", segment.id));
  RETURN_IF_ERROR(object.Read("seek", segment.seek_frames));
  RETURN_IF_ERROR(object.Read("start", segment.start_seconds));
  RETURN_IF_ERROR(object.Read("end", segment.end_seconds));
  RETURN_IF_ERROR(object.Read("text", segment.text));
  RETURN_IF_ERROR(object.Read("tokens", segment.tokens));
  RETURN_IF_ERROR(object.Read("temperature", segment.temperature));
  RETURN_IF_ERROR(object.Read("avg_logprob", segment.average_log_probability));
  RETURN_IF_ERROR(object.Read("compression_ratio", segment.compression_ratio));
  RETURN_IF_ERROR(object.Read("no_speech_prob", segment.no_speech_probability));
  RETURN_IF_ERROR(object.ReadOptional("channel", segment.channel));
  RETURN_IF_ERROR(object.ReadOptional("language", segment.language));
  return object.Read("words", segment.words);
}

Status ReadMembers(const Object& object, DroppedSpan& span) {
  RETURN_IF_ERROR(object.Read("start", span.start_seconds));
  RETURN_IF_ERROR(object.Read("end", span.end_seconds));
  RETURN_IF_ERROR(object.ReadOptional("channel", span.channel));
  return object.Read("reason", span.reason);
}

Status ReadMembers(const Object& object, SpeechCoverage& speech) {
  RETURN_IF_ERROR(object.Read("seconds", speech.speech_seconds));
  return object.Read("without_text", speech.without_text_seconds);
}

Status ReadMembers(const Object& object, LanguageProbability& language) {
  RETURN_IF_ERROR(object.Read("language", language.code));
  return object.Read("probability", language.probability);
}

Status ReadMembers(const Object& object, Channel& channel) {
  RETURN_IF_ERROR(object.Read("name", channel.name));
  RETURN_IF_ERROR(object.Read("language", channel.language));
  return object.Read("language_probabilities", channel.language_probabilities);
}

Status ReadMembers(const Object& object, ModelInfo& model) {
  RETURN_IF_ERROR(object.Read("name", model.name));
  RETURN_IF_ERROR(object.Read("family", model.family));
  RETURN_IF_ERROR(object.Read("digest", model.digest));
  RETURN_IF_ERROR(object.Read("compute_type", model.compute_type));
  RETURN_IF_ERROR(object.ReadOptional("voice_activity", model.voice_activity));
  return object.Read("alignment_heads", model.alignment_heads);
}

template <typename Item>
Status CheckChannels(std::string_view key, const std::vector<Item>& items, size_t num_channels) {
  for (size_t i = 0; i < items.size(); ++i) {
    const int channel = items[i].channel;
    if (channel == kNoChannel) continue;
    if (channel >= 0 && static_cast<size_t>(channel) < num_channels) continue;
    return InvalidArgumentError(fmt::format("{}[{}].channel: {} is not one of the {} channels", key,
                                            i, channel, num_channels));
  }
  return OkStatus();
}

Status ReadMembers(const Object& object, Transcript& transcript) {
  int version = 0;
  RETURN_IF_ERROR(object.Read("format_version", version));
  if (version < 1 || version > kJsonFormatVersion) {
    return FailedPreconditionError(
        fmt::format("format version {} is not known; this program reads up to {}", version,
                    kJsonFormatVersion));
  }
  RETURN_IF_ERROR(object.Read("text", transcript.text));
  RETURN_IF_ERROR(object.Read("task", transcript.task));
  RETURN_IF_ERROR(object.Read("language", transcript.language));
  RETURN_IF_ERROR(object.Read("language_probabilities", transcript.language_probabilities));
  RETURN_IF_ERROR(object.Read("duration", transcript.duration_seconds));
  RETURN_IF_ERROR(object.Read("segments", transcript.segments));
  RETURN_IF_ERROR(object.Read("dropped", transcript.dropped));
  RETURN_IF_ERROR(object.ReadOptional("channels", transcript.channels));
  RETURN_IF_ERROR(object.ReadOptional("speech", transcript.speech));
  RETURN_IF_ERROR(CheckChannels("segments", transcript.segments, transcript.channels.size()));
  RETURN_IF_ERROR(CheckChannels("dropped", transcript.dropped, transcript.channels.size()));
  ASSIGN_OR_RETURN(const Object model, object.Child("model"));
  return ReadMembers(model, transcript.model);
}

}  // namespace

Result<Transcript> ReadJson(std::string_view json, std::string_view name) {
  if (json.size() > kMaxJsonBytes) {
    return ResourceExhaustedError(fmt::format("{}: {} bytes are more than the limit of {}", name,
                                              json.size(), kMaxJsonBytes));
  }
  const Json document = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) {
    return InvalidArgumentError(fmt::format("{}: not a JSON object in UTF-8", name));
  }
  Transcript transcript;
  RETURN_IF_ERROR(ReadMembers(Object(document, ""), transcript).Annotate(name));
  return transcript;
}

}  // namespace ironscribe::transcript
