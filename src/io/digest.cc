#include "io/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"

namespace ironscribe::io {
namespace {

std::string Hex(std::basic_string_view<unsigned char> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
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

void Digest::Update(Bytes bytes) {
  if (bytes.empty()) return;
  IRONSCRIBE_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

void Digest::Update(std::string_view bytes) {
  Update(Bytes(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()));
}

std::string Digest::Finish() {
  unsigned char value[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  IRONSCRIBE_CHECK(EVP_DigestFinal_ex(state_->context, value, &size) == 1);
  return Hex({value, size});
}

std::string Sha256(std::string_view bytes) {
  Digest digest;
  digest.Update(bytes);
  return digest.Finish();
}

std::string HmacSha256(std::string_view key, std::string_view message) {
  unsigned char value[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  IRONSCRIBE_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                        reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                        value, &size) != nullptr);
  return std::string(reinterpret_cast<const char*>(value), size);
}

bool EqualInConstantTime(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace ironscribe::io
