#include "decoding/beam_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace ironscribe::decoding {

int MaxFinished(int beam_size, float patience) {
  return static_cast<int>(std::nearbyint(static_cast<double>(beam_size) * patience));
}

BeamSearch::BeamSearch(SequenceOptions sequence, BeamOptions beam)
    : SequenceSearch(std::move(sequence)), beam_(beam) {
  IRONSCRIBE_CHECK(beam_.beam_size >= 1 && beam_.beam_size < kMaxCandidates);
  const int max_finished = MaxFinished(beam_.beam_size, beam_.patience);
  IRONSCRIBE_CHECK(max_finished >= 1);
  max_finished_ = static_cast<size_t>(max_finished);
  for (int index = 0; index + 1 < prompt_size(); ++index) AddPromptRow(index, 0);
  AddPromptRow(prompt_size() - 1, 0).query.num_candidates = beam_.beam_size + 1;
  Live root;
  root.lineage.assign(static_cast<size_t>(prompt_size() - 1), 0);
  live_.push_back(std::move(root));
}

std::vector<BeamSearch::Extension> BeamSearch::RankExtensions(
    std::span<const RowResult> results) const {
  std::vector<Extension> extensions;
  for (size_t parent = 0; parent < live_.size(); ++parent) {
    const double base = live_[parent].hypothesis.sum_log_probability;
    for (const Candidate& candidate : results[parent].candidates) {
      if (candidate.id < 0 || std::isinf(candidate.log_probability)) continue;  // Masked.
      extensions.push_back({parent, candidate, base + candidate.log_probability});
    }
  }
  // Stable: of equals the one of the better parent and the lower id comes first.
  std::stable_sort(extensions.begin(), extensions.end(), [](const auto& a, const auto& b) {
    return a.sum_log_probability > b.sum_log_probability;
  });
  return extensions;
}

Hypothesis BeamSearch::Extended(const Extension& extension) const {
  Hypothesis hypothesis = live_[extension.parent].hypothesis;
  hypothesis.log_probabilities.push_back(extension.candidate.log_probability);
  hypothesis.sum_log_probability = extension.sum_log_probability;
  if (extension.candidate.id == options().end_of_text) {
    hypothesis.reached_end = true;
  } else {
    hypothesis.tokens.push_back(extension.candidate.id);
  }
  return hypothesis;
}

void BeamSearch::Advance(std::span<const RowResult> results) {
  IRONSCRIBE_CHECK(results.size() == rows().size() && results.size() >= live_.size());
  TakeStep(results);
  std::vector<Extension> unfinished;
  for (const Extension& extension : RankExtensions(results.last(live_.size()))) {
    if (extension.candidate.id != options().end_of_text) {
      unfinished.push_back(extension);
      if (unfinished.size() == static_cast<size_t>(beam_.beam_size)) break;
    } else if (finished_.size() < max_finished_) {
      finished_.push_back(Extended(extension));
    }
  }
  Fork(unfinished);
  if (finished_.size() >= max_finished_ || live_.empty() ||
      AtLimit(live_.front().hypothesis.tokens.size())) {
    Finish();
  } else {
    BuildRows();
  }
}

void BeamSearch::Fork(std::span<const Extension> extensions) {
  std::vector<Live> next;
  next.reserve(extensions.size());
  for (const Extension& extension : extensions) {
    Live child{Extended(extension), live_[extension.parent].lineage};
    child.lineage.push_back(static_cast<uint8_t>(extension.parent));
    next.push_back(std::move(child));
  }
  live_ = std::move(next);
}

void BeamSearch::BuildRows() {
  ClearRows();
  for (size_t i = 0; i < live_.size(); ++i) {
    const Live& live = live_[i];
    TokenRow& row = AddChoiceRow(live.hypothesis.tokens, static_cast<int>(i), live.lineage);
    row.query.num_candidates = beam_.beam_size + 1;
  }
}

void BeamSearch::Finish() {
  ClearRows();
  // Live hypotheses are in descending order of probability. They fill up what is missing to a beam.
  for (Live& live : live_) {
    if (finished_.size() >= static_cast<size_t>(beam_.beam_size)) break;
    finished_.push_back(std::move(live.hypothesis));
  }
  // Every token was masked at the first row.
  if (finished_.empty()) finished_.emplace_back();
  live_.clear();
  best_ = SelectBest(finished_, beam_.length_penalty);
}

}  // namespace ironscribe::decoding
