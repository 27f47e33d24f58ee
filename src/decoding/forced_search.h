// Teacher forcing: feeds given tokens and reports how probable each was and what the model would
// have chosen instead. Used for alignment and to measure how far two arithmetics agree. Also the
// probabilities of a given set of next tokens (language detection).
//
// One object serves one window; not thread-safe.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "decoding/search.h"
#include "decoding/token_constraint.h"

namespace ironscribe::decoding {

struct ForcedOptions {
  // The first token that is scored; those before it only fill the cache. At least 1.
  int first_scored = 1;
  // Restricts each choice as in a search whose prompt ends before first_scored; null scores under
  // the unmasked softmax. Not owned, outlives the search.
  const TokenConstraint* constraint = nullptr;
  // Ids from here on are left out of every softmax.
  TokenId vocabulary_end = std::numeric_limits<TokenId>::max();
};

class ForcedSearch final : public Search {
 public:
  // Requires: tokens is not empty.
  explicit ForcedSearch(std::vector<TokenId> tokens, ForcedOptions options = {});
  ForcedSearch(const ForcedSearch&) = delete;
  ForcedSearch& operator=(const ForcedSearch&) = delete;

  int num_slots() const override { return 1; }
  std::span<const TokenRow> rows() const override { return rows_; }
  void Advance(std::span<const RowResult> results) override;

  // One entry per token: the log-probability of tokens[i] given those before it, 0 where not
  // scored.
  std::span<const float> log_probabilities() const { return log_probabilities_; }
  // One entry per token: the most probable token in place of tokens[i], id -1 where not scored.
  std::span<const Candidate> top() const { return top_; }

 private:
  size_t first_scored_;
  std::vector<uint8_t> lineage_;  // Zeros.
  std::vector<TokenRow> rows_;
  std::vector<float> log_probabilities_;
  std::vector<Candidate> top_;
};

// The log-probabilities of `choices` as the only tokens that may follow `prompt`.
class ChoiceSearch final : public Search {
 public:
  // Requires: prompt and choices are not empty.
  ChoiceSearch(std::vector<TokenId> prompt, std::vector<TokenId> choices);
  ChoiceSearch(const ChoiceSearch&) = delete;
  ChoiceSearch& operator=(const ChoiceSearch&) = delete;

  int num_slots() const override { return 1; }
  std::span<const TokenRow> rows() const override { return rows_; }
  void Advance(std::span<const RowResult> results) override;

  // In the order of `choices`. Requires: done().
  std::span<const float> log_probabilities() const { return log_probabilities_; }

 private:
  std::vector<uint8_t> lineage_;
  std::vector<TokenRow> rows_;
  std::vector<float> log_probabilities_;
};

}  // namespace ironscribe::decoding
