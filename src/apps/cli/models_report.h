// How `ironscribe models list` and `info` show models: tables for people, JSON for programs.
#pragma once

#include <filesystem>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "engine/model_catalog.h"
#include "engine/model_description.h"
#include "engine/model_store.h"

namespace ironscribe::cli {

void PrintModelList(std::ostream& out, std::span<const engine::InstalledModel> installed,
                    std::span<const engine::CatalogEntry> catalog);
void PrintModelListJson(std::ostream& out, std::span<const engine::InstalledModel> installed,
                        std::span<const engine::CatalogEntry> catalog);

struct ModelReport {
  engine::InstalledModel model;
  engine::ModelDescription description;
  std::vector<engine::ManifestFile> files;  // Without digests where there is no record.
  std::string weights_sha256;
  std::vector<std::filesystem::path> packed;
};
void PrintModelReport(std::ostream& out, const ModelReport& report);
void PrintModelReportJson(std::ostream& out, const ModelReport& report);

}  // namespace ironscribe::cli
