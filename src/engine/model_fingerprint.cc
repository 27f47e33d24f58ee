#include "engine/model_fingerprint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/model_digest.h"
#include "formats/registry.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Raised when what packing writes changes, so that older caches are made again.
constexpr int kPackingVersion = 4;

// Files beside the weights that influence the packed model.
constexpr const char* kSideFiles[] = {
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
    "vocabulary.json",
    "vocabulary.txt",
    // Of Vosk, beside am/final.mdl and in the older flat layout.
    "../conf/model.conf",
    "../conf/mfcc.conf",
    "../conf/fbank.conf",
    "../graph/HCLr.fst",
    "../graph/Gr.fst",
    "../graph/HCLG.fst",
    "../graph/words.txt",
    "../graph/disambig_tid.int",
    "../graph/phones/word_boundary.int",
    "../ivector/final.ie",
    "../ivector/final.dubm",
    "../ivector/final.mat",
    "../ivector/global_cmvn.stats",
    "../ivector/online_cmvn.conf",
    "../ivector/splice.conf",
    "mfcc.conf",
    "fbank.conf",
    "HCLr.fst",
    "Gr.fst",
    "HCLG.fst",
    "words.txt",
    "disambig_tid.int",
    "word_boundary.int",
    "ivector/final.ie",
    "ivector/final.dubm",
    "ivector/final.mat",
    "ivector/global_cmvn.stats",
    "ivector/online_cmvn.conf",
    "ivector/splice.conf",
};

// Sorted.
std::vector<fs::path> FilesWithExtension(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// A weight file, or every shard beside an index.
std::vector<fs::path> WeightFilesOf(const fs::path& weight_file) {
  std::vector<fs::path> files = {weight_file};
  if (!weight_file.filename().string().ends_with(".index.json")) return files;
  const std::vector<fs::path> shards =
      FilesWithExtension(weight_file.parent_path(), ".safetensors");
  files.insert(files.end(), shards.begin(), shards.end());
  return files;
}

}  // namespace

Result<ModelFingerprint> FingerprintModel(const fs::path& model_path) {
  ModelFingerprint fingerprint;
  ASSIGN_OR_RETURN(fs::path weight_file, formats::FindWeightFile(model_path));
  if (!weight_file.has_parent_path()) weight_file = "." / weight_file;
  fingerprint.folder = weight_file.parent_path();
  fingerprint.weight_files = WeightFilesOf(weight_file);
  std::vector<fs::path> files = fingerprint.weight_files;
  for (const char* name : kSideFiles) {
    std::error_code error;
    if (fs::exists(fingerprint.folder / name, error)) files.push_back(fingerprint.folder / name);
  }
  const std::vector<fs::path> ranks = FilesWithExtension(fingerprint.folder, ".tiktoken");
  files.insert(files.end(), ranks.begin(), ranks.end());
  for (const fs::path& file : files) {
    ASSIGN_OR_RETURN(const io::FileIdentity identity, io::IdentifyFile(file));
    fingerprint.files.push_back({file.filename().string(), identity});
  }
  return fingerprint;
}

Result<std::string> DigestWeights(const ModelFingerprint& fingerprint) {
  if (fingerprint.weight_files.size() == 1) return Sha256OfFile(fingerprint.weight_files[0]);
  Digest all;
  for (const fs::path& file : fingerprint.weight_files) {
    ASSIGN_OR_RETURN(const std::string digest, Sha256OfFile(file));
    all.Update(digest);
  }
  return all.Finish();
}

std::string PackedMetadataToJson(const PackedMetadata& metadata) {
  json object = {
      {"packing", kPackingVersion}, {"family", metadata.family}, {"model", metadata.model_json}};
  object["files"] = json::array();
  for (const SourceFile& file : metadata.files) {
    object["files"].push_back({{"name", file.name},
                               {"size_bytes", file.identity.size_bytes},
                               {"modified_ns", file.identity.modified_ns},
                               {"changed_ns", file.identity.changed_ns},
                               {"inode", file.identity.inode}});
  }
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<PackedMetadata> PackedMetadataFromJson(std::string_view text) {
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const Status bad = InvalidArgumentError("the packed model's description is damaged");
  if (!object.is_object()) return bad;
  const auto text_of = [&](const json& from, const char* name) -> std::string {
    const auto found = from.find(name);
    return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto version = object.find("packing");
  if (version == object.end() || !version->is_number_integer() || *version != kPackingVersion) {
    return InvalidArgumentError("the packed model was made by another version");
  }
  PackedMetadata metadata{
      .family = text_of(object, "family"), .files = {}, .model_json = text_of(object, "model")};
  const auto files = object.find("files");
  if (files == object.end() || !files->is_array()) return bad;
  for (const json& file : *files) {
    if (!file.is_object()) return bad;
    const auto number = [&](const char* name) {
      const auto found = file.find(name);
      return found != file.end() && found->is_number_integer() ? found->get<int64_t>()
                                                               : int64_t{-1};
    };
    metadata.files.push_back({text_of(file, "name"),
                              {.size_bytes = static_cast<uint64_t>(number("size_bytes")),
                               .modified_ns = number("modified_ns"),
                               .changed_ns = number("changed_ns"),
                               .inode = static_cast<uint64_t>(number("inode"))}});
  }
  return metadata;
}

}  // namespace ironscribe::engine
