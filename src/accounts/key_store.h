// API keys: made, found by their secret, rotated, revoked. On the disk there are digests of secrets
// only; a secret is shown once, when it is made.
//
// The digest is one SHA-256: a secret is 256 random bits, which no speed of hashing lets anybody
// guess. Slow hashes protect what people choose, and would cost every request their slowness.
//
// Several processes may have the same store open: the server, and `ironscribe keys` beside it. The
// server sees the other's changes with its next Refresh.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accounts/account_database.h"
#include "accounts/api_key.h"
#include "base/status.h"

namespace ironscribe::accounts {

struct NewKey {
  std::string name{};
  std::string owner{};  // Empty: the key's own id, so that it shares jobs with no other key.
  Scopes scopes{Scope::kTranscribe, Scope::kJobs};
  Quota quota{};
  int64_t expires_ms = 0;
};

// The only time that the secret is seen.
struct CreatedSecret {
  std::string key_id{};
  std::string secret{};
};

// Thread-safe. Authenticate looks into memory only, so it is for network threads; the others use
// the disk. Every change is written to the audit log with it, as done by `actor` (a key's id, or
// "cli").
class KeyStore {
 public:
  // `database` must outlive it.
  static Result<std::unique_ptr<KeyStore>> Open(AccountDatabase& database);

  // The key of that secret. Errors: Unauthenticated for all that is wrong with it, in the same
  // words and about the same time.
  Result<std::shared_ptr<const ApiKey>> Authenticate(std::string_view secret);

  // Takes over what other processes changed and notes when keys were used. Every second or so.
  Status Refresh();

  // Errors: InvalidArgument for names over kMaxNameBytes or with control characters, no scopes,
  // limits that are not positive, an expiry that has passed.
  static constexpr size_t kMaxNameBytes = 100;
  Result<CreatedSecret> Create(const NewKey& key, std::string_view actor);
  // All keys, oldest first, revoked ones too.
  Result<std::vector<ApiKey>> List();
  // By id. Errors: NotFound.
  Result<ApiKey> Get(std::string_view id);
  // Another secret for the key. The present one is accepted for `grace_ms` more; with 0 it ends at
  // once. Errors: NotFound, FailedPrecondition for a key that is not usable, or, unless grace_ms is
  // 0, that has two secrets already.
  Result<CreatedSecret> Rotate(std::string_view id, int64_t grace_ms, std::string_view actor);
  // For good. Revoking what is revoked is fine. Errors: NotFound.
  Status Revoke(std::string_view id, std::string_view actor);

  // When no usable key is an administrator's, makes one: a server nobody can administer is of no
  // use. An empty secret otherwise.
  Result<CreatedSecret> EnsureAdministrator();

 private:
  struct Entry {
    std::string digest;
    int64_t expires_ms = 0;
    std::shared_ptr<const ApiKey> key;
  };
  // By the secret's prefix: comparing digests in constant time is left.
  using Snapshot = std::unordered_multimap<std::string, Entry>;

  explicit KeyStore(AccountDatabase& database) : database_(database) {}
  // Requires: the caller has the database.
  Status Reload(sqlite::Database& database);
  Status WriteLastUsed(sqlite::Database& database);

  AccountDatabase& database_;
  int64_t data_version_ = 0;          // Of what was read last; under the database's lock.
  int64_t last_used_written_ms_ = 0;  // Likewise.
  std::mutex mutex_;                  // Taken last, held for a moment.
  std::shared_ptr<const Snapshot> snapshot_;
  std::unordered_map<std::string, int64_t> last_used_ms_;  // Not written yet.
};

}  // namespace ironscribe::accounts
