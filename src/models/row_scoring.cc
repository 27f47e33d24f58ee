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

// Ids looked at together: most blocks hold nothing of interest, which one maximum tells.
constexpr size_t kScanBlock = 256;

// Calls visit(id, logit) for the ids whose logit is above threshold(), which may rise meanwhile.
template <typename Threshold, typename Visit>
void ScanAbove(const nn::Kernels& kernels, std::span<const float> logits,
               const Threshold& threshold, const Visit& visit) {
  for (size_t at = 0; at < logits.size(); at += kScanBlock) {
    const auto block = logits.subspan(at, std::min(kScanBlock, logits.size() - at));
    const auto size = static_cast<int64_t>(block.size());
    if (!(kernels.rowwise->maximum(block.data(), size) > threshold())) continue;
    for (size_t i = 0; i < block.size(); ++i) {
      if (block[i] > threshold()) visit(at + i, block[i]);
    }
  }
}

// The best ids, larger logit first, lower id first among equals; logits in place of
// log-probabilities.
void BestLogits(const nn::Kernels& kernels, std::span<const float> logits, int count,
                std::vector<Candidate>& heap) {
  const auto better = [](const Candidate& a, const Candidate& b) {
    return a.log_probability != b.log_probability ? a.log_probability > b.log_probability
                                                  : a.id < b.id;
  };
  const auto wanted = static_cast<size_t>(std::clamp(count, 1, decoding::kMaxCandidates));
  float threshold = kMasked;
  heap.clear();  // Worst of the best on top.
  ScanAbove(
      kernels, logits, [&] { return threshold; },
      [&](size_t id, float logit) {
        heap.push_back({static_cast<TokenId>(id), logit});
        std::push_heap(heap.begin(), heap.end(), better);
        if (heap.size() > wanted) {
          std::pop_heap(heap.begin(), heap.end(), better);
          heap.pop_back();
        }
        if (heap.size() == wanted) threshold = heap.front().log_probability;
      });
  std::sort_heap(heap.begin(), heap.end(), better);
}

void BestCandidates(const nn::Kernels& kernels, std::span<const float> logits, float log_sum,
                    int count, RowResult& result) {
  BestLogits(kernels, logits, count, result.candidates);
  for (Candidate& candidate : result.candidates) candidate.log_probability -= log_sum;
}

// Puts exact values in place of approximations.
class Refiner {
 public:
  Refiner(const nn::Kernels& kernels, std::span<float> logits, const ExactLogits& exact)
      : kernels_(kernels), logits_(logits), exact_(exact) {}

  void Refine(size_t id) {
    const auto width = static_cast<int64_t>(exact_.input.size());
    logits_[id] = kernels_.rowwise->dot_bfloat16(
        exact_.input.data(), exact_.rows + static_cast<int64_t>(id) * width, width);
  }

  void RefineAll(std::span<const TokenId> ids) {
    for (TokenId id : ids) {
      const auto index = static_cast<size_t>(id);
      if (index < logits_.size() && logits_[index] != kMasked) Refine(index);
    }
  }

  // Every allowed id in [begin, end).
  void RefineRange(size_t begin, size_t end) {
    for (size_t id = begin; id < end; ++id) {
      if (logits_[id] != kMasked) Refine(id);
    }
  }

  // Every id below `end` that may be among the best `count` there. Those that seem the best come
  // first: against what is exact, others may be off by one bound; against a guess it would be two.
  void RefineBest(size_t end, int count) {
    std::vector<Candidate> best;
    BestLogits(kernels_, logits_.first(end), count, best);
    if (best.empty()) return;
    float worst = std::numeric_limits<float>::infinity();
    for (const Candidate& candidate : best) {
      const auto id = static_cast<size_t>(candidate.id);
      Refine(id);
      worst = std::min(worst, logits_[id]);
    }
    // The next value below takes in those at the very edge.
    const float threshold = std::nextafter(worst - exact_.bound, kMasked);
    std::vector<size_t> found;
    ScanAbove(
        kernels_, logits_.first(end), [&] { return threshold; },
        [&](size_t id, float) { found.push_back(id); });
    for (size_t id : found) Refine(id);
  }

 private:
  const nn::Kernels& kernels_;
  std::span<float> logits_;
  const ExactLogits& exact_;
};

// Whether text is chosen whatever the exact logits of the timestamps are, given that the best of
// text is exact: PreferTimestamps could not take it away.
bool TextWins(const nn::Kernels& kernels, std::span<const float> logits, size_t text_end,
              float bound) {
  const float best_text = kernels.rowwise->maximum(logits.data(), static_cast<int64_t>(text_end));
  return LogSumExp(kernels, logits.subspan(text_end)) + bound < best_text;
}

// After masking: whatever decides. The 1,500 timestamps only where they might be chosen: their
// exact rows are 1.5 MB to read (base).
void RefineChoices(const nn::Kernels& kernels, std::span<float> logits, const RowQuery& query,
                   const ExactLogits& exact) {
  Refiner refiner(kernels, logits, exact);
  size_t text_end = logits.size();
  if (query.timestamp_begin >= 0) {
    text_end = std::min(text_end, static_cast<size_t>(query.timestamp_begin));
  }
  refiner.RefineBest(text_end, query.num_candidates);
  if (text_end < logits.size()) {
    if (!TextWins(kernels, logits, text_end, exact.bound)) {
      refiner.RefineRange(text_end, logits.size());
    } else if (query.num_candidates > 1) {
      refiner.RefineBest(logits.size(), query.num_candidates);
    }
  }
  refiner.RefineAll(query.forced);
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
              RowResult& result, const ExactLogits* exact) {
  result = RowResult();
  if (query.probe >= 0 && static_cast<size_t>(query.probe) < logits.size()) {
    // Once a window; its probability is compared with a threshold, so every part of it is exact.
    if (exact != nullptr) Refiner(kernels, logits, *exact).RefineRange(0, logits.size());
    exact = nullptr;
    result.probe_probability =
        std::exp(logits[static_cast<size_t>(query.probe)] - LogSumExp(kernels, logits));
  }
  Mask(logits, query);
  if (exact != nullptr) RefineChoices(kernels, logits, query, *exact);
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
    if (exact != nullptr) Refiner(kernels, logits, *exact).Refine(static_cast<size_t>(id));
    result.candidates = {{id, logits[static_cast<size_t>(id)] - log_sum}};
  } else {
    BestCandidates(kernels, logits, log_sum, query.num_candidates, result);
  }
}

}  // namespace ironscribe::models
