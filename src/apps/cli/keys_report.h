// How `ironscribe keys` shows keys: a table for people, JSON for programs. Never a secret.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "accounts/api_key.h"
#include "accounts/key_store.h"

namespace ironscribe::cli {

std::string KeyTable(const std::vector<accounts::ApiKey>& keys, int64_t now_ms);
std::string KeysJson(const std::vector<accounts::ApiKey>& keys, int64_t now_ms);
// The one exception: what Create and Rotate return.
std::string CreatedJson(const accounts::CreatedSecret& created);

}  // namespace ironscribe::cli
