#include "engine/model_digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>

#include "base/check.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

// Between two looks at the stop token; also what is dropped from memory behind the hash.
constexpr size_t kChunkBytes = 8 << 20;
constexpr size_t kSha256HexDigits = 64;

std::string Hex(std::basic_string_view<unsigned char> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

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

struct Digest::State {
  EVP_MD_CTX* context = nullptr;
};

Digest::Digest(Kind kind) : state_(std::make_unique<State>()) {
  state_->context = EVP_MD_CTX_new();
  IRONSCRIBE_CHECK(state_->context != nullptr);
  const EVP_MD* method = kind == Kind::kSha256 ? EVP_sha256() : EVP_sha1();
  IRONSCRIBE_CHECK(EVP_DigestInit_ex(state_->context, method, nullptr) == 1);
}

Digest::~Digest() { EVP_MD_CTX_free(state_->context); }

void Digest::Update(io::Bytes bytes) {
  if (bytes.empty()) return;
  IRONSCRIBE_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

void Digest::Update(std::string_view bytes) {
  Update(io::Bytes(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()));
}

std::string Digest::Finish() {
  unsigned char value[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  IRONSCRIBE_CHECK(EVP_DigestFinal_ex(state_->context, value, &size) == 1);
  return Hex({value, size});
}

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
