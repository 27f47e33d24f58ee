#include "accounts/key_store.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "accounts/audit_log.h"
#include "accounts/test_accounts.h"
#include "io/digest.h"
#include "io/durable_files.h"

namespace ironscribe::accounts {
namespace {

constexpr int64_t kHourMs = 3'600'000;

StatusCode CodeOf(KeyStore& keys, std::string_view secret) {
  return keys.Authenticate(secret).status().code();
}

TEST(Scopes, RoundTripAndRefuse) {
  const Scopes all = Must(ParseScopes("transcribe,jobs,models,usage,keys,metrics"));
  EXPECT_EQ(all.ToString(), "transcribe,jobs,models,usage,keys,metrics");
  EXPECT_FALSE(all.Allows(Scope::kAdmin));
  EXPECT_TRUE(Scopes({Scope::kAdmin}).Allows(Scope::kModels));
  EXPECT_FALSE(Scopes({Scope::kJobs}).Allows(Scope::kTranscribe));
  for (const char* names : {"", "jobs,", "Jobs", "jobs, models", "root"}) {
    const Status refused = ParseScopes(names).status();
    EXPECT_EQ(refused.code(), StatusCode::kInvalidArgument) << names;
    EXPECT_NE(refused.message().find("transcribe, jobs"), std::string::npos);
  }
}

TEST(KeyStore, ASecretFindsItsKeyAndIsNotOnTheDisk) {
  TestAccounts accounts;
  const auto keys = Must(KeyStore::Open(*accounts.database));
  const NewKey wanted{.name = "newsroom",
                      .owner = "team 7",
                      .scopes = {Scope::kTranscribe},
                      .quota = {.audio_seconds_per_day = 3600.5, .requests_per_minute = 60}};
  const CreatedSecret created = Must(keys->Create(wanted, "cli"));
  EXPECT_TRUE(created.secret.starts_with("isk_"));
  EXPECT_EQ(created.secret.size(), 4u + 43u);
  const auto key = Must(keys->Authenticate(created.secret));
  EXPECT_EQ(key->id, created.key_id);
  EXPECT_EQ(key->name, "newsroom");
  EXPECT_EQ(key->owner, "team 7");
  EXPECT_EQ(key->quota, wanted.quota);
  EXPECT_EQ(key->scopes, wanted.scopes);
  ASSERT_EQ(key->secrets.size(), 1u);
  EXPECT_EQ(key->secrets[0].prefix, created.secret.substr(0, 12));

  std::string wrong = created.secret;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  for (const std::string& secret :
       {wrong, std::string(), std::string("isk_"), created.secret + "A",
        created.secret.substr(0, 46), io::Sha256(created.secret), std::string(100'000, 'x')}) {
    EXPECT_EQ(CodeOf(*keys, secret), StatusCode::kUnauthenticated) << secret.substr(0, 80);
  }
  io::SystemFiles files;
  for (const std::string& name : Must(files.List(accounts.home.path()))) {
    const std::string content = Must(files.Read(accounts.home.path() / name, 1 << 24));
    EXPECT_EQ(content.find(created.secret.substr(13)), std::string::npos) << name;
  }
}

TEST(KeyStore, SecretsDiffer) {
  TestAccounts accounts;
  const auto keys = Must(KeyStore::Open(*accounts.database));
  std::set<std::string> secrets;
  std::set<std::string> owners;
  for (int i = 0; i < 20; ++i) {
    const CreatedSecret created = Must(keys->Create({.name = "same"}, "cli"));
    secrets.insert(created.secret);
    owners.insert(Must(keys->Get(created.key_id)).owner);
  }
  EXPECT_EQ(secrets.size(), 20u);
  EXPECT_EQ(owners.size(), 20u) << "keys share jobs only if they are told to";
  EXPECT_EQ(Must(keys->List()).size(), 20u);
}

TEST(KeyStore, KeysExpire) {
  TestAccounts accounts;
  const auto keys = Must(KeyStore::Open(*accounts.database));
  const CreatedSecret created =
      Must(keys->Create({.name = "x", .expires_ms = accounts.wall_ms + kHourMs}, "cli"));
  accounts.wall_ms += kHourMs - 1;
  EXPECT_EQ(CodeOf(*keys, created.secret), StatusCode::kOk);
  accounts.wall_ms += 1;
  EXPECT_EQ(CodeOf(*keys, created.secret), StatusCode::kUnauthenticated);
  EXPECT_EQ(keys->Rotate(created.key_id, kHourMs, "cli").status().code(),
            StatusCode::kFailedPrecondition);
}

TEST(KeyStore, TwoSecretsLiveAtOnceWhileARotationLasts) {
  TestAccounts accounts;
  const auto keys = Must(KeyStore::Open(*accounts.database));
  const CreatedSecret first = Must(keys->Create({.name = "x"}, "cli"));
  const CreatedSecret second = Must(keys->Rotate(first.key_id, kHourMs, "cli"));
  EXPECT_EQ(second.key_id, first.key_id);
  EXPECT_EQ(CodeOf(*keys, first.secret), StatusCode::kOk);
  EXPECT_EQ(CodeOf(*keys, second.secret), StatusCode::kOk);
  EXPECT_EQ(keys->Rotate(first.key_id, kHourMs, "cli").status().code(),
            StatusCode::kFailedPrecondition);
  accounts.wall_ms += kHourMs;
  EXPECT_EQ(CodeOf(*keys, first.secret), StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeOf(*keys, second.secret), StatusCode::kOk);
  const CreatedSecret third = Must(keys->Rotate(first.key_id, kHourMs, "cli"));
  EXPECT_EQ(Must(keys->Get(first.key_id)).secrets.size(), 2u);
  // Stolen: everything before ends at once.
  const CreatedSecret fourth = Must(keys->Rotate(first.key_id, 0, "cli"));
  EXPECT_EQ(CodeOf(*keys, second.secret), StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeOf(*keys, third.secret), StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeOf(*keys, fourth.secret), StatusCode::kOk);
  EXPECT_EQ(keys->Rotate(first.key_id, -1, "cli").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(keys->Rotate("key_none", 0, "cli").status().code(), StatusCode::kNotFound);
}

TEST(KeyStore, ARevokedKeyIsOfNoUseAndStaysInTheList) {
  TestAccounts accounts;
  const auto keys = Must(KeyStore::Open(*accounts.database));
  const CreatedSecret created = Must(keys->Create({.name = "x"}, "cli"));
  Must(keys->Revoke(created.key_id, "cli"));
  Must(keys->Revoke(created.key_id, "cli"));
  EXPECT_EQ(CodeOf(*keys, created.secret), StatusCode::kUnauthenticated);
  EXPECT_EQ(Must(keys->List())[0].revoked_ms, accounts.wall_ms);
  EXPECT_EQ(keys->Rotate(created.key_id, 0, "cli").status().code(),
            StatusCode::kFailedPrecondition);
  EXPECT_EQ(keys->Revoke("key_none", "cli").code(), StatusCode::kNotFound);
}

TEST(KeyStore, SeesWhatAnotherProcessDidWithTheNextRefresh) {
  TestAccounts accounts;
  const auto server = Must(KeyStore::Open(*accounts.database));
  Must(server->Refresh());
  const auto other_database = accounts.Open();
  const auto other = Must(KeyStore::Open(*other_database));
  const CreatedSecret created = Must(other->Create({.name = "x"}, "cli"));
  Must(server->Refresh());
  EXPECT_EQ(CodeOf(*server, created.secret), StatusCode::kOk);
  Must(other->Revoke(created.key_id, "cli"));
  Must(server->Refresh());
  EXPECT_EQ(CodeOf(*server, created.secret), StatusCode::kUnauthenticated);
}

TEST(KeyStore, NotesWhenAKeyWasUsed) {
  TestAccounts accounts;
  const auto keys = Must(KeyStore::Open(*accounts.database));
  const CreatedSecret created = Must(keys->Create({.name = "x"}, "cli"));
  EXPECT_EQ(Must(keys->Get(created.key_id)).last_used_ms, 0);
  Must(keys->Authenticate(created.secret));
  Must(keys->Refresh());
  EXPECT_EQ(Must(keys->Get(created.key_id)).last_used_ms, accounts.wall_ms);
}

TEST(KeyStore, RefusesWhatIsNoKey) {
  TestAccounts accounts;
  const auto keys = Must(KeyStore::Open(*accounts.database));
  const NewKey kWrong[] = {
      {.name = std::string(101, 'n')},
      {.name = "two\nlines"},
      {.name = "x", .owner = "\x1b[2J"},
      {.name = "x", .scopes = {}},
      {.name = "x", .quota = {.audio_seconds_per_day = 0}},
      {.name = "x", .quota = {.audio_seconds_per_day = std::nan("")}},
      {.name = "x", .quota = {.concurrent_requests = 0}},
      {.name = "x", .quota = {.requests_per_minute = -5}},
      {.name = "x", .expires_ms = accounts.wall_ms},
      {.name = "x", .expires_ms = -1},
  };
  for (const NewKey& key : kWrong) {
    EXPECT_EQ(keys->Create(key, "cli").status().code(), StatusCode::kInvalidArgument) << key.name;
  }
  EXPECT_EQ(keys->Create({.name = "x"}, "").status().code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(Must(keys->List()).empty());
  EXPECT_EQ(keys->Get("key_none").status().code(), StatusCode::kNotFound);
}

TEST(KeyStore, MakesAnAdministratorWhenThereIsNone) {
  TestAccounts accounts;
  const auto keys = Must(KeyStore::Open(*accounts.database));
  Must(keys->Create({.name = "user"}, "cli"));
  const CreatedSecret admin = Must(keys->EnsureAdministrator());
  EXPECT_TRUE(Must(keys->Authenticate(admin.secret))->scopes.Allows(Scope::kAdmin));
  EXPECT_EQ(Must(keys->EnsureAdministrator()).secret, "");
  Must(keys->Revoke(admin.key_id, "cli"));
  EXPECT_NE(Must(keys->EnsureAdministrator()).secret, "");
}

TEST(KeyStore, EveryChangeIsInTheAuditLog) {
  TestAccounts accounts;
  const auto keys = Must(KeyStore::Open(*accounts.database));
  const CreatedSecret created = Must(keys->Create({.name = "x"}, "cli"));
  Must(keys->Rotate(created.key_id, 0, "key_admin"));
  Must(keys->Revoke(created.key_id, "cli"));
  AuditLog audit(*accounts.database);
  const auto lines = Must(audit.Read(0, 10));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[2].action, "key.create");
  EXPECT_EQ(lines[1].action, "key.rotate");
  EXPECT_EQ(lines[1].actor, "key_admin");
  EXPECT_EQ(lines[0].action, "key.revoke");
  for (const AuditLine& line : lines) EXPECT_EQ(line.target, created.key_id);
}

}  // namespace
}  // namespace ironscribe::accounts
