// Layout, little-endian: u32 magic, u32 version, u32 number of tokens, u32 bytes of all tokens, u32
// number of merges; then per token its u16 size, then the tokens' bytes, then per merge in order of
// rank i32 left, i32 right, i32 result. Special tokens are found again by their spelling.
#include "text/packed_tokenizer.h"

#include <cstring>

#include "io/byte_reader.h"

namespace ironscribe::text {
namespace {

constexpr uint32_t kMagic = 0x4b545349;  // "ISTK"
constexpr uint32_t kVersion = 1;

template <typename T>
void Append(T value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

Status CheckMerge(const Merge& merge, const TokenList& tokens, const io::ByteReader& reader) {
  for (const int32_t id : {merge.left, merge.right, merge.result}) {
    if (id < 0 || static_cast<size_t>(id) >= tokens.size()) {
      return reader.Error("a merge names a token that does not exist");
    }
  }
  const std::string_view left = tokens[static_cast<size_t>(merge.left)];
  const std::string_view right = tokens[static_cast<size_t>(merge.right)];
  const std::string_view result = tokens[static_cast<size_t>(merge.result)];
  const bool joins = result.size() == left.size() + right.size() && result.starts_with(left) &&
                     result.ends_with(right);
  return joins ? OkStatus() : reader.Error("a merge's two tokens do not make up its result");
}

Result<TokenList> ReadTokens(uint32_t num_tokens, uint32_t size_bytes, io::ByteReader& reader) {
  ASSIGN_OR_RETURN(const io::Bytes sizes, reader.ReadBytes(uint64_t{num_tokens} * 2));
  ASSIGN_OR_RETURN(const std::string_view bytes, reader.ReadString(size_bytes));
  TokenList tokens;
  tokens.Reserve(num_tokens, size_bytes);
  size_t offset = 0;
  for (uint32_t i = 0; i < num_tokens; ++i) {
    uint16_t size;
    std::memcpy(&size, sizes.data() + size_t{i} * 2, 2);
    if (size > bytes.size() - offset) return reader.Error("the tokens are longer than their block");
    tokens.Add(bytes.substr(offset, size));
    offset += size;
  }
  if (offset != bytes.size()) return reader.Error("the tokens are shorter than their block");
  return tokens;
}

}  // namespace

std::string PackTokenizer(const TokenList& tokens, std::span<const Merge> merges) {
  std::string out;
  out.reserve(20 + tokens.size() * 2 + tokens.bytes().size() + merges.size() * sizeof(Merge));
  Append(kMagic, out);
  Append(kVersion, out);
  Append(static_cast<uint32_t>(tokens.size()), out);
  Append(static_cast<uint32_t>(tokens.bytes().size()), out);
  Append(static_cast<uint32_t>(merges.size()), out);
  for (size_t i = 0; i < tokens.size(); ++i) Append(static_cast<uint16_t>(tokens[i].size()), out);
  out.append(tokens.bytes());
  for (const Merge& merge : merges) {
    Append(merge.left, out);
    Append(merge.right, out);
    Append(merge.result, out);
  }
  return out;
}

Result<PackedTokenizer> UnpackTokenizer(std::string_view bytes) {
  io::ByteReader reader(std::as_bytes(std::span(bytes.data(), bytes.size())), "packed tokenizer");
  ASSIGN_OR_RETURN(const uint32_t magic, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(const uint32_t version, reader.Read<uint32_t>());
  if (magic != kMagic || version != kVersion) return reader.Error("wrong magic or version");
  ASSIGN_OR_RETURN(const uint32_t num_tokens, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(const uint32_t size_bytes, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(const uint32_t num_merges, reader.Read<uint32_t>());
  if (num_tokens > kMaxTokens || num_merges > kMaxTokens) return reader.Error("too many tokens");
  PackedTokenizer packed;
  ASSIGN_OR_RETURN(packed.tokens, ReadTokens(num_tokens, size_bytes, reader));
  ASSIGN_OR_RETURN(const io::Bytes raw, reader.ReadBytes(uint64_t{num_merges} * sizeof(Merge)));
  if (reader.remaining() != 0) return reader.Error("bytes after the end");
  packed.merges.resize(num_merges);
  if (num_merges > 0) std::memcpy(packed.merges.data(), raw.data(), raw.size());
  for (const Merge& merge : packed.merges)
    RETURN_IF_ERROR(CheckMerge(merge, packed.tokens, reader));
  return packed;
}

}  // namespace ironscribe::text
