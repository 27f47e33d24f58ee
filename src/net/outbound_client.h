// Sends the requests that clients make the server send: to hosts of the operator's list only, at
// addresses that were checked, never along a redirect or a proxy.
//
// A name is resolved once for a request, all of its addresses are checked and pinned, and the one
// that is connected to is checked again when its socket is made, so that a name server that
// changes its mind (DNS rebinding) gets nowhere.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "net/name_lookup.h"
#include "net/outbound_rules.h"

namespace ironscribe::net {

struct OutboundOptions {
  int resolve_timeout_ms = 5'000;
  int connect_timeout_ms = 5'000;
  int total_timeout_ms = 10'000;
  // What is slower for that long is given up.
  int stall_bytes_per_second = 1;
  int stall_seconds = 10;
  uint64_t max_reply_bytes = 64 << 10;
  std::string ca_file{};  // PEM; empty: the system's authorities.
  Resolver resolve = &ResolveBySystem;
};

struct OutboundRequest {
  std::string url;
  std::vector<std::string> headers{};  // "name: value"
  std::optional<std::string> body{};   // POSTed; without one it is a GET.
  // Takes the body of an answer of 2xx, in pieces; empty: nobody wants it.
  std::function<Status(std::string_view piece)> sink{};
};

// Immutable; any number of threads.
class OutboundClient {
 public:
  OutboundClient(OutboundRules rules, OutboundOptions options)
      : rules_(std::move(rules)), options_(std::move(options)), names_(options_.resolve) {}

  const OutboundRules& rules() const { return rules_; }
  // The status of HTTP that came; 3xx too, which goes nowhere. Blocks, but not beyond a stop by
  // more than a second, whatever the name server does. Errors name neither URL nor host nor
  // address: InvalidArgument for what is no URL, PermissionDenied for what the rules refuse,
  // Unavailable when there is no (whole) answer or no trust in its certificate, DeadlineExceeded,
  // ResourceExhausted for an answer that is too large, Cancelled, those of the sink.
  Result<int> Send(const OutboundRequest& request, const std::stop_token& stop) const;

 private:
  Result<std::vector<std::string>> Resolve(const HttpUrl& url, const AllowedHost& allowed,
                                           const std::stop_token& stop) const;

  const OutboundRules rules_;
  const OutboundOptions options_;
  const NameLookup names_;
};

}  // namespace ironscribe::net
