// Base64 (RFC 4648), with '+' and '/'.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ironscribe::text {

// The decoded bytes; padding is optional and "=" alone is the empty string. Nothing for other
// characters or an impossible length.
std::optional<std::string> DecodeBase64(std::string_view encoded);

// With padding.
std::string EncodeBase64(std::string_view bytes);

}  // namespace ironscribe::text
