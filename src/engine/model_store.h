// The models on this machine: one folder per model below the models folder, each with its record
// (model_manifest.h). Names are resolved here; model_pull.h fills the store.
//
// Folders whose name starts with a dot belong to pulls under way. Thread and process rule: every
// call sees whole models only, because a pull renames a finished folder into place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/model_manifest.h"

namespace ironscribe::engine {

struct StoreOptions {
  std::filesystem::path models_folder;
  std::filesystem::path cache_folder;  // Packed models; may be empty.
};

struct InstalledModel {
  std::string name;
  std::filesystem::path path;
  uint64_t size_bytes = 0;
  std::optional<ModelManifest> manifest;  // Absent for a folder that was copied here by hand.
};

// The folder name of a model: "owner/name" becomes "owner--name". Errors: InvalidArgument for a
// name that is empty, starts with a dot or holds control characters or more than one slash.
Result<std::string> ModelFolderName(std::string_view name);

// Sorted by name; an empty folder is no model. Empty when the models folder does not exist.
Result<std::vector<InstalledModel>> ListInstalledModels(const StoreOptions& options);

// Errors: NotFound as ResolveModel's.
Result<InstalledModel> FindInstalledModel(std::string_view name, const StoreOptions& options);

// The folder or file of a model: an existing path wins, then an installed name or alias. Errors:
// NotFound, with the nearest names and the command that fetches the model.
Result<std::filesystem::path> ResolveModel(std::string_view name_or_path,
                                           const StoreOptions& options);

struct VerifyReport {
  struct Problem {
    std::string file;
    std::string what;
    bool is_packed = false;  // A packed form, which is made again from the model.
  };
  std::string name;
  size_t num_files = 0;
  std::vector<Problem> problems;
};

// Hashes every file of an installed model again and checks its packed forms. Errors:
// FailedPrecondition for a model without a record or with a damaged one.
Result<VerifyReport> VerifyModel(std::string_view name, const StoreOptions& options,
                                 std::stop_token stop);

// The packed caches that were made from the files of `model_path`.
std::vector<std::filesystem::path> PackedCachesOf(const std::filesystem::path& model_path,
                                                  const StoreOptions& options);

struct RemovedModel {
  std::vector<std::filesystem::path> paths;
  uint64_t size_bytes = 0;
};

// Removes an installed model and its packed caches. Refuses paths outside the models folder.
Result<RemovedModel> RemoveModel(std::string_view name, const StoreOptions& options);

}  // namespace ironscribe::engine
