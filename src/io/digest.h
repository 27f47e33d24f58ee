// SHA-256 (and SHA-1) of bytes in lower-case hex: what identifies contents.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/byte_reader.h"

namespace ironscribe::io {

// Takes bytes in pieces. One thread at a time.
class Digest {
 public:
  enum class Kind { kSha256, kSha1 };

  explicit Digest(Kind kind = Kind::kSha256);
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void Update(Bytes bytes);
  void Update(std::string_view bytes);
  // The digest of everything so far; call once, last.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The SHA-256 of some bytes.
std::string Sha256(std::string_view bytes);

// HMAC with SHA-256 (RFC 2104): 32 bytes, not in hex.
std::string HmacSha256(std::string_view key, std::string_view message);

// Whether two texts are equal, in a time that tells nothing but their lengths: for secrets and
// their digests.
bool EqualInConstantTime(std::string_view left, std::string_view right);

}  // namespace ironscribe::io
