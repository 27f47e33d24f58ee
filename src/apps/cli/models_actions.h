// What `ironscribe models` does, apart from its command line: each function is one subcommand,
// prints its result to `out` and everything else to `err`, and returns what went wrong.
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "apps/cli/run_reporter.h"
#include "base/status.h"
#include "engine/model_catalog.h"
#include "engine/model_description.h"
#include "engine/model_pull.h"
#include "engine/recognizer.h"

namespace ironscribe::cli {

// What the subcommands need from outside; tests put fakes here.
struct ModelsServices {
  engine::PackageFetcher* fetcher = nullptr;
  std::span<const engine::CatalogEntry> catalog = engine::ModelCatalog();
  std::function<Result<engine::ModelDescription>(const std::filesystem::path& model_path)> describe;
  std::function<Result<std::filesystem::path>(const std::filesystem::path& model_path,
                                              const engine::RecognizerOptions& options)>
      pack;
  std::stop_token stop;
};

struct ModelsContext {
  const ModelsServices& services;
  engine::StoreOptions store;
  bool json = false;
  std::ostream& out;
  std::ostream& err;
};

// Takes the requests one after the other; one that fails does not stop the others. `options`
// carries what the flags said; its store, catalog, fetcher, callbacks and stop are filled in here.
Status PullModels(const ModelsContext& context, const std::vector<std::string>& requests,
                  engine::PullOptions options, const ReporterOptions& reporting);

Status ListModels(const ModelsContext& context);

Status ShowModel(const ModelsContext& context, const std::string& name_or_path);

// `output_folder` is empty for the cache folder.
Status ConvertModel(const ModelsContext& context, const std::string& name_or_path,
                    engine::RecognizerOptions options, const std::filesystem::path& output_folder);

// All installed models when `names` is empty. Errors: DataLoss when a file is not what it was.
Status VerifyModels(const ModelsContext& context, std::vector<std::string> names);

Status RemoveModels(const ModelsContext& context, const std::vector<std::string>& names);

}  // namespace ironscribe::cli
