#include "decoding/sequence_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace ironscribe::decoding {

SequenceSearch::SequenceSearch(SequenceOptions options) : options_(std::move(options)) {
  IRONSCRIBE_CHECK(!options_.prompt.empty());
  IRONSCRIBE_CHECK(prompt_size() <= options_.max_positions);
  IRONSCRIBE_CHECK(options_.max_new_tokens > 0);
  prompt_lineage_.assign(options_.prompt.size(), 0);
}

bool SequenceSearch::AtLimit(size_t num_tokens) const {
  const int count = static_cast<int>(num_tokens);
  return count >= options_.max_new_tokens || prompt_size() + count > options_.max_positions;
}

TokenRow& SequenceSearch::AddPromptRow(int index, int slot) {
  TokenRow& row = rows_.emplace_back();
  row.token = options_.prompt[static_cast<size_t>(index)];
  row.position = index;
  row.slot = slot;
  row.lineage = std::span<const uint8_t>(prompt_lineage_).first(static_cast<size_t>(index));
  if (index + 1 == prompt_size()) {
    row.query.wants_logits = true;
    if (options_.constraint != nullptr) options_.constraint->Apply({}, row.query);
  }
  if (index == options_.probe_index && options_.probe >= 0) {
    row.query.wants_logits = true;
    row.query.probe = options_.probe;
    probe_row_ = static_cast<int>(rows_.size()) - 1;
  }
  return row;
}

TokenRow& SequenceSearch::AddChoiceRow(std::span<const TokenId> tokens, int slot,
                                       std::span<const uint8_t> lineage) {
  TokenRow& row = rows_.emplace_back();
  row.token = tokens.back();
  row.position = prompt_size() + static_cast<int>(tokens.size()) - 1;
  row.slot = slot;
  row.lineage = lineage;
  row.query.wants_logits = true;
  if (options_.constraint != nullptr) options_.constraint->Apply(tokens, row.query);
  return row;
}

void SequenceSearch::ClearRows() {
  rows_.clear();
  probe_row_ = -1;
}

void SequenceSearch::TakeStep(std::span<const RowResult> results) {
  ++num_steps_;
  if (probe_row_ >= 0) {
    probe_probability_ = results[static_cast<size_t>(probe_row_)].probe_probability;
  }
}

double RankingScore(double sum_log_probability, size_t length, float length_penalty) {
  // An empty hypothesis counts as one token: the reference would divide by zero.
  const double count = static_cast<double>(std::max<size_t>(length, 1));
  if (std::isnan(length_penalty)) return sum_log_probability / count;
  return sum_log_probability / std::pow((5.0 + static_cast<double>(length)) / 6.0, length_penalty);
}

size_t SelectBest(std::span<const Hypothesis> hypotheses, float length_penalty) {
  IRONSCRIBE_CHECK(!hypotheses.empty());
  size_t best = 0;
  double best_score = -std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < hypotheses.size(); ++i) {
    const Hypothesis& hypothesis = hypotheses[i];
    const double score =
        RankingScore(hypothesis.sum_log_probability, hypothesis.tokens.size(), length_penalty);
    if (score > best_score) {
      best = i;
      best_score = score;
    }
  }
  return best;
}

}  // namespace ironscribe::decoding
