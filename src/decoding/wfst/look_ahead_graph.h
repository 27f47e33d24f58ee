// The composition of a lexicon (HCLr: transition-ids to words) with a language model (Gr), made
// state by state as the search reaches it. The weight of what can still come is paid in advance and
// a word is written as soon as it is the only one left, so that the beam sees the language model
// early.
//
// The filters are OpenFst's for an output look-ahead: epsilons of the language model go before
// those of the lexicon, weights are pushed (and what was paid is kept rounded to 1/1024, as OpenFst
// does), labels are pushed over epsilons. So weights are those that Vosk searches with.
//
// One stream, one thread. The views must outlive it.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "decoding/wfst/graph.h"
#include "decoding/wfst/look_ahead.h"

namespace ironscribe::decoding::wfst {

struct LookAheadParts {
  GraphView lexicon;  // Arcs of each state sorted by output.
  GraphView words;    // An acceptor; arcs of each state sorted by input.
  ReachabilityView reach;
  std::span<const int32_t> sum_begins;  // Of SumArcs(words).
  std::span<const double> sums;
  std::span<const Label> disambiguation;  // Sorted; inputs that stand for nothing.
};

class LookAheadGraph : public Graph {
 public:
  explicit LookAheadGraph(const LookAheadParts& parts);

  StateId Start() override;
  StateArcs Arcs(StateId state) override;
  float Final(StateId state) override;
  void Forget() override;

  size_t num_states() const { return states_.size(); }

 private:
  struct State {
    StateId lexicon;
    StateId words;
    Label pushed;   // Written already, still to be read in the lexicon; 0: none.
    float paid;     // Weight paid in advance.
    uint8_t after;  // 1: an epsilon of the lexicon was taken, those of the words may not follow.
    bool operator==(const State&) const = default;
  };
  struct StateHash {
    size_t operator()(const State& state) const;
  };

  StateId IdOf(const State& state);
  void Expand(StateId id);
  void ExpandPushed(const State& state, std::span<const Arc> arcs);
  void ExpandEpsilon(const State& state, const Arc& arc);
  void ExpandWords(const State& state, std::span<const Arc> arcs);
  void Add(const Arc& lexicon_arc, Label word, float weight, const State& next);

  LookAheadParts parts_;
  LookAhead look_ahead_;
  std::vector<State> states_;
  std::unordered_map<State, StateId, StateHash> ids_;
  std::vector<StateArcs> arcs_;  // By state; begin null: not made yet.
  std::deque<std::vector<Arc>> memory_;
  std::vector<Arc> made_;  // Of the state being expanded.
};

}  // namespace ironscribe::decoding::wfst
