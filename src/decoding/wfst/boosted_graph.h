// A graph in which phrases are preferred: its states are those of the graph with what was read of
// phrases, made while a search walks them.
//
// One stream, one thread. What it is given must outlive it.
#pragma once

#include <deque>
#include <unordered_map>
#include <vector>

#include "decoding/wfst/graph.h"
#include "decoding/wfst/phrase_automaton.h"

namespace ironscribe::decoding::wfst {

class BoostedGraph : public Graph {
 public:
  BoostedGraph(Graph& graph, const PhraseAutomaton& phrases) : graph_(graph), phrases_(phrases) {}

  StateId Start() override;
  StateArcs Arcs(StateId state) override;
  StateId Next(StateId state, const Arc& arc) override;
  bool MayHaveEpsilons(StateId state) override { return graph_.MayHaveEpsilons(At(state).state); }
  float Final(StateId state) override;
  void Forget() override;

 private:
  struct Entry {
    StateId state = 0;  // Of the graph.
    int32_t phrase = 0;
    const Arc* from = nullptr;  // The graph's arcs; null: not asked for yet.
    Arc* arcs = nullptr;        // The same with other weights; next is -1 or known.
    uint32_t num_epsilons = 0;
    uint32_t num_arcs = 0;
  };
  const Entry& At(StateId state) const { return entries_[static_cast<size_t>(state)]; }
  StateId IdOf(StateId state, int32_t phrase);

  Graph& graph_;
  const PhraseAutomaton& phrases_;
  std::vector<Entry> entries_;
  std::unordered_map<uint64_t, StateId> ids_;
  std::deque<std::vector<Arc>> memory_;
};

}  // namespace ironscribe::decoding::wfst
