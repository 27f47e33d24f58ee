// Where requests may go that clients make the server send: an operator's list of hosts, and which
// addresses these may have.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "net/address_range.h"

namespace ironscribe::net {

// A URL of http or https without user, password and fragment.
struct HttpUrl {
  std::string text;  // As libcurl writes it: what was checked is what is asked for.
  bool tls = true;
  std::string host;  // In lower case; an address of IPv6 without brackets.
  uint16_t port = 0;

  // Errors: InvalidArgument, without a word of the text, which may be a secret.
  static Result<HttpUrl> Parse(std::string_view text);
};

// One entry of the list: `[http://]HOST[:PORT][@RANGE]`. HOST is a name, `*.NAME` (all names below
// it), or an address. Without `http://` it is https, without PORT the port of its scheme. Addresses
// that are not public are reached only where RANGE has them.
struct AllowedHost {
  bool tls = true;
  std::string host;
  bool below = false;  // `host` is what names end with.
  uint16_t port = 0;
  std::vector<AddressRange> ranges;  // At most one.

  // Errors: InvalidArgument.
  static Result<AllowedHost> Parse(std::string_view text);
  bool Names(const HttpUrl& url) const;
  // Whether a connection for it may go to that address.
  bool MayReach(std::string_view address) const;
};

// An immutable value.
class OutboundRules {
 public:
  OutboundRules() = default;
  explicit OutboundRules(std::vector<AllowedHost> hosts) : hosts_(std::move(hosts)) {}
  // Errors: InvalidArgument with the entry.
  static Result<OutboundRules> Parse(const std::vector<std::string>& entries);

  bool empty() const { return hosts_.empty(); }
  // The entry that lets a request out; the first that names it. Errors: PermissionDenied.
  Result<const AllowedHost*> Find(const HttpUrl& url) const;
  // Whether the text is a URL that an entry names. Errors: InvalidArgument, PermissionDenied.
  Status Check(std::string_view url) const;

 private:
  std::vector<AllowedHost> hosts_;
};

}  // namespace ironscribe::net
