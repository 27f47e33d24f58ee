#include "api/authorization.h"

#include <gtest/gtest.h>

#include "accounts/test_accounts.h"
#include "api/listener_switch.h"
#include "api/test_backend.h"

namespace ironscribe::api {
namespace {

using accounts::Must;
using accounts::Scope;

// Listeners "open" (nobody needs a key), "closed" and "admin".
class AuthorizationTest : public testing::Test {
 protected:
  std::string MakeKey(accounts::Scopes scopes) {
    auto created = Must(keys_->Create({.name = "k", .owner = "team", .scopes = scopes}, "test"));
    last_id_ = created.key_id;
    return created.secret;
  }

  static RequestHead Head(const std::string& listener, Headers headers = {}) {
    return {.headers = std::move(headers), .peer_address = "10.1.2.3", .listener = listener};
  }

  Access Ask(const RequestHead& head, RouteAccess access,
             std::optional<Scope> scope = Scope::kTranscribe) const {
    Route route;
    route.access = access;
    route.scope = scope;
    return Authorization(*keys_, rules_).Authorize(head, route);
  }
  StatusCode Code(const RequestHead& head, RouteAccess access = RouteAccess::kKey,
                  std::optional<Scope> scope = Scope::kTranscribe) const {
    return Ask(head, access, scope).status.code();
  }

  accounts::TestAccounts accounts_;
  std::unique_ptr<accounts::KeyStore> keys_ = Must(accounts::KeyStore::Open(*accounts_.database));
  std::string last_id_;
  AccessRules rules_{.anonymous_listeners = {"open"}, .admin_listener = "admin"};
};

TEST_F(AuthorizationTest, KeysComeAsClientsOfEveryProtocolSendThem) {
  const std::string secret = MakeKey({Scope::kTranscribe});
  for (const Headers& headers :
       {Headers{{"authorization", "Bearer " + secret}},
        Headers{{"authorization", "bearer  " + secret + " "}},
        Headers{{"authorization", "Token " + secret}}, Headers{{"api-key", secret}},
        Headers{{"x-api-key", secret}},
        Headers{{"authorization", "Bearer " + secret}, {"api-key", secret}}}) {
    const Access access = Ask(Head("closed", headers), RouteAccess::kKey);
    ASSERT_TRUE(access.status.ok()) << access.status.message();
    EXPECT_EQ(access.identity.key_id(), last_id_);
    EXPECT_EQ(access.identity.owner(), "team");
  }
}

TEST_F(AuthorizationTest, WhatIsNoGoodKeyIsRefused) {
  const std::string secret = MakeKey({Scope::kTranscribe});
  for (const Headers& headers :
       {Headers{}, Headers{{"authorization", "Bearer isk_wrong"}},
        Headers{{"authorization", secret}}, Headers{{"authorization", "Basic " + secret}},
        Headers{{"authorization", "Bearer"}}, Headers{{"authorization", ""}},
        Headers{{"api-key", ""}},
        Headers{{"authorization", "Bearer " + secret}, {"api-key", "isk_other"}},
        Headers{{"authorization", "Bearer " + secret}, {"authorization", "Bearer x"}}}) {
    EXPECT_EQ(Code(Head("closed", headers)), StatusCode::kUnauthenticated);
  }
  Must(keys_->Revoke(last_id_, "test"));
  EXPECT_EQ(Code(Head("closed", {{"api-key", secret}})), StatusCode::kUnauthenticated);
}

TEST_F(AuthorizationTest, ScopesAreAskedFor) {
  const Headers headers = {{"api-key", MakeKey({Scope::kTranscribe})}};
  EXPECT_EQ(Code(Head("closed", headers), RouteAccess::kKey, Scope::kJobs),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(Code(Head("closed", headers), RouteAccess::kKey, std::nullopt), StatusCode::kOk);
  const Access refused = Ask(Head("admin", headers), RouteAccess::kAdmin, Scope::kModels);
  EXPECT_EQ(refused.status.code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(refused.identity.key_id(), last_id_) << "who tried is known";
  const Headers admin = {{"api-key", MakeKey({Scope::kAdmin})}};
  EXPECT_EQ(Code(Head("admin", admin), RouteAccess::kAdmin, Scope::kModels), StatusCode::kOk);
}

TEST_F(AuthorizationTest, AnonymousIsWhoNeedsNoKeyThere) {
  const Access access = Ask(Head("open"), RouteAccess::kKey);
  ASSERT_TRUE(access.status.ok());
  EXPECT_EQ(access.identity.key_id(), kAnonymousId);
  EXPECT_TRUE(access.identity.Allows(Scope::kTranscribe));
  EXPECT_FALSE(access.identity.Allows(Scope::kUsage));
  EXPECT_EQ(Code(Head("closed")), StatusCode::kUnauthenticated);
  // Clients cannot but send something.
  EXPECT_EQ(Code(Head("open", {{"authorization", "Bearer none"}})), StatusCode::kOk);
  EXPECT_EQ(Code(Head("open", {{"authorization", "Basic none"}})), StatusCode::kOk);
  // Who shows a good key is who it says.
  const std::string secret = MakeKey({Scope::kTranscribe});
  EXPECT_EQ(Ask(Head("open", {{"api-key", secret}}), RouteAccess::kKey).identity.key_id(),
            last_id_);
}

TEST_F(AuthorizationTest, AnonymousMayBeBoundToAddresses) {
  rules_.anonymous_addresses = {Must(net::AddressRange::Parse("10.0.0.0/8")),
                                Must(net::AddressRange::Parse("::1"))};
  RequestHead head = Head("open");
  EXPECT_EQ(Code(head), StatusCode::kOk);
  head.peer_address = "::1";
  EXPECT_EQ(Code(head), StatusCode::kOk);
  head.peer_address = "192.0.2.1";
  EXPECT_EQ(Code(head), StatusCode::kUnauthenticated);
  head.peer_address = "";
  EXPECT_EQ(Code(head), StatusCode::kUnauthenticated);
}

TEST_F(AuthorizationTest, AdministrationIsOnItsListenerOnlyAndNeverAnonymous) {
  rules_.anonymous_listeners.insert("admin");
  const Headers admin = {{"api-key", MakeKey({Scope::kAdmin})}};
  EXPECT_EQ(Code(Head("admin"), RouteAccess::kAdmin), StatusCode::kUnauthenticated);
  EXPECT_EQ(Code(Head("open", admin), RouteAccess::kAdmin), StatusCode::kNotFound);
  EXPECT_EQ(Code(Head("closed", admin), RouteAccess::kAdmin), StatusCode::kNotFound);
  EXPECT_EQ(Code(Head("admin", admin), RouteAccess::kKey), StatusCode::kNotFound);
  // Without an admin listener nothing is one, whatever it is called.
  rules_.admin_listener = "";
  EXPECT_EQ(Code(Head("", admin), RouteAccess::kAdmin), StatusCode::kNotFound);
}

TEST_F(AuthorizationTest, PublicRoutesAskNobody) {
  const Access access = Ask(Head("closed"), RouteAccess::kPublic);
  ASSERT_TRUE(access.status.ok());
  EXPECT_EQ(access.identity.key_id(), "");
  EXPECT_FALSE(access.identity.Allows(Scope::kTranscribe));
}

TEST(ListenerSwitchTest, EachListenerHasItsService) {
  TestBackend first;
  TestBackend second;
  const auto add = [](Router& router, const char* path) {
    router.Add({.method = "GET",
                .pattern = path,
                .access = RouteAccess::kPublic,
                .handle = [](const RouteRequest&) -> RouteOutcome { return Reply{}; },
                .refuse = PlainErrorReply});
  };
  add(first.router, "/first");
  add(second.router, "/second");
  ListenerSwitch listeners(first.router, {{"second", &second.router}});
  const auto route = [&](const char* listener, const char* path) {
    return listeners.Admit({.method = "GET", .path = path, .listener = listener}).route;
  };
  EXPECT_EQ(route("", "/first"), "/first");
  EXPECT_EQ(route("third", "/first"), "/first");
  EXPECT_EQ(route("second", "/second"), "/second");
  EXPECT_EQ(route("second", "/first"), "unknown");
}

}  // namespace
}  // namespace ironscribe::api
