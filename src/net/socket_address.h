// An address of a socket as text.
#pragma once

#include <sys/socket.h>

#include <string>

namespace ironscribe::net {

// "192.0.2.1", "2001:db8::1"; "" for what is no address of IP.
std::string AddressText(const sockaddr& address);

}  // namespace ironscribe::net
