#include "decoding/forced_search.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"

namespace ironscribe::decoding {
namespace {

std::vector<TokenRow> CacheRows(std::span<const TokenId> tokens, std::span<const uint8_t> lineage) {
  std::vector<TokenRow> rows(tokens.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].token = tokens[i];
    rows[i].position = static_cast<int>(i);
    rows[i].lineage = lineage.first(i);
  }
  return rows;
}

}  // namespace

ForcedSearch::ForcedSearch(std::vector<TokenId> tokens, ForcedOptions options)
    : first_scored_(static_cast<size_t>(std::max(options.first_scored, 1))),
      lineage_(tokens.size(), 0),
      rows_(CacheRows(tokens, lineage_)),
      log_probabilities_(tokens.size(), 0.0f),
      top_(tokens.size()) {
  IRONSCRIBE_CHECK(!tokens.empty());
  const std::span<const TokenId> all(tokens);
  for (size_t next = first_scored_; next < tokens.size(); ++next) {
    RowQuery& query = rows_[next - 1].query;
    query.wants_logits = true;
    if (options.constraint != nullptr) {
      options.constraint->Apply(all.subspan(first_scored_, next - first_scored_), query);
    }
    if (options.vocabulary_end < std::numeric_limits<TokenId>::max()) {
      query.suppressed_ranges.push_back(
          {options.vocabulary_end, std::numeric_limits<TokenId>::max()});
    }
    query.forced = {tokens[next]};
  }
}

void ForcedSearch::Advance(std::span<const RowResult> results) {
  IRONSCRIBE_CHECK(results.size() == rows_.size() && !rows_.empty());
  for (size_t next = first_scored_; next < rows_.size(); ++next) {
    const RowResult& result = results[next - 1];
    if (!result.forced.empty()) log_probabilities_[next] = result.forced.front();
    if (!result.candidates.empty()) top_[next] = result.candidates.front();
  }
  rows_.clear();
}

ChoiceSearch::ChoiceSearch(std::vector<TokenId> prompt, std::vector<TokenId> choices)
    : lineage_(prompt.size(), 0), rows_(CacheRows(prompt, lineage_)) {
  IRONSCRIBE_CHECK(!prompt.empty() && !choices.empty());
  RowQuery& query = rows_.back().query;
  query.wants_logits = true;
  query.only_forced = true;
  query.forced = std::move(choices);
}

void ChoiceSearch::Advance(std::span<const RowResult> results) {
  IRONSCRIBE_CHECK(results.size() == rows_.size() && !rows_.empty());
  log_probabilities_ = results.back().forced;
  log_probabilities_.resize(rows_.back().query.forced.size(),
                            -std::numeric_limits<float>::infinity());
  rows_.clear();
}

}  // namespace ironscribe::decoding
