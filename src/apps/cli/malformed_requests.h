// For tests: requests to every route of a server, bent by seed in the ways that clients, proxies
// and attackers bend them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::cli {

struct RoutedRequest {
  std::string method;
  std::string path;
  std::string access;  // A header line that lets the request in; may be empty.
};

// The kinds of mutation, in turn by seed; the same seed gives the same bytes.
inline constexpr int kNumMutationKinds = 12;
std::string_view MutationName(uint64_t seed);

// A whole conversation of HTTP/1.1, or of HTTP/2 by preface, for one of the routes.
// Requires: routes are not empty.
std::string MalformedConversation(const std::vector<RoutedRequest>& routes, uint64_t seed);

// A sound FLAC file of so many seconds of silence that takes some 14 bytes for four of them.
std::string FlacBomb(int seconds);

}  // namespace ironscribe::cli
