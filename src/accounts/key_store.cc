#include "accounts/key_store.h"

#include <algorithm>
#include <utility>

#include "accounts/audit_log.h"
#include "io/digest.h"
#include "io/random_bytes.h"

namespace ironscribe::accounts {
namespace {

constexpr std::string_view kSecretMark = "isk_";
constexpr size_t kSecretBytes = 32;  // 256 bits.
// Of a secret as text: the mark and 48 bits, which leave 208 to guess.
constexpr size_t kPrefixBytes = 12;
constexpr size_t kIdBytes = 8;
constexpr size_t kMaxSecrets = 2;
constexpr int64_t kLastUsedIntervalMs = 60'000;
// No secret is as long; what is longer is not hashed.
constexpr size_t kMaxSecretTextBytes = 100;

// RFC 4648, section 5, without padding.
std::string Base64Url(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  uint32_t bits = 0;
  int num_bits = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (num_bits += 8; num_bits >= 6; num_bits -= 6) text += kDigits[bits >> (num_bits - 6) & 63];
  }
  if (num_bits > 0) text += kDigits[bits << (6 - num_bits) & 63];
  return text;
}

Status Refused() {
  return Status(StatusCode::kUnauthenticated,
                "the API key is unknown, expired or revoked; ask for a new one");
}

Status NoSuchKey() { return NotFoundError("there is no such key; see: ironscribe keys list"); }

Status CheckName(std::string_view what, std::string_view name) {
  const bool is_clean = std::none_of(name.begin(), name.end(), [](char byte) {
    return static_cast<unsigned char>(byte) < ' ' || byte == 127;
  });
  if (is_clean && name.size() <= KeyStore::kMaxNameBytes) return OkStatus();
  return InvalidArgumentError("the " + std::string(what) + " of a key has " +
                              std::to_string(KeyStore::kMaxNameBytes) +
                              " bytes at most and no control characters");
}

Status CheckNewKey(const NewKey& key, int64_t now_ms) {
  RETURN_IF_ERROR(CheckName("name", key.name));
  RETURN_IF_ERROR(CheckName("owner", key.owner));
  if (key.scopes.empty()) return InvalidArgumentError("a key needs a scope");
  const Quota& quota = key.quota;
  // Written so that what is no number is refused too.
  if ((quota.audio_seconds_per_day && !(*quota.audio_seconds_per_day > 0)) ||
      (quota.concurrent_requests && *quota.concurrent_requests < 1) ||
      (quota.requests_per_minute && *quota.requests_per_minute < 1)) {
    return InvalidArgumentError("a limit of a key is more than 0; leave it out for none");
  }
  if (key.expires_ms < 0 || (key.expires_ms > 0 && key.expires_ms <= now_ms)) {
    return InvalidArgumentError("the key would have expired already");
  }
  return OkStatus();
}

// The keys that a condition with one parameter is true of, with the secrets accepted now.
Result<std::vector<ApiKey>> ReadKeys(sqlite::Database& database, std::string_view condition,
                                     std::string_view value, int64_t now_ms) {
  ASSIGN_OR_RETURN(
      sqlite::Statement row,
      database.Query("SELECT id, name, owner, scopes, audio_seconds_per_day, concurrent_requests, "
                     "requests_per_minute, created_ms, expires_ms, revoked_ms, last_used_ms "
                     "FROM keys WHERE " +
                         std::string(condition) + " ORDER BY number",
                     value));
  std::vector<ApiKey> keys;
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, row.Step());
    if (!has_row) break;
    ApiKey key{.id = row.Text(0),
               .name = row.Text(1),
               .owner = row.Text(2),
               .created_ms = row.Integer(7),
               .expires_ms = row.Integer(8),
               .revoked_ms = row.Integer(9),
               .last_used_ms = row.Integer(10)};
    ASSIGN_OR_RETURN(key.scopes, ParseScopes(row.Text(3)));
    if (!row.IsNull(4)) key.quota.audio_seconds_per_day = row.Real(4);
    if (!row.IsNull(5)) key.quota.concurrent_requests = row.Integer(5);
    if (!row.IsNull(6)) key.quota.requests_per_minute = row.Integer(6);
    keys.push_back(std::move(key));
  }
  for (ApiKey& key : keys) {
    ASSIGN_OR_RETURN(
        sqlite::Statement secret,
        database.Query("SELECT prefix, created_ms, expires_ms FROM secrets WHERE key_id = ? AND "
                       "(expires_ms = 0 OR expires_ms > ?) ORDER BY created_ms, expires_ms DESC",
                       key.id, now_ms));
    while (true) {
      ASSIGN_OR_RETURN(const bool has_secret, secret.Step());
      if (!has_secret) break;
      key.secrets.push_back({.prefix = secret.Text(0),
                             .created_ms = secret.Integer(1),
                             .expires_ms = secret.Integer(2)});
    }
  }
  return keys;
}

Result<ApiKey> ReadKey(sqlite::Database& database, std::string_view id, int64_t now_ms) {
  ASSIGN_OR_RETURN(auto keys, ReadKeys(database, "id = ?", id, now_ms));
  if (keys.empty()) return NoSuchKey();
  return std::move(keys.front());
}

// Makes a secret and keeps its digest.
Result<std::string> InsertSecret(sqlite::Database& database, const std::string& key_id,
                                 int64_t now_ms) {
  ASSIGN_OR_RETURN(const std::string bytes, io::RandomBytes(kSecretBytes));
  std::string secret = std::string(kSecretMark) + Base64Url(bytes);
  RETURN_IF_ERROR(database.Run(
      "INSERT INTO secrets(digest, key_id, prefix, created_ms, expires_ms) VALUES(?, ?, ?, ?, 0)",
      io::Sha256(secret), key_id, secret.substr(0, kPrefixBytes), now_ms));
  return secret;
}

Result<CreatedSecret> InsertKey(sqlite::Database& database, const NewKey& key, int64_t now_ms,
                                std::string_view actor) {
  ASSIGN_OR_RETURN(const std::string hex, io::RandomHex(kIdBytes));
  CreatedSecret created{.key_id = "key_" + hex};
  RETURN_IF_ERROR(database.Run(
      "INSERT INTO keys(id, name, owner, scopes, audio_seconds_per_day, concurrent_requests, "
      "requests_per_minute, created_ms, expires_ms) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
      created.key_id, key.name, key.owner.empty() ? created.key_id : key.owner,
      key.scopes.ToString(), key.quota.audio_seconds_per_day, key.quota.concurrent_requests,
      key.quota.requests_per_minute, now_ms, key.expires_ms));
  ASSIGN_OR_RETURN(created.secret, InsertSecret(database, created.key_id, now_ms));
  RETURN_IF_ERROR(AppendAuditLine(
      database, now_ms, {.actor = actor, .action = "key.create", .target = created.key_id}));
  return created;
}

}  // namespace

Result<std::unique_ptr<KeyStore>> KeyStore::Open(AccountDatabase& database) {
  std::unique_ptr<KeyStore> store(new KeyStore(database));
  RETURN_IF_ERROR(store->Reload(*database.Lock()));
  return store;
}

Result<std::shared_ptr<const ApiKey>> KeyStore::Authenticate(std::string_view secret) {
  if (secret.size() > kMaxSecretTextBytes) return Refused();
  const std::string digest = io::Sha256(secret);
  const std::string prefix(secret.substr(0, kPrefixBytes));
  const int64_t now_ms = database_.NowMs();
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const ApiKey> found;
  const auto [first, last] = snapshot_->equal_range(prefix);
  for (auto entry = first; entry != last; ++entry) {
    const auto& [entry_digest, expires_ms, key] = entry->second;
    if (!io::EqualInConstantTime(entry_digest, digest)) continue;
    if (expires_ms == 0 || now_ms < expires_ms) found = key;
  }
  if (!found || !found->IsUsable(now_ms)) return Refused();
  last_used_ms_[found->id] = now_ms;
  return found;
}

Status KeyStore::Reload(sqlite::Database& database) {
  ASSIGN_OR_RETURN(const auto keys, ReadKeys(database, "?1 = ''", "", database_.NowMs()));
  auto snapshot = std::make_shared<Snapshot>();
  for (const ApiKey& key : keys) {
    if (key.revoked_ms != 0) continue;
    const auto shared = std::make_shared<const ApiKey>(key);
    ASSIGN_OR_RETURN(
        sqlite::Statement row,
        database.Query("SELECT prefix, digest, expires_ms FROM secrets WHERE key_id = ?", key.id));
    while (true) {
      ASSIGN_OR_RETURN(const bool has_row, row.Step());
      if (!has_row) break;
      snapshot->emplace(row.Text(0), Entry{row.Text(1), row.Integer(2), shared});
    }
  }
  const std::lock_guard lock(mutex_);
  snapshot_ = std::move(snapshot);
  return OkStatus();
}

Status KeyStore::Refresh() {
  const auto database = database_.Lock();
  RETURN_IF_ERROR(WriteLastUsed(*database));
  // Changes with every commit of another connection, and costs no reading.
  ASSIGN_OR_RETURN(sqlite::Statement row, database->Query("PRAGMA data_version"));
  RETURN_IF_ERROR(row.Step().status());
  if (row.Integer(0) == data_version_) return OkStatus();
  const int64_t version = row.Integer(0);
  RETURN_IF_ERROR(Reload(*database));
  data_version_ = version;
  return OkStatus();
}

Status KeyStore::WriteLastUsed(sqlite::Database& database) {
  const int64_t now_ms = database_.NowMs();
  // Either way: the clock may have been set back.
  if (std::abs(now_ms - last_used_written_ms_) < kLastUsedIntervalMs) return OkStatus();
  std::unordered_map<std::string, int64_t> last_used_ms;
  {
    const std::lock_guard lock(mutex_);
    last_used_ms.swap(last_used_ms_);
  }
  last_used_written_ms_ = now_ms;
  if (last_used_ms.empty()) return OkStatus();
  ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(database));
  for (const auto& [id, used_ms] : last_used_ms) {
    RETURN_IF_ERROR(database.Run("UPDATE keys SET last_used_ms = ? WHERE id = ?", used_ms, id));
  }
  return transaction.Commit();
}

Result<CreatedSecret> KeyStore::Create(const NewKey& key, std::string_view actor) {
  const int64_t now_ms = database_.NowMs();
  RETURN_IF_ERROR(CheckNewKey(key, now_ms));
  const auto database = database_.Lock();
  ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(*database));
  ASSIGN_OR_RETURN(CreatedSecret created, InsertKey(*database, key, now_ms, actor));
  RETURN_IF_ERROR(transaction.Commit());
  RETURN_IF_ERROR(Reload(*database));
  return created;
}

Result<std::vector<ApiKey>> KeyStore::List() {
  const auto database = database_.Lock();
  return ReadKeys(*database, "?1 = ''", "", database_.NowMs());
}

Result<ApiKey> KeyStore::Get(std::string_view id) {
  const auto database = database_.Lock();
  return ReadKey(*database, id, database_.NowMs());
}

Result<CreatedSecret> KeyStore::Rotate(std::string_view id, int64_t grace_ms,
                                       std::string_view actor) {
  const int64_t now_ms = database_.NowMs();
  if (grace_ms < 0) return InvalidArgumentError("the time for changing over is less than nothing");
  const auto database = database_.Lock();
  ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(*database));
  ASSIGN_OR_RETURN(const ApiKey key, ReadKey(*database, id, now_ms));
  if (!key.IsUsable(now_ms)) {
    return FailedPreconditionError("the key is revoked or expired; create another");
  }
  if (grace_ms > 0 && key.secrets.size() >= kMaxSecrets) {
    return FailedPreconditionError(
        "the key has two secrets already; wait for the end of the older one, or rotate at once "
        "without time for changing over, which ends both");
  }
  RETURN_IF_ERROR(
      database->Run("DELETE FROM secrets WHERE key_id = ?1 AND "
                    "(?2 = 0 OR (expires_ms > 0 AND expires_ms <= ?3))",
                    key.id, grace_ms, now_ms));
  RETURN_IF_ERROR(database->Run("UPDATE secrets SET expires_ms = ? WHERE key_id = ?",
                                now_ms + grace_ms, key.id));
  CreatedSecret created{.key_id = key.id};
  ASSIGN_OR_RETURN(created.secret, InsertSecret(*database, key.id, now_ms));
  RETURN_IF_ERROR(AppendAuditLine(*database, now_ms,
                                  {.actor = actor, .action = "key.rotate", .target = key.id}));
  RETURN_IF_ERROR(transaction.Commit());
  RETURN_IF_ERROR(Reload(*database));
  return created;
}

Status KeyStore::Revoke(std::string_view id, std::string_view actor) {
  const int64_t now_ms = database_.NowMs();
  const auto database = database_.Lock();
  ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(*database));
  ASSIGN_OR_RETURN(const ApiKey key, ReadKey(*database, id, now_ms));
  if (key.revoked_ms != 0) return OkStatus();
  RETURN_IF_ERROR(database->Run("UPDATE keys SET revoked_ms = ? WHERE id = ?", now_ms, id));
  RETURN_IF_ERROR(database->Run("DELETE FROM secrets WHERE key_id = ?", id));
  RETURN_IF_ERROR(AppendAuditLine(*database, now_ms,
                                  {.actor = actor, .action = "key.revoke", .target = key.id}));
  RETURN_IF_ERROR(transaction.Commit());
  return Reload(*database);
}

Result<CreatedSecret> KeyStore::EnsureAdministrator() {
  const int64_t now_ms = database_.NowMs();
  const auto database = database_.Lock();
  ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(*database));
  ASSIGN_OR_RETURN(const auto keys, ReadKeys(*database, "?1 = ''", "", now_ms));
  const bool has_one = std::any_of(keys.begin(), keys.end(), [now_ms](const ApiKey& key) {
    return key.scopes.Allows(Scope::kAdmin) && key.IsUsable(now_ms) && !key.secrets.empty();
  });
  if (has_one) return CreatedSecret{};
  ASSIGN_OR_RETURN(
      CreatedSecret created,
      InsertKey(*database, {.name = "administrator", .scopes = {Scope::kAdmin}}, now_ms, "server"));
  RETURN_IF_ERROR(transaction.Commit());
  RETURN_IF_ERROR(Reload(*database));
  return created;
}

}  // namespace ironscribe::accounts
