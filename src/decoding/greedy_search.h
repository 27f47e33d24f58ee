// Greedy search at temperature 0; above it, several independent samples of which the most probable
// is kept (openai/whisper's best_of).
//
// The prompt is written once, to slot 0. Each sample has its own slot and reaches the prompt by its
// lineage. Several samples choose differently at the prompt's last position, so that row is handed
// out once per sample, after the rest of the prompt.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "decoding/sequence_search.h"

namespace ironscribe::decoding {

struct GreedyOptions {
  float temperature = 0;
  // Requires: 1 at temperature 0, where all samples would be equal; at most 255.
  int num_samples = 1;
  // Ranks the samples; see RankingScore.
  float length_penalty = std::numeric_limits<float>::quiet_NaN();
  // The random numbers of sample s at step t depend on (seed, s, t) only.
  uint64_t seed = 0;
};

class GreedySearch final : public SequenceSearch {
 public:
  GreedySearch(SequenceOptions sequence, GreedyOptions greedy);

  int num_slots() const override { return greedy_.num_samples; }
  void Advance(std::span<const RowResult> results) override;
  const Hypothesis& best() const override { return samples_[best_]; }

  // All samples, in order. Requires: done().
  std::span<const Hypothesis> samples() const { return samples_; }

 private:
  void BuildFirstChoice();
  void BuildNextRows();
  void SetSampling(int sample, size_t step, RowQuery& query) const;
  // Returns false when the sample has ended.
  bool Extend(Hypothesis& sample, const RowResult& result) const;

  GreedyOptions greedy_;
  std::vector<Hypothesis> samples_;
  std::vector<std::vector<uint8_t>> lineages_;  // Per sample, for all positions.
  std::vector<int> active_;                     // Samples whose choice is among rows(), in order.
  size_t best_ = 0;
};

}  // namespace ironscribe::decoding
