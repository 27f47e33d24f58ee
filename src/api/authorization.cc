#include "api/authorization.h"

#include <algorithm>
#include <utility>

namespace ironscribe::api {
namespace {

constexpr std::string_view kSchemes[] = {"bearer", "token"};

std::string_view WithoutSpace(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool IsScheme(std::string_view text, std::string_view scheme) {
  return std::equal(text.begin(), text.end(), scheme.begin(), scheme.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

Status Unauthenticated(std::string message) {
  return Status(StatusCode::kUnauthenticated, std::move(message));
}

// Of "Bearer S".
Result<std::string> SecretOf(std::string_view authorization) {
  const size_t space = authorization.find(' ');
  const std::string_view scheme = authorization.substr(0, space);
  const bool known =
      std::any_of(std::begin(kSchemes), std::end(kSchemes),
                  [scheme](std::string_view other) { return IsScheme(scheme, other); });
  if (!known || space == std::string_view::npos) {
    return Unauthenticated("send the key as 'Authorization: Bearer KEY'");
  }
  return std::string(WithoutSpace(authorization.substr(space)));
}

}  // namespace

Result<std::optional<std::string>> FindSecret(const Headers& headers) {
  std::optional<std::string> secret;
  for (const Header& field : headers) {
    std::string shown;
    if (field.name == "authorization") {
      ASSIGN_OR_RETURN(shown, SecretOf(WithoutSpace(field.value)));
    } else if (field.name == "api-key" || field.name == "x-api-key") {
      shown = WithoutSpace(field.value);
    } else {
      continue;
    }
    if (secret.has_value() && *secret != shown) {
      return Unauthenticated("the request shows two keys that differ");
    }
    secret = std::move(shown);
  }
  return secret;
}

bool Authorization::MayBeAnonymous(const RequestHead& head) const {
  if (head.listener == rules_.admin_listener ||
      !rules_.anonymous_listeners.contains(head.listener)) {
    return false;
  }
  const auto& ranges = rules_.anonymous_addresses;
  return ranges.empty() || std::any_of(ranges.begin(), ranges.end(), [&](const net::AddressRange& one) {
           return one.Contains(head.peer_address);
         });
}

Result<Identity> Authorization::Find(const RequestHead& head, RouteAccess access) const {
  const bool may_be_anonymous = access == RouteAccess::kKey && MayBeAnonymous(head);
  const auto secret = FindSecret(head.headers);
  if (secret.ok() && secret->has_value()) {
    auto key = keys_.Authenticate(**secret);
    if (key.ok()) return Identity(*std::move(key));
    if (!may_be_anonymous) return key.status();
  }
  if (may_be_anonymous) return anonymous_;
  RETURN_IF_ERROR(secret.status());
  return Unauthenticated("a key is needed: send it as 'Authorization: Bearer KEY'");
}

Access Authorization::Authorize(const RequestHead& head, const Route& route) const {
  if (route.access == RouteAccess::kPublic) return Identity();
  const bool on_admin_listener =
      !rules_.admin_listener.empty() && head.listener == rules_.admin_listener;
  if (on_admin_listener != (route.access == RouteAccess::kAdmin)) {
    return {NotFoundError("there is nothing at this path"), {}};
  }
  Access access(Find(head, route.access));
  if (access.status.ok() && route.scope.has_value() && !access.identity.Allows(*route.scope)) {
    access.status = PermissionDeniedError("the key does not allow this; it lacks the scope '" +
                                          accounts::Scopes{*route.scope}.ToString() + "'");
  }
  return access;
}

}  // namespace ironscribe::api
