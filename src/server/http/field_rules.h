// What header fields may be made of (RFC 9110, section 5). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "api/headers.h"

namespace ironscribe::server {

// A token: letters, digits and some signs, at least one.
bool IsToken(std::string_view text);
// No control characters but tabs.
bool IsFieldValue(std::string_view text);
// A name or address with an optional port, as far as its characters go.
bool IsHost(std::string_view text);
std::string LowerCase(std::string_view text);
bool EqualsIgnoringCase(std::string_view a, std::string_view b);
// Whether a field that is a list, such as `connection`, has that item in any of its lines.
bool ListHas(const api::Headers& headers, std::string_view name, std::string_view item);

// Printable ASCII without spaces, at most 128 bytes: safe in logs and in replies.
bool IsSaneRequestId(std::string_view text);
// 128 random bits in hexadecimal.
std::string MakeRequestId();

// The method if it is one of HTTP's, otherwise "OTHER".
std::string_view MethodLabel(std::string_view method);

}  // namespace ironscribe::server
