// A range of addresses in the notation of RFC 4632 and RFC 4291: "10.0.0.0/8", "2001:db8::/32", or
// one address.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/status.h"

namespace ironscribe::net {

// A plain value, immutable.
class AddressRange {
 public:
  // Errors: InvalidArgument, also for bits set behind the prefix, which are a slip more often than
  // meant.
  static Result<AddressRange> Parse(std::string_view text);

  // `address` as text, without brackets and port. What is no address is in no range.
  bool Contains(std::string_view address) const;

 private:
  std::array<uint8_t, 16> bytes_{};
  size_t num_bytes_ = 0;  // 4 or 16
  int prefix_bits_ = 0;
};

}  // namespace ironscribe::net
