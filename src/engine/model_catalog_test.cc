#include "engine/model_catalog.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/model_digest.h"
#include "engine/model_hub.h"
#include "engine/model_manifest.h"

namespace ironscribe::engine {
namespace {

TEST(ModelCatalogTest, EveryUsualSizeIsKnown) {
  for (const char* name :
       {"tiny", "tiny.en", "base", "base.en", "small", "small.en", "medium", "medium.en",
        "large-v1", "large-v2", "large-v3", "large", "large-v3-turbo", "turbo", "distil-small.en",
        "distil-medium.en", "distil-large-v2", "distil-large-v3"}) {
    EXPECT_NE(FindCatalogEntry(name), nullptr) << name;
  }
  EXPECT_EQ(FindCatalogEntry("large")->name, "large-v3");
  EXPECT_EQ(FindCatalogEntry("turbo")->name, "large-v3-turbo");
  EXPECT_EQ(FindCatalogEntry(""), nullptr);
}

TEST(ModelCatalogTest, EntriesAreConsistent) {
  std::set<std::string_view> names;
  for (const CatalogEntry& entry : ModelCatalog()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.licence.empty()) << entry.name;
    EXPECT_TRUE(entry.hub_repository.empty() || IsHubRepository(entry.hub_repository))
        << entry.name;
    EXPECT_FALSE(entry.hub_repository.empty() && entry.packages.empty()) << entry.name;
    EXPECT_EQ(entry.packages.empty(), entry.files.empty()) << entry.name;
    for (const CatalogPackage& package : entry.packages) {
      EXPECT_TRUE(IsSha256(package.wheel_sha256)) << package.name;
      EXPECT_GT(package.wheel_size_bytes, 0u) << package.name;
    }
    for (const CatalogFile& file : entry.files) {
      EXPECT_TRUE(IsPlainFileName(file.name)) << file.name;
      EXPECT_TRUE(IsSha256(file.sha256)) << entry.name << " " << file.name;
      EXPECT_FALSE(file.members.empty());
      for (const auto& member : file.members) {
        EXPECT_LT(static_cast<size_t>(member.package), entry.packages.size());
      }
    }
  }
  for (const CatalogAlias& alias : ModelAliases()) {
    EXPECT_TRUE(names.contains(alias.name)) << alias.alias;
    EXPECT_FALSE(names.contains(alias.alias)) << alias.alias;
  }
}

}  // namespace
}  // namespace ironscribe::engine
