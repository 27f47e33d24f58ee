#include "apps/cli/models_actions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "apps/cli/model_error.h"
#include "apps/cli/models_report.h"
#include "apps/cli/pull_progress.h"
#include "engine/model_digest.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

void PrintJson(std::ostream& out, const Json& json) {
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

// Names and sizes, sorted.
std::vector<engine::ManifestFile> FilesIn(const fs::path& folder) {
  std::vector<engine::ManifestFile> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (!it->is_regular_file(ignored)) continue;
    files.push_back({it->path().filename().string(), "", it->file_size(ignored)});
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

// An installed model, or one given by its path.
Result<engine::InstalledModel> FindModel(const ModelsContext& context, const std::string& name) {
  ASSIGN_OR_RETURN(const fs::path path, engine::ResolveModel(name, context.store));
  std::error_code error;
  const bool is_file = fs::is_regular_file(path, error);
  if (!is_file && fs::equivalent(path.parent_path(), context.store.models_folder, error)) {
    return engine::FindInstalledModel(path.filename().string(), context.store);
  }
  engine::InstalledModel model{
      .name = name, .path = path, .size_bytes = 0, .manifest = std::nullopt};
  if (is_file) {
    model.size_bytes = fs::file_size(path, error);
    return model;
  }
  for (const engine::ManifestFile& file : FilesIn(path)) model.size_bytes += file.size_bytes;
  if (auto manifest = engine::ReadManifest(path); manifest.ok())
    model.manifest = *std::move(manifest);
  return model;
}

Result<std::string> WeightsDigest(const ModelsContext& context, const ModelReport& report) {
  for (const engine::ManifestFile& file : report.files) {
    if (file.name == report.description.weight_file.filename() && !file.sha256.empty()) {
      return file.sha256;
    }
  }
  return engine::Sha256OfFile(report.description.weight_file, context.services.stop);
}

void PrintPulled(const ModelsContext& context, const engine::PullResult& pulled) {
  context.out << fmt::format("{} {} {} ({})\n", pulled.model.name,
                             pulled.was_installed ? "is already installed in" : "installed in",
                             pulled.model.path.string(), FormatBytes(pulled.model.size_bytes));
}

Json PulledJson(const engine::PullResult& pulled) {
  const engine::ModelManifest& manifest = *pulled.model.manifest;
  return {{"name", pulled.model.name},
          {"path", pulled.model.path.string()},
          {"source", manifest.source},
          {"version", manifest.version},
          {"licence", manifest.licence},
          {"size_bytes", pulled.model.size_bytes},
          {"was_installed", pulled.was_installed}};
}

// The first error in full, or how many there were: each was printed when it happened.
Status Summarize(const std::vector<Status>& failures, const ModelsContext& context,
                 std::string_view what) {
  if (failures.size() == 1) return failures[0];
  for (const Status& failure : failures) context.err << "error: " << failure.message() << '\n';
  if (failures.empty()) return OkStatus();
  return Status(failures[0].code(),
                fmt::format("{} models could not be {}", failures.size(), what));
}

// A damaged packed form alone needs no download.
Status Damaged(const std::string& name,
               const std::vector<engine::VerifyReport::Problem>& problems) {
  if (std::all_of(problems.begin(), problems.end(), [](const auto& p) { return p.is_packed; })) {
    return DataLossError(
        fmt::format("a packed form of model '{0}' is damaged; delete '{1}', it is made again when "
                    "needed, or make it again with: ironscribe models convert {0}",
                    name, problems[0].file));
  }
  return DataLossError(fmt::format(
      "model '{0}' is damaged; replace it with: ironscribe models pull --force {0}", name));
}

}  // namespace

Status PullModels(const ModelsContext& context, const std::vector<std::string>& requests,
                  engine::PullOptions options, const ReporterOptions& reporting) {
  options.store = context.store;
  options.catalog = context.services.catalog;
  options.fetcher = context.services.fetcher;
  options.stop = context.services.stop;
  std::vector<Status> failures;
  Json pulled_models = Json::array();
  for (const std::string& request : requests) {
    PullReporter reporter(reporting, context.err);
    options.callbacks = reporter.callbacks();
    const Result<engine::PullResult> pulled = engine::PullModel(request, options);
    reporter.Clear();
    if (pulled.status().code() == StatusCode::kCancelled) return pulled.status();
    if (!pulled.ok()) {
      failures.push_back(pulled.status());
    } else if (context.json) {
      pulled_models.push_back(PulledJson(*pulled));
    } else {
      PrintPulled(context, *pulled);
    }
  }
  if (context.json) PrintJson(context.out, pulled_models);
  return Summarize(failures, context, "pulled");
}

Status ListModels(const ModelsContext& context) {
  ASSIGN_OR_RETURN(const std::vector<engine::InstalledModel> installed,
                   engine::ListInstalledModels(context.store));
  if (context.json) {
    PrintModelListJson(context.out, installed, context.services.catalog);
    return OkStatus();
  }
  PrintModelList(context.out, installed, context.services.catalog);
  std::vector<std::string> aliases;
  for (const engine::CatalogAlias& alias : engine::ModelAliases()) {
    aliases.push_back(fmt::format("{} = {}", alias.alias, alias.name));
  }
  context.err << fmt::format(
      "Other names: {}. Models are kept in {}. `ironscribe models pull NAME` installs one.\n",
      fmt::join(aliases, ", "), context.store.models_folder.string());
  return OkStatus();
}

Status ShowModel(const ModelsContext& context, const std::string& name_or_path) {
  ModelReport report;
  ASSIGN_OR_RETURN(report.model, FindModel(context, name_or_path));
  ASSIGN_OR_RETURN(report.description, context.services.describe(report.model.path));
  report.files = report.model.manifest ? report.model.manifest->files : FilesIn(report.model.path);
  ASSIGN_OR_RETURN(report.weights_sha256, WeightsDigest(context, report));
  report.packed = engine::PackedCachesOf(report.model.path, context.store);
  if (context.json) {
    PrintModelReportJson(context.out, report);
  } else {
    PrintModelReport(context.out, report);
  }
  return OkStatus();
}

Status ConvertModel(const ModelsContext& context, const std::string& name_or_path,
                    engine::RecognizerOptions options, const fs::path& output_folder) {
  ASSIGN_OR_RETURN(const fs::path path, engine::ResolveModel(name_or_path, context.store));
  options.cache_folder = output_folder.empty() ? context.store.cache_folder : output_folder;
  options.model_name = name_or_path;
  options.stop = context.services.stop;
  const auto result = context.services.pack(path, options);
  if (!result.ok()) {
    const Status status =
        ExplainModelError(result.status(), name_or_path, path, context.store.models_folder);
    return IsWrongUsageOfModel(status) ? InvalidArgumentError(status.message()) : status;
  }
  const fs::path& packed = *result;
  std::error_code error;
  const uint64_t size = fs::file_size(packed, error);
  if (context.json) {
    PrintJson(
        context.out,
        {{"name", name_or_path}, {"packed", packed.string()}, {"size_bytes", error ? 0 : size}});
  } else {
    context.out << fmt::format("packed {} into {} ({})\n", name_or_path, packed.string(),
                               FormatBytes(error ? 0 : size));
  }
  return OkStatus();
}

Status VerifyModels(const ModelsContext& context, std::vector<std::string> names) {
  if (names.empty()) {
    ASSIGN_OR_RETURN(const auto installed, engine::ListInstalledModels(context.store));
    for (const engine::InstalledModel& model : installed) {
      // One with a damaged record counts, one that was copied there has nothing to go by.
      std::error_code error;
      const bool has_record = fs::exists(model.path / engine::kManifestFileName, error);
      if (has_record) names.push_back(model.name);
    }
  }
  std::vector<Status> failures;
  Json reports = Json::array();
  for (const std::string& name : names) {
    const auto report = engine::VerifyModel(name, context.store, context.services.stop);
    if (report.status().code() == StatusCode::kCancelled) return report.status();
    if (!report.ok()) {
      failures.push_back(report.status());
      continue;
    }
    Json problems = Json::array();
    for (const auto& problem : report->problems) {
      problems.push_back({{"file", problem.file}, {"problem", problem.what}});
      context.err << fmt::format("{}: '{}' {}\n", name, problem.file, problem.what);
    }
    const bool whole = report->problems.empty();
    if (!whole) {
      failures.push_back(Damaged(name, report->problems));
    } else if (!context.json) {
      context.out << fmt::format("{}: {} files are what they were\n", name, report->num_files);
    }
    reports.push_back({{"name", name},
                       {"ok", whole},
                       {"files", report->num_files},
                       {"problems", std::move(problems)}});
  }
  if (context.json) PrintJson(context.out, reports);
  return Summarize(failures, context, "verified");
}

Status RemoveModels(const ModelsContext& context, const std::vector<std::string>& names) {
  std::vector<Status> failures;
  Json removed_models = Json::array();
  for (const std::string& name : names) {
    const auto removed = engine::RemoveModel(name, context.store);
    if (!removed.ok()) {
      failures.push_back(removed.status());
      continue;
    }
    Json paths = Json::array();
    for (const fs::path& path : removed->paths) {
      paths.push_back(path.string());
      if (!context.json) context.out << fmt::format("removed {}\n", path.string());
    }
    removed_models.push_back(
        {{"name", name}, {"removed", std::move(paths)}, {"size_bytes", removed->size_bytes}});
    if (!context.json) context.out << FormatBytes(removed->size_bytes) << " are free again\n";
  }
  if (context.json) PrintJson(context.out, removed_models);
  return Summarize(failures, context, "removed");
}

}  // namespace ironscribe::cli
