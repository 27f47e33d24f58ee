#include "net/address_range.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>

namespace ironscribe::net {
namespace {

using Bytes = std::array<uint8_t, 16>;

// How many bytes the address has, 0 for what is none.
size_t ReadAddress(std::string_view text, Bytes& bytes) {
  const std::string terminated(text);
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) return 4;
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return 16;
  return 0;
}

// The bit of that index, the first one of the first byte being 0.
bool BitOf(const Bytes& bytes, size_t index) {
  return (bytes[index / 8] >> (7 - index % 8) & 1) != 0;
}

std::optional<int> ReadPrefix(std::string_view text, size_t num_bits) {
  int prefix = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), prefix);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || prefix < 0 || prefix > static_cast<int>(num_bits)) return std::nullopt;
  return prefix;
}

}  // namespace

Result<AddressRange> AddressRange::Parse(std::string_view text) {
  AddressRange range;
  const size_t slash = text.find('/');
  range.num_bytes_ = ReadAddress(text.substr(0, slash), range.bytes_);
  const size_t num_bits = range.num_bytes_ * 8;
  std::optional<int> prefix = static_cast<int>(num_bits);
  if (slash != std::string_view::npos) prefix = ReadPrefix(text.substr(slash + 1), num_bits);
  if (range.num_bytes_ == 0 || !prefix.has_value()) {
    return InvalidArgumentError(
        fmt::format("'{}' is no range of addresses, such as 10.0.0.0/8 or 2001:db8::/32", text));
  }
  range.prefix_bits_ = *prefix;
  for (auto bit = static_cast<size_t>(*prefix); bit < num_bits; ++bit) {
    if (BitOf(range.bytes_, bit)) {
      return InvalidArgumentError(fmt::format(
          "'{}' has bits set behind its first {}; is another range meant?", text, *prefix));
    }
  }
  return range;
}

bool AddressRange::Contains(std::string_view address) const {
  Bytes bytes{};
  if (ReadAddress(address, bytes) != num_bytes_) return false;
  for (size_t bit = 0; bit < static_cast<size_t>(prefix_bits_); ++bit) {
    if (BitOf(bytes, bit) != BitOf(bytes_, bit)) return false;
  }
  return true;
}

}  // namespace ironscribe::net
