#include "engine/model_manifest.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "engine/model_digest.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

using Json = nlohmann::json;

// A record is a few kilobytes; anything near this is not one.
constexpr uint64_t kMaxManifestBytes = 1 << 20;
constexpr int kManifestVersion = 1;
constexpr size_t kMaxFileNameLength = 255;  // NAME_MAX of Linux.

std::string StringField(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Status ParseFiles(const Json& files, const std::string& where, ModelManifest* manifest) {
  for (const Json& file : files) {
    ManifestFile parsed;
    if (file.is_object()) {
      parsed.name = StringField(file, "name");
      parsed.sha256 = StringField(file, "sha256");
      const auto size = file.find("size_bytes");
      if (size != file.end() && size->is_number_unsigned())
        parsed.size_bytes = size->get<uint64_t>();
    }
    if (!IsPlainFileName(parsed.name) || !IsSha256(parsed.sha256)) {
      return DataLossError(where + " has a file entry without a plain name and a SHA-256");
    }
    manifest->files.push_back(std::move(parsed));
  }
  return OkStatus();
}

}  // namespace

bool IsPlainFileName(std::string_view name) {
  if (name.empty() || name.size() > kMaxFileNameLength || name == "." || name == "..") return false;
  return std::none_of(name.begin(), name.end(), [](unsigned char c) {
    return c < 0x20 || c == 0x7f || c == '/' || c == '\\';
  });
}

Result<ModelManifest> ReadManifest(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kManifestFileName;
  const std::string where = "the record '" + path.string() + "'";
  ASSIGN_OR_RETURN(const std::string text, io::ReadFile(path, kMaxManifestBytes));
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return DataLossError(where + " is not JSON");
  const auto files = json.find("files");
  if (files == json.end() || !files->is_array()) return DataLossError(where + " lists no files");
  ModelManifest manifest{.name = StringField(json, "name"),
                         .source = StringField(json, "source"),
                         .revision = StringField(json, "revision"),
                         .version = StringField(json, "version"),
                         .licence = StringField(json, "licence"),
                         .installed_at = StringField(json, "installed_at"),
                         .files = {}};
  RETURN_IF_ERROR(ParseFiles(*files, where, &manifest));
  return manifest;
}

Status WriteManifest(const std::filesystem::path& folder, const ModelManifest& manifest) {
  Json files = Json::array();
  for (const ManifestFile& file : manifest.files) {
    files.push_back(
        {{"name", file.name}, {"sha256", file.sha256}, {"size_bytes", file.size_bytes}});
  }
  const nlohmann::ordered_json json = {
      {"format", kManifestVersion},
      {"name", manifest.name},
      {"source", manifest.source},
      {"revision", manifest.revision},
      {"version", manifest.version},
      {"licence", manifest.licence},
      {"installed_at", manifest.installed_at},
      {"files", files},
  };
  // Text from a hub may not be UTF-8; replacing is better than failing.
  const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace);
  return io::WriteFileAtomically(folder / kManifestFileName, text + "\n");
}

std::string CurrentUtcTime() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace ironscribe::engine
