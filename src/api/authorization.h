// Who a request is from and whether it may: keys as clients of each protocol send them, anonymous
// identities by listener and address.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/key_store.h"
#include "api/identity.h"
#include "api/router.h"
#include "net/address_range.h"

namespace ironscribe::api {

// The secret that a request shows: `Authorization: Bearer S` (OpenAI), `Token S` (Deepgram),
// `api-key` (Azure) or `x-api-key`. Nothing if there is none; Unauthenticated for a scheme that
// nobody here understands, and for two that differ.
Result<std::optional<std::string>> FindSecret(const Headers& headers);

struct AccessRules {
  // The listeners whose requests need no key, and from where (empty: from everywhere).
  std::set<std::string> anonymous_listeners{};
  std::vector<net::AddressRange> anonymous_addresses{};
  // The only one on which routes of RouteAccess::kAdmin exist; "": there is none. Nobody is
  // anonymous there.
  std::string admin_listener{};
};

// The Authorizer of a server. Immutable; safe from every thread, blocks nowhere.
class Authorization {
 public:
  // `keys` outlives it.
  Authorization(accounts::KeyStore& keys, AccessRules rules)
      : keys_(keys), rules_(std::move(rules)), anonymous_(AnonymousIdentity()) {}

  // A key that is good counts where none is needed too; one that is not is left out of account
  // there, because clients of OpenAI cannot but send one. Errors: Unauthenticated;
  // PermissionDenied for a key without the route's scope; NotFound for routes of another listener.
  Access Authorize(const RequestHead& head, const Route& route) const;

 private:
  bool MayBeAnonymous(const RequestHead& head) const;
  Result<Identity> Find(const RequestHead& head, RouteAccess access) const;

  accounts::KeyStore& keys_;
  const AccessRules rules_;
  const Identity anonymous_;
};

}  // namespace ironscribe::api
