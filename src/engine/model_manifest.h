// The record beside an installed model, `ironscribe-model.json`: where its files came from and what
// they must hash to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::engine {

inline constexpr std::string_view kManifestFileName = "ironscribe-model.json";

struct ManifestFile {
  std::string name;
  std::string sha256;
  uint64_t size_bytes = 0;
};

struct ModelManifest {
  std::string name = {};
  std::string source = {};    // "package NAME==VERSION ..." or "hub URL/owner/name".
  std::string revision = {};  // What was asked for on the hub, e.g. "main"; empty for packages.
  std::string version = {};   // Package version, or the commit the revision stood for.
  std::string licence = {};
  std::string installed_at = {};  // UTC, "2026-01-31T12:00:00Z".
  std::vector<ManifestFile> files = {};
};

// Reads and checks the record in a model's folder. Errors: NotFound without one, DataLoss for one
// that is damaged, or names files outside the folder.
Result<ModelManifest> ReadManifest(const std::filesystem::path& folder);

Status WriteManifest(const std::filesystem::path& folder, const ModelManifest& manifest);

// Whether `name` can be a file of a model: one plain path component without control characters.
bool IsPlainFileName(std::string_view name);

// Now, in the form of installed_at.
std::string CurrentUtcTime();

}  // namespace ironscribe::engine
