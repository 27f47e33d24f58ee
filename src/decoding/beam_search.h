// Beam search with patience, as openai/whisper's BeamSearchDecoder and MaximumLikelihoodRanker do
// it: every step ranks the extensions of all live hypotheses; those that end before `beam_size`
// unfinished ones are found are kept as finished, until there are round(beam_size * patience) of
// them.
//
// Keys and values are never moved. The token of the hypothesis in row i of a step is written to
// slot i, so each (slot, position) is written once, and a hypothesis is the list of slots of its
// positions (its lineage). A fork copies that list, and `beam_size` slots are enough.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "decoding/sequence_search.h"

namespace ironscribe::decoding {

struct BeamOptions {
  // Requires: 1 to kMaxCandidates - 1 (each row is asked for one candidate more than the beam).
  int beam_size = 5;
  // Requires: round(beam_size * patience) is at least 1 (half to even, as Python rounds).
  float patience = 1.0f;
  // Ranks the finished hypotheses; see RankingScore.
  float length_penalty = std::numeric_limits<float>::quiet_NaN();
};

// The number of finished hypotheses at which a beam search ends.
int MaxFinished(int beam_size, float patience);

class BeamSearch final : public SequenceSearch {
 public:
  BeamSearch(SequenceOptions sequence, BeamOptions beam);

  int num_slots() const override { return beam_.beam_size; }
  void Advance(std::span<const RowResult> results) override;
  const Hypothesis& best() const override { return finished_[best_]; }

  // The hypotheses that were ranked. Requires: done().
  std::span<const Hypothesis> finished() const { return finished_; }

 private:
  // An unfinished hypothesis; its index among the live ones is its row and slot.
  struct Live {
    Hypothesis hypothesis;
    std::vector<uint8_t>
        lineage;  // One slot per position, that of its last token not yet included.
  };
  struct Extension {
    size_t parent;
    Candidate candidate;
    double sum_log_probability;
  };

  std::vector<Extension> RankExtensions(std::span<const RowResult> results) const;
  Hypothesis Extended(const Extension& extension) const;
  void Fork(std::span<const Extension> extensions);
  void BuildRows();
  void Finish();

  BeamOptions beam_;
  size_t max_finished_;
  std::vector<Live> live_;
  std::vector<Hypothesis> finished_;
  size_t best_ = 0;
};

}  // namespace ironscribe::decoding
