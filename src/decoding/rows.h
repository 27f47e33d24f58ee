// What a search asks of a model and what it gets back, one row (one token fed at one position of
// one hypothesis) at a time: never whole vocabularies. Batches are formed from rows of many
// searches, and the answer to a row does not depend on its neighbours.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ironscribe::decoding {

using TokenId = int32_t;

// A set of token ids as a bit mask over the vocabulary. Immutable once shared.
class TokenMask {
 public:
  explicit TokenMask(int vocab_size)
      : words_(static_cast<size_t>(vocab_size + 63) / 64), vocab_size_(vocab_size) {}
  // Ids outside the vocabulary are ignored.
  void Set(TokenId id) {
    if (id >= 0 && id < vocab_size_)
      words_[static_cast<size_t>(id) / 64] |= uint64_t{1} << (id % 64);
  }
  bool Test(TokenId id) const {
    return (words_[static_cast<size_t>(id) / 64] >> (id % 64) & 1) != 0;
  }
  std::span<const uint64_t> words() const { return words_; }
  int vocab_size() const { return vocab_size_; }

 private:
  std::vector<uint64_t> words_;
  int vocab_size_;
};

// Which tokens may follow and how to choose among them.
struct RowQuery {
  // False for rows that only fill the cache (a prompt): no logits are computed.
  bool wants_logits = false;
  // Never chosen; null for none. Owned by the search's caller, outlives the row.
  const TokenMask* suppressed = nullptr;
  // Additionally suppressed at this row.
  std::vector<TokenId> also_suppressed;
  // Suppressed id ranges [begin, end) at this row (the timestamp rules).
  struct Range {
    TokenId begin;
    TokenId end;
  };
  std::vector<Range> suppressed_ranges;
  // First timestamp id, or -1: when the total probability of the allowed timestamps is above that
  // of every single allowed text token, text is suppressed too (openai/whisper
  // ApplyTimestampRules).
  TokenId timestamp_begin = -1;
  // Number of best candidates to return, at most kMaxCandidates.
  int num_candidates = 1;
  // 0 returns the best candidates; above 0 one candidate is sampled from softmax(logits /
  // temperature) by the random numbers of `seed`, and its log-probability is still that at
  // temperature 1.
  float temperature = 0;
  uint64_t seed = 0;
  // An id whose probability under the unmasked softmax is wanted (no-speech), or -1.
  TokenId probe = -1;
  // Ids whose log-probability under the masked softmax is wanted (teacher forcing, language
  // detection); returned in RowResult::forced in the same order.
  std::vector<TokenId> forced;
  // Restricts the softmax and the choice to `forced` (language detection).
  bool only_forced = false;
};

inline constexpr int kMaxCandidates = 32;

// One row: feed `token` at `position` of hypothesis `slot`.
struct TokenRow {
  TokenId token = 0;
  int position = 0;
  // Where this row's keys and values are written.
  int slot = 0;
  // lineage[p] is the slot that holds position p of this hypothesis, for all p < position: a beam
  // that forks copies these bytes, never keys and values. Owned by the search until the next
  // Advance.
  std::span<const uint8_t> lineage;
  RowQuery query;
};

struct Candidate {
  TokenId id = -1;
  float log_probability = 0;  // Under the masked softmax at temperature 1.
};

struct RowResult {
  std::vector<Candidate> candidates;  // Best first; ties go to the lower id.
  float probe_probability = 0;
  std::vector<float> forced;  // Log-probabilities, -infinity where masked.
};

}  // namespace ironscribe::decoding
