// What Whisper may write next (openai/whisper: SuppressBlank, SuppressTokens, ApplyTimestampRules):
// nothing blank first, never the suppressed tokens, and times in pairs that do not go back.
// Immutable; outlives the searches that use it.
#pragma once

#include <span>
#include <vector>

#include "decoding/token_constraint.h"
#include "text/tokenizer.h"

namespace ironscribe::models::whisper {

using decoding::TokenId;

struct TimestampRuleOptions {
  std::vector<TokenId> suppressed;        // Never chosen, beside the control tokens.
  std::vector<TokenId> begin_suppressed;  // Not as the first token.
  bool without_timestamps = false;
  // The first time is at most this many steps of 0.02 s.
  int max_initial_timestamp = 50;
};

class TimestampRules final : public decoding::TokenConstraint {
 public:
  TimestampRules(const text::SpecialTokens& special, int vocab_size, TimestampRuleOptions options);

  void Apply(std::span<const TokenId> tokens_so_far, decoding::RowQuery& query) const override;

 private:
  void ApplyPairs(std::span<const TokenId> tokens_so_far, decoding::RowQuery& query) const;

  TimestampRuleOptions options_;
  TokenId timestamp_begin_;
  TokenId end_of_text_;
  TokenId vocab_end_;
  decoding::TokenMask suppressed_;
};

}  // namespace ironscribe::models::whisper
