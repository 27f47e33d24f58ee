#include "engine/stub_hub.h"

#include <nlohmann/json.hpp>

#include "engine/model_digest.h"

namespace ironscribe::engine {
namespace {

using Json = nlohmann::json;

std::string DigestOf(Digest::Kind kind, const std::string& text) {
  Digest digest(kind);
  digest.Update(text);
  return digest.Finish();
}

std::string ValueOr(const std::map<std::string, std::string>& map, const std::string& key,
                    std::string otherwise) {
  const auto found = map.find(key);
  return found == map.end() ? otherwise : found->second;
}

}  // namespace

std::string StubHub::Listing() const {
  Json siblings =
      Json::array({{{"rfilename", ".gitattributes"}}, {{"rfilename", "onnx/model.onnx"}}});
  for (const auto& [name, content] : files) {
    Json sibling = {{"rfilename", name}};
    if (lists_digests) {
      sibling["size"] = content.size();
      const std::string blob =
          "blob " + std::to_string(content.size()) + std::string(1, '\0') + content;
      sibling["blobId"] = ValueOr(listed_blob_id, name, DigestOf(Digest::Kind::kSha1, blob));
      if (name.ends_with(".bin") || name.ends_with(".safetensors")) {
        const std::string sha256 = DigestOf(Digest::Kind::kSha256, content);
        sibling["lfs"] = {{"sha256", ValueOr(listed_sha256, name, sha256)},
                          {"size", content.size()},
                          {"pointerSize", 130}};
      }
    }
    siblings.push_back(sibling);
  }
  return Json({{"sha", kCommit}, {"cardData", {{"license", "mit"}}}, {"siblings", siblings}})
      .dump();
}

StubHttpServer::Answer StubHub::Answer(const StubHttpServer::Request& request) const {
  if (request.target.starts_with("/api/models/owner/name/revision/")) {
    return {.body = Listing()};
  }
  const std::string prefix = std::string("/owner/name/resolve/") + kCommit + "/";
  if (request.target.starts_with(prefix)) {
    const auto file = files.find(request.target.substr(prefix.size()));
    if (file != files.end()) return StubHttpServer::Serve(request, file->second);
  }
  return {.status = 404, .body = "Entry not found"};
}

}  // namespace ironscribe::engine
