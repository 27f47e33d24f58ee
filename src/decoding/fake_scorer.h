// For tests: a model whose scores are a hash of the whole history of a hypothesis, which it finds
// only through slots and lineages. A search that writes, forks or reads the wrong slot gets other
// scores. Evaluates row queries by their definition, without any of the searches' code.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <vector>

#include "decoding/rows.h"
#include "decoding/search.h"

namespace ironscribe::decoding {

class FakeScorer {
 public:
  // Logit of `next` after `history` (prompt included).
  using Logit = std::function<double(std::span<const TokenId> history, TokenId next)>;

  FakeScorer(int vocab_size, Logit logit);
  // Hash logits in [0, spread), different for every history.
  static FakeScorer Hashed(int vocab_size, uint64_t seed, double spread);

  // The masked log-softmax over the vocabulary, -infinity where masked.
  std::vector<double> LogProbabilities(std::span<const TokenId> history,
                                       const RowQuery& query) const;

  RowResult Evaluate(const TokenRow& row);
  // Drives the search to its end; gives up after `max_steps` calls and returns how many it took.
  int Run(Search& search, int max_steps = 1000);

  // Most rows of one call, and rows in all.
  int largest_batch() const { return largest_batch_; }
  int total_rows() const { return total_rows_; }

 private:
  std::vector<TokenId> History(const TokenRow& row) const;

  int vocab_size_;
  Logit logit_;
  std::map<std::pair<int, int>, TokenId> cache_;  // (slot, position) -> token.
  int largest_batch_ = 0;
  int total_rows_ = 0;
};

}  // namespace ironscribe::decoding
