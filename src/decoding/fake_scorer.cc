#include "decoding/fake_scorer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/random.h"

namespace ironscribe::decoding {
namespace {

constexpr double kMasked = -std::numeric_limits<double>::infinity();

bool Suppressed(const RowQuery& query, TokenId id) {
  if (query.suppressed != nullptr && query.suppressed->Test(id)) return true;
  const auto& also = query.also_suppressed;
  if (std::find(also.begin(), also.end(), id) != also.end()) return true;
  for (const auto& range : query.suppressed_ranges) {
    if (id >= range.begin && id < range.end) return true;
  }
  const auto& forced = query.forced;
  return query.only_forced && std::find(forced.begin(), forced.end(), id) == forced.end();
}

double LogSum(std::span<const double> logits) {
  double sum = 0;
  for (double logit : logits) sum += std::exp(logit);
  return std::log(sum);
}

TokenId Sample(std::span<const double> log_probabilities, const RowQuery& query) {
  std::vector<double> weights;
  for (double value : log_probabilities) weights.push_back(std::exp(value / query.temperature));
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  double left = Random(query.seed).NextUnit() * total;
  for (size_t id = 0; id < weights.size(); ++id) {
    left -= weights[id];
    if (left < 0) return static_cast<TokenId>(id);
  }
  return static_cast<TokenId>(weights.size()) - 1;
}

}  // namespace

FakeScorer::FakeScorer(int vocab_size, Logit logit)
    : vocab_size_(vocab_size), logit_(std::move(logit)) {}

FakeScorer FakeScorer::Hashed(int vocab_size, uint64_t seed, double spread) {
  return FakeScorer(vocab_size, [seed, spread](std::span<const TokenId> history, TokenId next) {
    uint64_t hash = MixBits(seed);
    for (TokenId token : history) hash = MixBits(hash + static_cast<uint64_t>(token) + 1);
    hash = MixBits(hash ^ (static_cast<uint64_t>(next) << 32));
    return static_cast<double>(hash >> 11) * 0x1.0p-53 * spread;
  });
}

std::vector<double> FakeScorer::LogProbabilities(std::span<const TokenId> history,
                                                 const RowQuery& query) const {
  std::vector<double> values(static_cast<size_t>(vocab_size_));
  for (TokenId id = 0; id < vocab_size_; ++id) {
    values[static_cast<size_t>(id)] = Suppressed(query, id) ? kMasked : logit_(history, id);
  }
  if (query.timestamp_begin >= 0) {
    const auto begin = static_cast<size_t>(query.timestamp_begin);
    const std::span<double> text = std::span<double>(values).first(begin);
    if (LogSum(std::span<const double>(values).subspan(begin)) >
        *std::max_element(text.begin(), text.end())) {
      std::fill(text.begin(), text.end(), kMasked);
    }
  }
  const double log_sum = LogSum(values);
  for (double& value : values) value -= log_sum;
  return values;
}

std::vector<TokenId> FakeScorer::History(const TokenRow& row) const {
  IRONSCRIBE_CHECK(row.lineage.size() == static_cast<size_t>(row.position));
  std::vector<TokenId> history;
  for (int position = 0; position < row.position; ++position) {
    history.push_back(cache_.at({row.lineage[static_cast<size_t>(position)], position}));
  }
  history.push_back(row.token);
  return history;
}

RowResult FakeScorer::Evaluate(const TokenRow& row) {
  const std::vector<TokenId> history = History(row);
  cache_[{row.slot, row.position}] = row.token;
  RowResult result;
  if (!row.query.wants_logits) return result;
  const std::vector<double> values = LogProbabilities(history, row.query);
  if (row.query.temperature > 0) {
    const TokenId id = Sample(values, row.query);
    result.candidates = {{id, static_cast<float>(values[static_cast<size_t>(id)])}};
  } else {
    std::vector<TokenId> order;
    for (TokenId id = 0; id < vocab_size_; ++id) {
      if (values[static_cast<size_t>(id)] > kMasked) order.push_back(id);
    }
    std::stable_sort(order.begin(), order.end(), [&](TokenId a, TokenId b) {
      return values[static_cast<size_t>(a)] > values[static_cast<size_t>(b)];
    });
    const auto wanted = static_cast<size_t>(row.query.num_candidates);
    order.resize(std::min(order.size(), wanted));
    for (TokenId id : order) {
      result.candidates.push_back({id, static_cast<float>(values[static_cast<size_t>(id)])});
    }
  }
  for (TokenId id : row.query.forced) {
    result.forced.push_back(static_cast<float>(values[static_cast<size_t>(id)]));
  }
  if (row.query.probe >= 0) {
    const auto plain = LogProbabilities(history, RowQuery{});
    result.probe_probability =
        static_cast<float>(std::exp(plain[static_cast<size_t>(row.query.probe)]));
  }
  return result;
}

int FakeScorer::Run(Search& search, int max_steps) {
  int steps = 0;
  while (!search.done() && steps < max_steps) {
    std::vector<RowResult> results;
    for (const TokenRow& row : search.rows()) {
      IRONSCRIBE_CHECK(row.slot >= 0 && row.slot < search.num_slots());
      results.push_back(Evaluate(row));
    }
    largest_batch_ = std::max(largest_batch_, static_cast<int>(results.size()));
    total_rows_ += static_cast<int>(results.size());
    search.Advance(results);
    ++steps;
  }
  return steps;
}

}  // namespace ironscribe::decoding
