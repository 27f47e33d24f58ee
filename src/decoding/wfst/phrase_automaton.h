// Phrases that are preferred, as an automaton that reads words beside a graph and says what each
// word changes. What a path gains in all is the sum over the phrases it contains, wherever they
// begin and overlap: a phrase is paid for word by word as it goes on, so that a beam keeps it, and
// what was paid is taken back when it breaks off.
//
// Alfred V. Aho, Margaret J. Corasick: Efficient string matching: an aid to bibliographic search,
// 1975. Immutable; any number of threads may share it.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "decoding/wfst/graph.h"

namespace ironscribe::decoding::wfst {

struct WeightedPhrase {
  std::vector<Label> words;
  float weight = 0;  // For each of its words; below 0 the phrase is avoided.
};

class PhraseAutomaton {
 public:
  // Of phrases with the same words the last counts; those without words do not.
  explicit PhraseAutomaton(std::span<const WeightedPhrase> phrases);

  static constexpr int32_t kStart = 0;
  struct Step {
    int32_t next = kStart;
    float cost = 0;  // Below 0 where a phrase goes on.
  };
  Step Follow(int32_t state, Label word) const;

  // Takes back what was paid for phrases that have not ended.
  float EndCost(int32_t state) const { return At(state).paid; }

 private:
  struct State {
    int32_t fallback = kStart;  // The longest phrase's beginning that also ends here.
    float paid = 0;             // For phrases that may still go on.
    float ended = 0;            // By phrases that end here.
  };
  const State& At(int32_t state) const { return states_[static_cast<size_t>(state)]; }
  State& At(int32_t state) { return states_[static_cast<size_t>(state)]; }
  static uint64_t KeyOf(int32_t state, Label word) {
    return static_cast<uint64_t>(static_cast<uint32_t>(state)) << 32 | static_cast<uint32_t>(word);
  }
  int32_t StepTo(int32_t state, Label word) const;

  std::vector<State> states_;
  std::unordered_map<uint64_t, int32_t> children_;
};

}  // namespace ironscribe::decoding::wfst
