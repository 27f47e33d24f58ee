#include "engine/model_catalog.h"

namespace ironscribe::engine {

const CatalogEntry* FindCatalogEntry(std::string_view name, std::span<const CatalogEntry> catalog) {
  for (const CatalogAlias& alias : ModelAliases()) {
    if (alias.alias == name) name = alias.name;
  }
  for (const CatalogEntry& entry : catalog) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

}  // namespace ironscribe::engine
