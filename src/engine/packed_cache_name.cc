#include "engine/packed_cache_name.h"

#include "engine/model_digest.h"

namespace ironscribe::engine {
namespace {

std::string ShortDigest(std::string_view text, size_t length) {
  Digest digest;
  digest.Update(text);
  return digest.Finish().substr(0, length);
}

}  // namespace

std::string PackedCachePrefix(const std::filesystem::path& model_path) {
  std::error_code error;
  std::filesystem::path absolute = std::filesystem::canonical(model_path, error);
  if (error) absolute = std::filesystem::absolute(model_path, error);
  // 128 bits of the digest: two paths never meet by chance.
  return ShortDigest(absolute.string(), 32);
}

std::string PackedCacheName(const std::filesystem::path& model_path, std::string_view compute,
                            std::string_view alignment_heads) {
  std::string name = PackedCachePrefix(model_path) + "-" + std::string(compute);
  if (!alignment_heads.empty()) name += "-" + ShortDigest(alignment_heads, 8);
  return name + ".pack";
}

}  // namespace ironscribe::engine
