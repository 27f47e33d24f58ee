// What a family of models adds to the rules of a search: which tokens may follow those chosen so
// far. The searches know no such rule; they ask a constraint before every row that chooses a token.
#pragma once

#include <span>

#include "decoding/rows.h"

namespace ironscribe::decoding {

// Thread rule: Apply may run on many threads at once.
class TokenConstraint {
 public:
  virtual ~TokenConstraint() = default;

  // Restricts `query` for the token after `tokens_so_far`, which are the tokens chosen after the
  // prompt. Must set only the suppression fields (suppressed, also_suppressed, suppressed_ranges,
  // timestamp_begin). Masks it points to outlive the search.
  virtual void Apply(std::span<const TokenId> tokens_so_far, RowQuery& query) const = 0;
};

}  // namespace ironscribe::decoding
