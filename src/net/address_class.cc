#include "net/address_class.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "net/address_range.h"

namespace ironscribe::net {
namespace {

// Of IPv4 everything is public but these.
constexpr std::string_view kSpecial4[] = {
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4"};
// Of IPv6 only what is given out (2000::/3), but these.
constexpr std::string_view kGlobal6 = "2000::/3";
constexpr std::string_view kSpecial6[] = {"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"};

std::vector<AddressRange> SpecialRanges() {
  std::vector<AddressRange> ranges;
  const auto add = [&ranges](std::string_view text) {
    auto range = AddressRange::Parse(text);
    IRONSCRIBE_CHECK(range.ok());
    ranges.push_back(*std::move(range));
  };
  for (const std::string_view text : kSpecial4) add(text);
  for (const std::string_view text : kSpecial6) add(text);
  return ranges;
}

}  // namespace

std::string UnmappedAddress(std::string_view address) {
  std::string text(address);
  std::array<uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::memcmp(bytes.data(), kMapped.data(), kMapped.size()) != 0) return text;
  std::array<char, INET_ADDRSTRLEN> plain{};
  inet_ntop(AF_INET, bytes.data() + kMapped.size(), plain.data(), plain.size());
  return plain.data();
}

bool IsPublicAddress(std::string_view address) {
  static const std::vector<AddressRange> special = SpecialRanges();
  static const AddressRange global6 = *AddressRange::Parse(kGlobal6);
  static const AddressRange all4 = *AddressRange::Parse("0.0.0.0/0");
  const std::string plain = UnmappedAddress(address);
  if (!all4.Contains(plain) && !global6.Contains(plain)) return false;
  return std::none_of(special.begin(), special.end(),
                      [&](const AddressRange& range) { return range.Contains(plain); });
}

}  // namespace ironscribe::net
