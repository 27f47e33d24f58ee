#include "formats/safetensors/safetensors.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "formats/safetensors/header.h"
#include "formats/tensor_table.h"

namespace ironscribe::formats {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kFormat = "safetensors";
// An index repeats the names of all tensors; large-v3's has 110 kB.
constexpr uint64_t kMaxIndexBytes = 16 << 20;
constexpr size_t kMaxShards = 1024;

using WeightMap = std::map<std::string, std::string>;  // Tensor to shard.

Status AddEntry(SafetensorsEntry entry, size_t file, TensorTable* table) {
  return table->Add(std::move(entry.name), StoredTensor{.shape = std::move(entry.shape),
                                                        .encoding = entry.encoding,
                                                        .file = file,
                                                        .bytes = entry.bytes});
}

Result<WeightMap> ReadIndex(const fs::path& path) {
  ASSIGN_OR_RETURN(const std::string text, io::ReadFile(path, kMaxIndexBytes));
  const Json index = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object()) {
    return DataLossError("'" + path.string() + "' is not a safetensors index (no weight_map)");
  }
  WeightMap map;
  for (const auto& [name, shard] : index["weight_map"].items()) {
    if (!shard.is_string()) {
      return DataLossError("'" + path.string() + "': the file of '" + name + "' is not text");
    }
    const auto file = shard.get<std::string>();
    // Shards lie beside the index; a path would reach anywhere.
    if (file.empty() || file == "." || file == ".." || file.find('/') != std::string::npos ||
        file.find('\\') != std::string::npos || file.find('\0') != std::string::npos) {
      return DataLossError("'" + path.string() + "': shard '" + file +
                           "' is not a plain file name");
    }
    map.emplace(name, file);
  }
  return map;
}

// Adds the tensors of one shard that the index assigns to it and takes them off the map.
Status AddShard(const fs::path& folder, const std::string& shard, WeightMap* map,
                TensorTable* table) {
  ASSIGN_OR_RETURN(const FileBytes file, FileBytes::Map(folder / shard));
  ASSIGN_OR_RETURN(SafetensorsHeader header, ParseSafetensorsHeader(file));
  const size_t index = table->AddFile(file);
  for (auto& [key, value] : header.metadata) table->SetMetadata(key, value);
  for (SafetensorsEntry& entry : header.entries) {
    const auto found = map->find(entry.name);
    if (found == map->end() || found->second != shard) continue;
    map->erase(found);
    RETURN_IF_ERROR(AddEntry(std::move(entry), index, table));
  }
  return OkStatus();
}

Result<std::unique_ptr<WeightSource>> OpenIndex(const fs::path& path) {
  ASSIGN_OR_RETURN(WeightMap map, ReadIndex(path));
  std::set<std::string> shards;
  for (const auto& [name, shard] : map) shards.insert(shard);
  if (shards.size() > kMaxShards) {
    return ResourceExhaustedError("'" + path.string() + "' lists " + std::to_string(shards.size()) +
                                  " shards, the limit is " + std::to_string(kMaxShards));
  }
  auto table = std::make_unique<TensorTable>(kFormat);
  for (const std::string& shard : shards) {
    RETURN_IF_ERROR(AddShard(path.parent_path(), shard, &map, table.get())
                        .Annotate("cannot read a shard of '" + path.string() + "'"));
  }
  if (!map.empty()) {
    const auto& [name, shard] = *map.begin();
    return DataLossError("'" + path.string() + "': tensor '" + name + "' is not in its shard '" +
                         shard + "'");
  }
  table->Finish();
  return std::unique_ptr<WeightSource>(std::move(table));
}

}  // namespace

Result<std::unique_ptr<WeightSource>> OpenSafetensors(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    const fs::path single = path / "model.safetensors";
    return OpenSafetensors(fs::exists(single, error) ? single
                                                     : path / "model.safetensors.index.json");
  }
  ASSIGN_OR_RETURN(FileBytes file, FileBytes::Map(path));
  // An index is text, and a file's header length puts '{' at offset 8.
  if (!file.bytes().empty() && file.bytes()[0] == std::byte{'{'} &&
      (file.bytes().size() <= 8 || file.bytes()[8] != std::byte{'{'})) {
    return OpenIndex(path);
  }
  return ParseSafetensors(std::move(file));
}

Result<std::unique_ptr<WeightSource>> ParseSafetensors(FileBytes file) {
  ASSIGN_OR_RETURN(SafetensorsHeader header, ParseSafetensorsHeader(file));
  auto table = std::make_unique<TensorTable>(kFormat);
  const size_t index = table->AddFile(std::move(file));
  for (auto& [key, value] : header.metadata) table->SetMetadata(key, std::move(value));
  for (SafetensorsEntry& entry : header.entries) {
    RETURN_IF_ERROR(AddEntry(std::move(entry), index, table.get()));
  }
  table->Finish();
  return std::unique_ptr<WeightSource>(std::move(table));
}

}  // namespace ironscribe::formats
