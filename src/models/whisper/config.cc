#include "models/whisper/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace ironscribe::models::whisper {
namespace {

using nlohmann::json;

// Name, field and upper bound; large-v3 has 128 mels, 1500/448 positions, 1280 wide, 20 heads, 32
// layers, 51,866 tokens.
struct Field {
  const char* name;
  int Dimensions::*member;
  int limit;
  int minimum = 1;
};
constexpr Field kFields[] = {
    {"num_mels", &Dimensions::num_mels, 256},
    {"audio_context", &Dimensions::audio_context, 6000},
    {"audio_state", &Dimensions::audio_state, 8192},
    {"audio_heads", &Dimensions::audio_heads, 128},
    {"audio_layers", &Dimensions::audio_layers, 128},
    // A window's start sequence, half the positions as prompt, and some text must fit.
    {"text_context", &Dimensions::text_context, 4096, 32},
    {"text_state", &Dimensions::text_state, 8192},
    {"text_heads", &Dimensions::text_heads, 128},
    {"text_layers", &Dimensions::text_layers, 128},
    {"vocab_size", &Dimensions::vocab_size, 1 << 20},
};

Result<std::vector<int32_t>> ReadIds(const json& object, const char* name) {
  std::vector<int32_t> ids;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array()) return ids;
  for (const json& id : *found) {
    if (!id.is_number_integer())
      return InvalidArgumentError(fmt::format("{} is not a list of ids", name));
    ids.push_back(id.get<int32_t>());
  }
  return ids;
}

std::string ReadText(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Status CheckDimensions(const Dimensions& dims) {
  for (const Field& field : kFields) {
    const int value = dims.*field.member;
    if (value < field.minimum || value > field.limit) {
      return InvalidArgumentError(fmt::format("model has {} = {}, expected {} to {}", field.name,
                                              value, field.minimum, field.limit));
    }
  }
  if (dims.audio_state % dims.audio_heads != 0 || dims.text_state % dims.text_heads != 0) {
    return InvalidArgumentError(
        fmt::format("model width {}/{} is not a multiple of its heads {}/{}", dims.audio_state,
                    dims.text_state, dims.audio_heads, dims.text_heads));
  }
  constexpr int kMaxHeadSize = 256;  // What nn::KeyValues holds in one row buffer.
  if (dims.audio_state / dims.audio_heads > kMaxHeadSize ||
      dims.text_state / dims.text_heads > kMaxHeadSize) {
    return InvalidArgumentError("model has attention heads wider than 256");
  }
  if (dims.audio_state != dims.text_state) {
    return InvalidArgumentError(
        fmt::format("encoder is {} wide but decoder {}", dims.audio_state, dims.text_state));
  }
  return OkStatus();
}

Result<std::vector<AlignmentHead>> ParseAlignmentHeads(std::string_view text) {
  std::vector<AlignmentHead> heads;
  const char* at = text.data();
  const char* end = text.data() + text.size();
  while (at < end) {
    AlignmentHead head;
    const auto layer = std::from_chars(at, end, head.layer);
    if (layer.ec != std::errc() || layer.ptr == end || *layer.ptr != ':') break;
    const auto index = std::from_chars(layer.ptr + 1, end, head.head);
    if (index.ec != std::errc() || (index.ptr != end && *index.ptr != ',')) break;
    heads.push_back(head);
    if (index.ptr == end) return heads;
    at = index.ptr + 1;
  }
  return InvalidArgumentError(
      fmt::format("alignment heads '{}' are not a list such as 2:0,3:5 (layer:head)", text));
}

Status CheckAlignmentHeads(const std::vector<AlignmentHead>& heads, const Dimensions& dims) {
  for (size_t i = 0; i < heads.size(); ++i) {
    const AlignmentHead& head = heads[i];
    const auto earlier = heads.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(heads.begin(), earlier, head) != earlier) {
      return InvalidArgumentError(
          fmt::format("alignment head {}:{} is named twice", head.layer, head.head));
    }
    if (head.layer < 0 || head.layer >= dims.text_layers || head.head < 0 ||
        head.head >= dims.text_heads) {
      return InvalidArgumentError(fmt::format(
          "alignment head {}:{} is outside the model, which has the layers 0 to {} with the heads "
          "0 to {}",
          head.layer, head.head, dims.text_layers - 1, dims.text_heads - 1));
    }
  }
  return OkStatus();
}

std::vector<AlignmentHead> UpperHalfHeads(const Dimensions& dims) {
  std::vector<AlignmentHead> heads;
  for (int layer = dims.text_layers / 2; layer < dims.text_layers; ++layer) {
    for (int head = 0; head < dims.text_heads; ++head) heads.push_back({layer, head});
  }
  return heads;
}

std::string ConfigToJson(const Config& config) {
  json object;
  for (const Field& field : kFields) object["dims"][field.name] = config.dims.*field.member;
  object["alignment_heads"] = json::array();
  for (const AlignmentHead& head : config.alignment_heads) {
    object["alignment_heads"].push_back({head.layer, head.head});
  }
  object["alignment_source"] = config.alignment_source;
  object["suppress_ids"] = config.suppress_ids;
  object["begin_suppress_ids"] = config.begin_suppress_ids;
  object["digest"] = config.digest;
  object["compute_type"] = config.compute_type;
  object["family"] = "whisper";
  return object.dump();
}

Result<Config> ConfigFromJson(std::string_view text) {
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || ReadText(object, "family") != "whisper") {
    return InvalidArgumentError("packed model is not a Whisper model");
  }
  Config config;
  const auto dims = object.find("dims");
  if (dims == object.end() || !dims->is_object()) return InvalidArgumentError("no dimensions");
  for (const Field& field : kFields) {
    const auto value = dims->find(field.name);
    if (value == dims->end() || !value->is_number_integer()) {
      return InvalidArgumentError(fmt::format("dimension {} is missing", field.name));
    }
    config.dims.*field.member = value->get<int>();
  }
  RETURN_IF_ERROR(CheckDimensions(config.dims));
  const auto heads = object.find("alignment_heads");
  if (heads != object.end() && heads->is_array()) {
    for (const json& head : *heads) {
      if (!head.is_array() || head.size() != 2 || !head[0].is_number_integer() ||
          !head[1].is_number_integer()) {
        return InvalidArgumentError("alignment heads are not pairs");
      }
      config.alignment_heads.push_back({head[0].get<int>(), head[1].get<int>()});
    }
  }
  RETURN_IF_ERROR(CheckAlignmentHeads(config.alignment_heads, config.dims));
  ASSIGN_OR_RETURN(config.suppress_ids, ReadIds(object, "suppress_ids"));
  ASSIGN_OR_RETURN(config.begin_suppress_ids, ReadIds(object, "begin_suppress_ids"));
  config.alignment_source = ReadText(object, "alignment_source");
  config.digest = ReadText(object, "digest");
  config.compute_type = ReadText(object, "compute_type");
  return config;
}

}  // namespace ironscribe::models::whisper
