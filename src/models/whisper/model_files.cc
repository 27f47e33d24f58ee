#include "models/whisper/model_files.h"

#include <nlohmann/json.hpp>

#include "io/file.h"

namespace ironscribe::models::whisper {
namespace {

using nlohmann::json;

// The largest real configuration is a few kilobytes.
constexpr uint64_t kMaxConfigBytes = 16 << 20;

// An object, or null when the file does not exist.
Result<json> ReadJson(const std::filesystem::path& path) {
  Result<std::string> text = io::ReadFile(path, kMaxConfigBytes);
  if (!text.ok()) {
    if (text.status().code() == StatusCode::kNotFound) return json();
    return text.status();
  }
  json object = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) {
    return InvalidArgumentError("'" + path.string() +
                                "' is not a JSON object; fetch the model again");
  }
  return object;
}

void TakeInt(const json& object, const char* name, int& value) {
  const auto found = object.find(name);
  if (found != object.end() && found->is_number_integer()) value = found->get<int>();
}

void TakeIds(const json& object, const char* name, std::vector<int32_t>& ids) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array() || found->empty()) return;
  std::vector<int32_t> read;
  for (const json& id : *found) {
    if (!id.is_number_integer()) return;
    // Hugging Face marks the defaults by negative ids; those are computed from the vocabulary.
    if (id.get<int32_t>() >= 0) read.push_back(id.get<int32_t>());
  }
  ids = std::move(read);
}

void TakeHeads(const json& object, std::vector<AlignmentHead>& heads) {
  const auto found = object.find("alignment_heads");
  if (found == object.end() || !found->is_array() || found->empty()) return;
  std::vector<AlignmentHead> read;
  for (const json& pair : *found) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number_integer() ||
        !pair[1].is_number_integer()) {
      return;
    }
    read.push_back({pair[0].get<int>(), pair[1].get<int>()});
  }
  heads = std::move(read);
}

}  // namespace

Result<ModelFiles> ReadModelFiles(const std::filesystem::path& folder) {
  ModelFiles files;
  for (const char* name : {"config.json", "generation_config.json"}) {
    ASSIGN_OR_RETURN(const json object, ReadJson(folder / name));
    if (object.is_null()) continue;
    TakeInt(object, "encoder_attention_heads", files.audio_heads);
    TakeInt(object, "decoder_attention_heads", files.text_heads);
    TakeHeads(object, files.alignment_heads);
    TakeIds(object, "suppress_ids", files.suppress_ids);
    TakeIds(object, "suppress_tokens", files.suppress_ids);
    TakeIds(object, "suppress_ids_begin", files.begin_suppress_ids);
    TakeIds(object, "begin_suppress_tokens", files.begin_suppress_ids);
  }
  return files;
}

}  // namespace ironscribe::models::whisper
