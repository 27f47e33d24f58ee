// How `ironscribe keys` shows keys to people; accounts/key_json.h has it for programs. Never a
// secret.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "accounts/api_key.h"

namespace ironscribe::cli {

std::string KeyTable(const std::vector<accounts::ApiKey>& keys, int64_t now_ms);

}  // namespace ironscribe::cli
