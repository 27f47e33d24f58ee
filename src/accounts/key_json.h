// Keys as JSON, for `ironscribe keys --json` and for administration. Never a secret but where said.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "accounts/api_key.h"
#include "accounts/key_store.h"

namespace ironscribe::accounts {

// "active", "expired", "revoked".
std::string KeyStatusText(const ApiKey& key, int64_t now_ms);
std::string KeysJson(const std::vector<ApiKey>& keys, int64_t now_ms);
// With the secret: what Create and Rotate return.
std::string CreatedJson(const CreatedSecret& created);

}  // namespace ironscribe::accounts
