// The compact binary form of a tokenizer for the packed cache.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/bpe.h"
#include "text/token_list.h"

namespace ironscribe::text {

struct PackedTokenizer {
  TokenList tokens;
  std::vector<Merge> merges;
};

std::string PackTokenizer(const TokenList& tokens, std::span<const Merge> merges);

// Errors: DataLoss for anything PackTokenizer does not write. Each merge that comes back names
// existing tokens whose bytes join up.
Result<PackedTokenizer> UnpackTokenizer(std::string_view bytes);

}  // namespace ironscribe::text
