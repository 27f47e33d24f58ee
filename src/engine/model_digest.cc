#include "engine/model_digest.h"

#include <algorithm>
#include <cctype>

#include "io/file.h"

namespace ironscribe::engine {
namespace {

// Between two looks at the stop token; also what is dropped from memory behind the hash.
constexpr size_t kChunkBytes = 8 << 20;
constexpr size_t kSha256HexDigits = 64;

Status UpdateFromFile(const std::filesystem::path& path, std::stop_token stop, Digest& digest) {
  ASSIGN_OR_RETURN(const auto file, io::MappedFile::Open(path));
  io::Bytes left = file->bytes();
  while (!left.empty()) {
    if (stop.stop_requested()) return CancelledError("interrupted");
    const io::Bytes chunk = left.first(std::min(left.size(), kChunkBytes));
    digest.Update(chunk);
    file->Evict(chunk);
    left = left.subspan(chunk.size());
  }
  return OkStatus();
}

}  // namespace

Result<std::string> Sha256OfFile(const std::filesystem::path& path, std::stop_token stop) {
  Digest digest;
  RETURN_IF_ERROR(UpdateFromFile(path, stop, digest));
  return digest.Finish();
}

Result<std::string> GitBlobIdOfFile(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const io::FileIdentity identity, io::IdentifyFile(path));
  Digest digest(Digest::Kind::kSha1);
  digest.Update("blob " + std::to_string(identity.size_bytes) + std::string(1, '\0'));
  RETURN_IF_ERROR(UpdateFromFile(path, {}, digest));
  return digest.Finish();
}

bool IsSha256(std::string_view text) {
  return text.size() == kSha256HexDigits &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c); });
}

}  // namespace ironscribe::engine
