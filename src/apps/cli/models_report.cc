#include "apps/cli/models_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/cli/pull_progress.h"
#include "text/terminal_lines.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::ordered_json;

void PrintJson(std::ostream& out, const Json& json) {
  // Names of files may not be UTF-8.
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

bool IsInstalled(std::span<const engine::InstalledModel> installed, std::string_view name) {
  for (const engine::InstalledModel& model : installed) {
    if (model.name == name) return true;
  }
  return false;
}

uint64_t DownloadBytes(const engine::CatalogEntry& entry) {
  uint64_t total = 0;
  for (const engine::CatalogPackage& package : entry.packages) total += package.wheel_size_bytes;
  return total;
}

std::string SourceOf(const engine::CatalogEntry& entry) {
  return entry.packages.empty() ? fmt::format("hub {}", entry.hub_repository) : "package";
}

std::string DescriptionOf(const engine::InstalledModel& model,
                          std::span<const engine::CatalogEntry> catalog) {
  const engine::CatalogEntry* entry = engine::FindCatalogEntry(model.name, catalog);
  return entry == nullptr ? "" : std::string(entry->description);
}

engine::ModelTask TaskOf(const engine::InstalledModel& model,
                         std::span<const engine::CatalogEntry> catalog) {
  const engine::CatalogEntry* entry = engine::FindCatalogEntry(model.name, catalog);
  return entry == nullptr ? engine::ModelTask::kTranscription : entry->task;
}

bool Transcribes(const engine::ModelDescription& description) {
  return description.task == engine::ModelTask::kTranscription;
}

Json NetworkJson(const engine::ModelDescription& description) {
  if (description.family.empty() || !Transcribes(description)) return nullptr;
  return {{"mel_bins", description.num_mels},
          {"encoder",
           {{"layers", description.encoder_layers},
            {"width", description.encoder_width},
            {"heads", description.encoder_heads}}},
          {"decoder",
           {{"layers", description.decoder_layers},
            {"width", description.decoder_width},
            {"heads", description.decoder_heads}}},
          {"vocabulary", description.vocabulary_size},
          {"languages", description.num_languages}};
}

std::vector<std::vector<std::string>> NetworkRows(const engine::ModelDescription& d) {
  if (d.family.empty()) return {{"network", "not a family this program can run"}};
  const std::vector<std::string> network = {
      "network", fmt::format("{}, {:.1f} M parameters", d.family,
                             static_cast<double>(d.num_parameters) / 1e6)};
  if (!Transcribes(d)) return {network};
  const auto side = [](int layers, int width, int heads) {
    return fmt::format("{} layers, width {}, {} heads", layers, width, heads);
  };
  return {
      network,
      {"encoder", side(d.encoder_layers, d.encoder_width, d.encoder_heads) +
                      fmt::format(", {} mel bins", d.num_mels)},
      {"decoder", side(d.decoder_layers, d.decoder_width, d.decoder_heads)},
      {"vocabulary", fmt::format("{} tokens", d.vocabulary_size)},
      {"languages", d.num_languages == 1 ? "English" : std::to_string(d.num_languages)},
  };
}

}  // namespace

void PrintModelList(std::ostream& out, std::span<const engine::InstalledModel> installed,
                    std::span<const engine::CatalogEntry> catalog) {
  std::vector<std::vector<std::string>> rows = {
      {"NAME", "STATE", "TASK", "SIZE", "SOURCE", "DESCRIPTION"}};
  for (const engine::InstalledModel& model : installed) {
    rows.push_back({model.name, "installed", std::string(ModelTaskName(TaskOf(model, catalog))),
                    FormatBytes(model.size_bytes),
                    model.manifest
                        ? model.manifest->source.substr(0, model.manifest->source.find(' '))
                        : "copied",
                    DescriptionOf(model, catalog)});
  }
  for (const engine::CatalogEntry& entry : catalog) {
    if (IsInstalled(installed, entry.name)) continue;
    const uint64_t size = DownloadBytes(entry);
    rows.push_back({std::string(entry.name), "available", std::string(ModelTaskName(entry.task)),
                    size == 0 ? "" : FormatBytes(size), SourceOf(entry),
                    std::string(entry.description)});
  }
  out << text::TextTable(rows);
}

void PrintModelListJson(std::ostream& out, std::span<const engine::InstalledModel> installed,
                        std::span<const engine::CatalogEntry> catalog) {
  Json models = Json::array();
  for (const engine::InstalledModel& model : installed) {
    Json entry = {{"name", model.name},
                  {"installed", true},
                  {"path", model.path.string()},
                  {"size_bytes", model.size_bytes},
                  {"task", ModelTaskName(TaskOf(model, catalog))},
                  {"description", DescriptionOf(model, catalog)}};
    if (model.manifest) {
      entry["source"] = model.manifest->source;
      entry["version"] = model.manifest->version;
      entry["licence"] = model.manifest->licence;
    }
    models.push_back(std::move(entry));
  }
  for (const engine::CatalogEntry& entry : catalog) {
    if (IsInstalled(installed, entry.name)) continue;
    Json json = {{"name", entry.name},
                 {"installed", false},
                 {"task", ModelTaskName(entry.task)},
                 {"source", SourceOf(entry)},
                 {"licence", entry.licence},
                 {"description", entry.description}};
    if (const uint64_t size = DownloadBytes(entry); size > 0) json["download_bytes"] = size;
    models.push_back(std::move(json));
  }
  Json aliases = Json::object();
  for (const engine::CatalogAlias& alias : engine::ModelAliases()) {
    aliases[std::string(alias.alias)] = alias.name;
  }
  PrintJson(out, {{"models", models}, {"aliases", aliases}});
}

void PrintModelReport(std::ostream& out, const ModelReport& report) {
  std::vector<std::vector<std::string>> rows = {
      {"name", report.model.name},
      {"path", report.model.path.string()},
      {"task", std::string(ModelTaskName(report.description.task))},
      {"format", fmt::format("{} ({})", report.description.format,
                             report.description.weight_file.filename().string())},
      {"size", FormatBytes(report.model.size_bytes)},
  };
  for (auto& row : NetworkRows(report.description)) rows.push_back(std::move(row));
  if (const auto& manifest = report.model.manifest) {
    rows.push_back({"source", manifest->source});
    rows.push_back({"version", manifest->version});
    rows.push_back({"licence", manifest->licence});
    rows.push_back({"installed", manifest->installed_at});
  }
  rows.push_back({"digest", report.weights_sha256});
  for (const auto& file : report.files) {
    rows.push_back({"file", fmt::format("{} ({}{}{})", file.name, FormatBytes(file.size_bytes),
                                        file.sha256.empty() ? "" : ", ", file.sha256)});
  }
  for (const auto& packed : report.packed) rows.push_back({"packed", packed.string()});
  if (report.packed.empty() && Transcribes(report.description)) {
    rows.push_back({"packed", "not yet (done at first use, or by `ironscribe models convert`)"});
  }
  out << text::TextTable(rows);
}

void PrintModelReportJson(std::ostream& out, const ModelReport& report) {
  Json files = Json::array();
  for (const auto& file : report.files) {
    Json entry = {{"name", file.name}, {"size_bytes", file.size_bytes}};
    if (!file.sha256.empty()) entry["sha256"] = file.sha256;
    files.push_back(std::move(entry));
  }
  Json packed = Json::array();
  for (const auto& path : report.packed) packed.push_back(path.string());
  Json json = {{"name", report.model.name},
               {"path", report.model.path.string()},
               {"format", report.description.format},
               {"family", report.description.family},
               {"task", ModelTaskName(report.description.task)},
               {"parameters", report.description.num_parameters},
               {"size_bytes", report.model.size_bytes},
               {"network", NetworkJson(report.description)},
               {"digest", report.weights_sha256},
               {"files", files},
               {"packed", packed}};
  if (const auto& manifest = report.model.manifest) {
    json["source"] = manifest->source;
    json["version"] = manifest->version;
    json["licence"] = manifest->licence;
    json["installed_at"] = manifest->installed_at;
  }
  PrintJson(out, json);
}

}  // namespace ironscribe::cli
