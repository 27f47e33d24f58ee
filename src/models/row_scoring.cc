#include "models/row_scoring.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace ironscribe::models {
namespace {

using decoding::Candidate;
using decoding::RowQuery;
using decoding::RowResult;
using decoding::TokenId;

constexpr float kMasked = -std::numeric_limits<float>::infinity();

// log(sum(exp(x))); minus infinity when everything is masked.
float LogSumExp(const nn::Kernels& kernels, std::span<const float> logits) {
  const auto n = static_cast<int64_t>(logits.size());
  const float maximum = kernels.rowwise->maximum(logits.data(), n);
  if (maximum == kMasked) return kMasked;
  return maximum + std::log(kernels.rowwise->sum_exp(logits.data(), n, maximum, 1.0f));
}

void Mask(std::span<float> logits, const RowQuery& query) {
  const auto mask = [&](TokenId id) {
    if (id >= 0 && static_cast<size_t>(id) < logits.size())
      logits[static_cast<size_t>(id)] = kMasked;
  };
  if (query.suppressed != nullptr) {
    const std::span<const uint64_t> words = query.suppressed->words();
    for (size_t word = 0; word < words.size(); ++word) {
      for (uint64_t bits = words[word]; bits != 0; bits &= bits - 1) {
        mask(static_cast<TokenId>(word * 64 + static_cast<size_t>(std::countr_zero(bits))));
      }
    }
  }
  for (TokenId id : query.also_suppressed) mask(id);
  for (const RowQuery::Range& range : query.suppressed_ranges) {
    const auto begin = static_cast<size_t>(std::max(range.begin, 0));
    const auto end = std::min(logits.size(), static_cast<size_t>(std::max(range.end, 0)));
    if (begin < end) std::fill(logits.begin() + begin, logits.begin() + end, kMasked);
  }
}

// openai/whisper ApplyTimestampRules, last part: text is out when the timestamps together are
// likelier than every single text token.
void PreferTimestamps(const nn::Kernels& kernels, std::span<float> logits,
                      TokenId timestamp_begin) {
  if (timestamp_begin < 0 || static_cast<size_t>(timestamp_begin) >= logits.size()) return;
  const auto split = static_cast<size_t>(timestamp_begin);
  const float mass = LogSumExp(kernels, logits.subspan(split));
  const float best_text = kernels.rowwise->maximum(logits.data(), static_cast<int64_t>(split));
  if (mass > best_text) std::fill(logits.begin(), logits.begin() + timestamp_begin, kMasked);
}

// The best ids, larger logit first, lower id first among equals.
void BestCandidates(std::span<const float> logits, float log_sum, int count, RowResult& result) {
  const auto better = [](const Candidate& a, const Candidate& b) {
    return a.log_probability != b.log_probability ? a.log_probability > b.log_probability
                                                  : a.id < b.id;
  };
  std::vector<Candidate>& heap = result.candidates;  // Worst of the best on top.
  const auto wanted = static_cast<size_t>(std::clamp(count, 1, decoding::kMaxCandidates));
  float threshold = kMasked;
  for (size_t id = 0; id < logits.size(); ++id) {
    if (!(logits[id] > threshold)) continue;
    heap.push_back({static_cast<TokenId>(id), logits[id]});
    std::push_heap(heap.begin(), heap.end(), better);
    if (heap.size() > wanted) {
      std::pop_heap(heap.begin(), heap.end(), better);
      heap.pop_back();
    }
    if (heap.size() == wanted) threshold = heap.front().log_probability;
  }
  std::sort_heap(heap.begin(), heap.end(), better);
  for (Candidate& candidate : heap) candidate.log_probability -= log_sum;
}

// One id from softmax(logits / temperature), by the inverse of the cumulative distribution.
TokenId Sample(const nn::Kernels& kernels, std::span<const float> logits, float temperature,
               uint64_t seed) {
  const auto n = static_cast<int64_t>(logits.size());
  const float maximum = kernels.rowwise->maximum(logits.data(), n);
  const float factor = 1.0f / temperature;
  // Blocks first, then inside the block: the sums are the ones a plain pass over blocks gives.
  constexpr size_t kBlock = 256;
  std::vector<double> sums;
  double total = 0;
  for (size_t at = 0; at < logits.size(); at += kBlock) {
    const std::span<const float> block = logits.subspan(at, std::min(kBlock, logits.size() - at));
    sums.push_back(kernels.rowwise->sum_exp(block.data(), static_cast<int64_t>(block.size()),
                                            maximum, factor));
    total += sums.back();
  }
  double target = Random(seed).NextUnit() * total;
  size_t block = 0;
  while (block + 1 < sums.size() && target >= sums[block]) target -= sums[block++];
  TokenId last_allowed = -1;
  for (size_t id = block * kBlock; id < std::min(logits.size(), (block + 1) * kBlock); ++id) {
    if (logits[id] == kMasked) continue;
    last_allowed = static_cast<TokenId>(id);
    target -= std::exp(static_cast<double>((logits[id] - maximum) * factor));
    if (target < 0) return last_allowed;
  }
  if (last_allowed >= 0) return last_allowed;
  // Rounding led to a block in which everything is masked: the best id is always a fair answer.
  return static_cast<TokenId>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

void KeepOnlyForced(std::span<float> logits, std::span<const TokenId> ids) {
  std::vector<std::pair<size_t, float>> kept;
  for (TokenId id : ids) {
    const auto index = static_cast<size_t>(id);
    if (index < logits.size()) kept.emplace_back(index, logits[index]);
  }
  std::fill(logits.begin(), logits.end(), kMasked);
  for (const auto& [index, value] : kept) logits[index] = value;
}

}  // namespace

void ScoreRow(const nn::Kernels& kernels, std::span<float> logits, const RowQuery& query,
              RowResult& result) {
  result = RowResult();
  if (query.probe >= 0 && static_cast<size_t>(query.probe) < logits.size()) {
    result.probe_probability =
        std::exp(logits[static_cast<size_t>(query.probe)] - LogSumExp(kernels, logits));
  }
  Mask(logits, query);
  if (query.only_forced) KeepOnlyForced(logits, query.forced);
  PreferTimestamps(kernels, logits, query.timestamp_begin);
  const float log_sum = LogSumExp(kernels, logits);
  for (TokenId id : query.forced) {
    const auto index = static_cast<size_t>(id);
    result.forced.push_back(index < logits.size() && log_sum != kMasked ? logits[index] - log_sum
                                                                        : kMasked);
  }
  if (log_sum == kMasked) return;
  if (query.temperature > 0) {
    const TokenId id = Sample(kernels, logits, query.temperature, query.seed);
    result.candidates = {{id, logits[static_cast<size_t>(id)] - log_sum}};
  } else {
    BestCandidates(logits, log_sum, query.num_candidates, result);
  }
}

}  // namespace ironscribe::models
