// Models from a hub that speaks the Hugging Face protocol: a file list by repository and revision,
// then the files. Everything the hub says is checked: names, counts, sizes, and digests where it
// gives them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/model_http.h"
#include "engine/model_manifest.h"
#include "engine/model_source.h"

namespace ironscribe::engine {

inline constexpr std::string_view kDefaultHubUrl = "https://huggingface.co";

struct HubFile {
  std::string name;
  std::optional<uint64_t> size_bytes = {};
  std::string sha256 = {};       // Empty for small files, which are not in large-file storage.
  std::string git_blob_id = {};  // SHA-1 of git, for the small ones; may be empty.
};

struct HubListing {
  std::string commit;          // What the revision stands for; files are asked for by it.
  std::string licence;         // As the repository's card says, or empty.
  std::vector<HubFile> files;  // Those at the top of the repository.
};

// Parses the hub's answer. Errors: DataLoss for anything but a listing with plain names and sane
// sizes.
Result<HubListing> ParseHubListing(std::string_view json, std::string_view url);

// The files a model needs: one set of weights (model.bin, else safetensors whole or in shards, else
// pytorch_model.bin), its configuration and its tokenizer. Errors: NotFound when there are no
// weights this program reads.
Result<std::vector<HubFile>> SelectModelFiles(const HubListing& listing);

// Whether `text` is "owner/name" in the letters that hubs allow.
bool IsHubRepository(std::string_view text);

struct HubRequest {
  std::string hub_url{kDefaultHubUrl};
  std::string repository;
  std::string revision = "main";
  // File name to SHA-256 that the user insists on.
  std::map<std::string, std::string> pinned_sha256;
  HttpOptions http;
};

// Fills folders.staging and returns its record, without the fields name and installed_at.
// Unfinished files stay in folders.downloads under their digest, and the next call with the same
// folder goes on with them; files that turn out wrong are removed. Errors: DataLoss with both sums
// when one does not match, Unavailable naming the URL and the remedy when the hub does not answer.
Result<ModelManifest> FetchFromHub(const HubRequest& request, const PullFolders& folders,
                                   const PullCallbacks& callbacks);

}  // namespace ironscribe::engine
