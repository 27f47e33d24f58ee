// The files a packed model was made from, and whether they are still the same.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "io/file.h"

namespace ironscribe::engine {

struct SourceFile {
  std::string name;  // Relative to the folder.
  io::FileIdentity identity;
  bool operator==(const SourceFile&) const = default;
};

struct ModelFingerprint {
  std::filesystem::path folder;
  std::vector<std::filesystem::path> weight_files;
  std::vector<SourceFile> files;  // Weights and every side file that matters.
};

// Reads sizes and times, not contents. Errors: NotFound naming what was looked for.
Result<ModelFingerprint> FingerprintModel(const std::filesystem::path& model_path);

// SHA-256 of the weight file; of the digests of all shards where there are several.
Result<std::string> DigestWeights(const ModelFingerprint& fingerprint);

// What a packed file says about itself.
struct PackedMetadata {
  std::string family;
  std::vector<SourceFile> files;
  std::string model_json;  // The family's own.
};
std::string PackedMetadataToJson(const PackedMetadata& metadata);
// Hostile input. Errors: InvalidArgument.
Result<PackedMetadata> PackedMetadataFromJson(std::string_view json);

}  // namespace ironscribe::engine
