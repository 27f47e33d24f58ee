// Whether an address is of the internet at large, or of this machine, its network, or nobody: what
// a client names must not lead to the latter (server-side request forgery).
#pragma once

#include <string>
#include <string_view>

namespace ironscribe::net {

// An address of IPv4 in the clothes of IPv6 (::ffff:10.0.0.1) as IPv4, all others as they are.
std::string UnmappedAddress(std::string_view address);

// False for all that the registries of special-purpose addresses (RFC 6890 and IANA's tables of
// 2024) do not call globally reachable, for multicast, for IPv6 that carries an address of IPv4
// (6to4, Teredo, NAT64), and for what is no address.
bool IsPublicAddress(std::string_view address);

}  // namespace ironscribe::net
