// The byte strings of a vocabulary in one block: fast to build, to look up and to write out.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ironscribe::text {

// Bounds on vocabularies from outside: several times the largest of speech models (the longest
// token of a published one has 128 bytes). Together they keep a TokenList below 2^32 bytes.
inline constexpr int kMaxTokens = 1 << 19;
inline constexpr size_t kMaxTokenBytes = 4096;

class TokenList {
 public:
  TokenList() = default;
  explicit TokenList(std::span<const std::string> tokens) {
    for (const std::string& token : tokens) Add(token);
  }

  void Reserve(size_t num_tokens, size_t size_bytes) {
    ends_.reserve(num_tokens);
    bytes_.reserve(size_bytes);
  }
  // Requires: fewer than 2^32 bytes altogether.
  void Add(std::string_view token) {
    bytes_.append(token);
    ends_.push_back(static_cast<uint32_t>(bytes_.size()));
  }

  size_t size() const { return ends_.size(); }
  std::string_view operator[](size_t index) const {
    const uint32_t start = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(bytes_).substr(start, ends_[index] - start);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::vector<uint32_t> ends_;
};

}  // namespace ironscribe::text
