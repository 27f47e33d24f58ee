// Who asks: the key behind a request, or the anonymous identity of those who need none. The
// authorizer finds it, every call gets it.
//
// A plain value, immutable.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "accounts/api_key.h"

namespace ironscribe::api {

// Of the identity of whoever needs no key: its id and its owner.
inline constexpr const char* kAnonymousId = "anonymous";

class Identity {
 public:
  // Nobody: may do nothing. What routes that are public get.
  Identity() : key_(std::make_shared<const accounts::ApiKey>()) {}
  explicit Identity(std::shared_ptr<const accounts::ApiKey> key) : key_(std::move(key)) {}

  // Whom usage, quotas, fair share and audit lines are told of; "" for nobody.
  const std::string& key_id() const { return key_->id; }
  // Whose jobs it sees.
  const std::string& owner() const { return key_->owner; }
  bool Allows(accounts::Scope scope) const { return key_->scopes.Allows(scope); }
  // With the quota.
  const accounts::ApiKey& key() const { return *key_; }

 private:
  std::shared_ptr<const accounts::ApiKey> key_;
};

// May transcribe and use jobs, which all who are anonymous share; nothing else.
inline Identity AnonymousIdentity() {
  accounts::ApiKey key;
  key.id = kAnonymousId;
  key.name = kAnonymousId;
  key.owner = kAnonymousId;
  key.scopes = {accounts::Scope::kTranscribe, accounts::Scope::kJobs};
  return Identity(std::make_shared<const accounts::ApiKey>(std::move(key)));
}

}  // namespace ironscribe::api
