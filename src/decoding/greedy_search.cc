#include "decoding/greedy_search.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/random.h"

namespace ironscribe::decoding {

GreedySearch::GreedySearch(SequenceOptions sequence, GreedyOptions greedy)
    : SequenceSearch(std::move(sequence)), greedy_(greedy) {
  IRONSCRIBE_CHECK(greedy_.num_samples >= 1 && greedy_.num_samples <= 255);
  IRONSCRIBE_CHECK(greedy_.temperature > 0 || greedy_.num_samples == 1);
  samples_.resize(static_cast<size_t>(greedy_.num_samples));
  lineages_.resize(samples_.size());
  for (int index = 0; index + 1 < prompt_size(); ++index) AddPromptRow(index, 0);
  if (greedy_.num_samples == 1 || rows().empty()) BuildFirstChoice();
}

void GreedySearch::BuildFirstChoice() {
  const int last = prompt_size() - 1;
  for (int sample = 0; sample < greedy_.num_samples; ++sample) {
    active_.push_back(sample);
    SetSampling(sample, 0, AddPromptRow(last, sample).query);
    auto& lineage = lineages_[static_cast<size_t>(sample)];
    lineage.assign(static_cast<size_t>(options().max_positions), static_cast<uint8_t>(sample));
    std::fill_n(lineage.begin(), last, uint8_t{0});
  }
}

void GreedySearch::SetSampling(int sample, size_t step, RowQuery& query) const {
  query.temperature = greedy_.temperature;
  const uint64_t sample_seed = MixBits(greedy_.seed) + static_cast<uint64_t>(sample);
  query.seed = MixBits(MixBits(sample_seed) + step);
}

bool GreedySearch::Extend(Hypothesis& sample, const RowResult& result) const {
  // Nothing may follow when every token is masked.
  if (result.candidates.empty() || result.candidates.front().id < 0) return false;
  const Candidate& choice = result.candidates.front();
  sample.log_probabilities.push_back(choice.log_probability);
  sample.sum_log_probability += choice.log_probability;
  if (choice.id == options().end_of_text) {
    sample.reached_end = true;
    return false;
  }
  sample.tokens.push_back(choice.id);
  return !AtLimit(sample.tokens.size());
}

void GreedySearch::Advance(std::span<const RowResult> results) {
  IRONSCRIBE_CHECK(results.size() == rows().size() && !results.empty());
  TakeStep(results);
  if (active_.empty()) {
    ClearRows();
    BuildFirstChoice();
    return;
  }
  const auto choices = results.last(active_.size());
  std::vector<int> still_active;
  for (size_t i = 0; i < active_.size(); ++i) {
    const int sample = active_[i];
    if (Extend(samples_[static_cast<size_t>(sample)], choices[i])) still_active.push_back(sample);
  }
  active_ = std::move(still_active);
  BuildNextRows();
}

void GreedySearch::BuildNextRows() {
  ClearRows();
  if (active_.empty()) {
    best_ = SelectBest(samples_, greedy_.length_penalty);
    return;
  }
  for (int sample : active_) {
    const auto index = static_cast<size_t>(sample);
    const std::vector<TokenId>& tokens = samples_[index].tokens;
    const size_t position = options().prompt.size() + tokens.size() - 1;
    const auto lineage = std::span<const uint8_t>(lineages_[index]).first(position);
    TokenRow& row = AddChoiceRow(tokens, sample, lineage);
    SetSampling(sample, tokens.size(), row.query);
  }
}

}  // namespace ironscribe::decoding
