#include "engine/model_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/nearest_names.h"
#include "engine/model_catalog.h"
#include "engine/model_digest.h"
#include "engine/packed_cache_name.h"
#include "formats/packed/packed_file.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxNearestNames = 4;

uint64_t FolderSizeBytes(const fs::path& folder) {
  uint64_t total = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    if (it->is_regular_file(ignored)) total += it->file_size(ignored);
  }
  return total;
}

InstalledModel DescribeFolder(const fs::path& folder) {
  InstalledModel model{.name = folder.filename().string(),
                       .path = folder,
                       .size_bytes = FolderSizeBytes(folder),
                       .manifest = std::nullopt};
  // "owner--name" back to the name it was pulled under.
  if (const size_t dashes = model.name.find("--"); dashes != std::string::npos) {
    model.name.replace(dashes, 2, "/");
  }
  if (auto manifest = ReadManifest(folder); manifest.ok()) {
    model.manifest = *std::move(manifest);
  }
  return model;
}

// An empty folder holds no model, whoever made it.
bool IsModelFolder(const fs::path& folder) {
  std::error_code error;
  return fs::is_directory(folder, error) && !fs::is_empty(folder, error);
}

// The catalog's spelling of a name, so that aliases find what was pulled under another alias.
std::string_view CanonicalName(std::string_view name) {
  const CatalogEntry* entry = FindCatalogEntry(name);
  return entry == nullptr ? name : entry->name;
}

Status UnknownModel(std::string_view name, const StoreOptions& options) {
  if (FindCatalogEntry(name) != nullptr) {
    return NotFoundError(fmt::format(
        "model '{0}' is not installed in '{1}'; fetch it with: ironscribe models pull {0}", name,
        options.models_folder.string()));
  }
  std::vector<std::string> known;
  for (const CatalogEntry& entry : ModelCatalog()) known.emplace_back(entry.name);
  for (const CatalogAlias& alias : ModelAliases()) known.emplace_back(alias.alias);
  if (const auto installed = ListInstalledModels(options); installed.ok()) {
    for (const InstalledModel& model : *installed) known.push_back(model.name);
  }
  std::string message =
      fmt::format("there is no model named '{}' and no such file or folder", name);
  const std::vector<std::string> nearest = NearestNames(name, known, kMaxNearestNames);
  if (!nearest.empty()) {
    message += fmt::format("; nearest names: {}; fetch one with: ironscribe models pull {}",
                           fmt::join(nearest, ", "), nearest.front());
  } else if (std::count(name.begin(), name.end(), '/') == 1 && name.front() != '.' &&
             name.front() != '/') {
    message += fmt::format(
        "; if it is a repository of the model hub, fetch it with: ironscribe models pull {}", name);
  } else {
    message +=
        "; `ironscribe models list` shows the names, `ironscribe models pull tiny.en` fetches one";
  }
  return NotFoundError(std::move(message));
}

// Ok and absent: not installed.
Result<std::optional<fs::path>> InstalledFolder(std::string_view name,
                                                const StoreOptions& options) {
  ASSIGN_OR_RETURN(const std::string folder_name, ModelFolderName(CanonicalName(name)));
  const fs::path folder = options.models_folder / folder_name;
  if (!IsModelFolder(folder)) return std::optional<fs::path>();
  return std::optional<fs::path>(folder);
}

std::string WhatIsWrong(const fs::path& folder, const ManifestFile& file, std::stop_token stop,
                        Status* cancelled) {
  const fs::path path = folder / file.name;
  std::error_code error;
  const uint64_t size = fs::file_size(path, error);
  if (error) return "missing or unreadable";
  if (size != file.size_bytes) {
    return fmt::format("is {} bytes long instead of {}", size, file.size_bytes);
  }
  const Result<std::string> sha256 = Sha256OfFile(path, stop);
  if (!sha256.ok()) {
    if (sha256.status().code() == StatusCode::kCancelled) *cancelled = sha256.status();
    return sha256.status().message();
  }
  if (*sha256 == file.sha256) return "";
  return fmt::format("has SHA-256 {} instead of {}", *sha256, file.sha256);
}

Status VerifyPacked(const fs::path& cache) {
  ASSIGN_OR_RETURN(const auto file, formats::PackedFile::Open(cache));
  return file->Verify();
}

}  // namespace

Result<std::string> ModelFolderName(std::string_view name) {
  const size_t slash = name.find('/');
  std::string folder(name);
  bool valid = true;
  if (slash != std::string_view::npos) {
    valid = slash > 0 && slash + 1 < name.size() && name[slash + 1] != '.';
    folder.replace(slash, 1, "--");
  }
  if (!valid || !IsPlainFileName(folder) || folder.front() == '.') {
    return InvalidArgumentError(fmt::format(
        "'{}' cannot be the name of a model: give a name such as 'base' or 'owner/name'", name));
  }
  return folder;
}

Result<std::vector<InstalledModel>> ListInstalledModels(const StoreOptions& options) {
  std::vector<InstalledModel> models;
  std::error_code error;
  if (!fs::exists(options.models_folder, error) && !error) return models;
  for (fs::directory_iterator it(options.models_folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().filename().string().front() == '.' || !IsModelFolder(it->path())) continue;
    models.push_back(DescribeFolder(it->path()));
  }
  if (error) {
    return io::ErrnoStatus(
        error.value(), "cannot list the models folder '" + options.models_folder.string() + "'");
  }
  std::sort(models.begin(), models.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return models;
}

Result<InstalledModel> FindInstalledModel(std::string_view name, const StoreOptions& options) {
  ASSIGN_OR_RETURN(const std::optional<fs::path> folder, InstalledFolder(name, options));
  if (!folder) return UnknownModel(name, options);
  return DescribeFolder(*folder);
}

Result<fs::path> ResolveModel(std::string_view name_or_path, const StoreOptions& options) {
  if (name_or_path.empty()) return InvalidArgumentError("the name of the model is empty");
  std::error_code error;
  if (const fs::path path(name_or_path); fs::exists(path, error)) return path;
  const auto folder = InstalledFolder(name_or_path, options);
  if (folder.ok() && folder->has_value()) return **folder;
  return UnknownModel(name_or_path, options);
}

Result<VerifyReport> VerifyModel(std::string_view name, const StoreOptions& options,
                                 std::stop_token stop) {
  ASSIGN_OR_RETURN(const InstalledModel model, FindInstalledModel(name, options));
  const Result<ModelManifest> manifest = ReadManifest(model.path);
  if (!manifest.ok()) {
    return FailedPreconditionError(
        fmt::format("model '{0}' cannot be verified: {1}; fetch it again with: ironscribe models "
                    "pull --force {0}",
                    name, manifest.status().message()));
  }
  if (manifest->files.empty()) {
    return FailedPreconditionError(
        fmt::format("model '{0}' cannot be verified: its record '{1}' names no files; fetch it "
                    "again with: ironscribe models pull --force {0}",
                    name, (model.path / kManifestFileName).string()));
  }
  VerifyReport report{.name = model.name, .num_files = manifest->files.size(), .problems = {}};
  for (const ManifestFile& file : manifest->files) {
    Status cancelled;
    const std::string problem = WhatIsWrong(model.path, file, stop, &cancelled);
    RETURN_IF_ERROR(cancelled);
    if (!problem.empty()) report.problems.push_back({file.name, problem});
  }
  for (const fs::path& cache : PackedCachesOf(model.path, options)) {
    // One in the making.
    if (cache.filename().string().find(".partial-") != std::string::npos) continue;
    if (stop.stop_requested()) return CancelledError("verifying was stopped");
    const Status status = VerifyPacked(cache);
    if (!status.ok()) report.problems.push_back({cache.string(), status.message(), true});
  }
  return report;
}

std::vector<fs::path> PackedCachesOf(const fs::path& model_path, const StoreOptions& options) {
  std::vector<fs::path> caches;
  if (options.cache_folder.empty()) return caches;
  const std::string prefix = PackedCachePrefix(model_path);
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(options.cache_folder, error)) {
    if (entry.path().filename().string().starts_with(prefix)) caches.push_back(entry.path());
  }
  std::sort(caches.begin(), caches.end());
  return caches;
}

Result<RemovedModel> RemoveModel(std::string_view name, const StoreOptions& options) {
  ASSIGN_OR_RETURN(const InstalledModel model, FindInstalledModel(name, options));
  RemovedModel removed;
  std::error_code error;
  for (const fs::path& cache : PackedCachesOf(model.path, options)) {
    const uint64_t size = fs::file_size(cache, error);
    if (fs::remove(cache, error)) {
      removed.paths.push_back(cache);
      removed.size_bytes += size;
    }
  }
  // Out of sight first, so that nobody opens a model of which half is gone.
  fs::path hidden = model.path.parent_path() / ("." + model.path.filename().string() + ".removed");
  fs::remove_all(hidden, error);
  fs::rename(model.path, hidden, error);
  if (error) {
    return io::ErrnoStatus(error.value(), "cannot remove '" + model.path.string() + "'");
  }
  fs::remove_all(hidden, error);
  if (error) return io::ErrnoStatus(error.value(), "cannot remove '" + hidden.string() + "'");
  removed.paths.push_back(model.path);
  removed.size_bytes += model.size_bytes;
  return removed;
}

}  // namespace ironscribe::engine
