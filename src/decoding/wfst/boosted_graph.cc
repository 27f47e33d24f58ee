#include "decoding/wfst/boosted_graph.h"

#include <algorithm>

namespace ironscribe::decoding::wfst {
namespace {

// Arcs are put into blocks of this many; a state's arcs never cross blocks.
constexpr size_t kBlockArcs = 1 << 12;

}  // namespace

StateId BoostedGraph::IdOf(StateId state, int32_t phrase) {
  const uint64_t key =
      static_cast<uint64_t>(static_cast<uint32_t>(state)) << 32 | static_cast<uint32_t>(phrase);
  const auto [id, is_new] = ids_.try_emplace(key, static_cast<StateId>(entries_.size()));
  if (is_new) entries_.push_back({.state = state, .phrase = phrase});
  return id->second;
}

StateId BoostedGraph::Start() {
  const StateId start = graph_.Start();
  return start < 0 ? start : IdOf(start, PhraseAutomaton::kStart);
}

StateArcs BoostedGraph::Arcs(StateId state) {
  Entry& entry = entries_[static_cast<size_t>(state)];
  if (entry.from == nullptr) {
    const StateArcs from = graph_.Arcs(entry.state);
    entry.from = from.begin;
    entry.num_epsilons = from.num_epsilons;
    entry.num_arcs = from.num_arcs;
    if (memory_.empty() || memory_.back().size() + from.num_arcs > memory_.back().capacity()) {
      memory_.emplace_back().reserve(std::max<size_t>(kBlockArcs, from.num_arcs));
    }
    std::vector<Arc>& block = memory_.back();
    entry.arcs = block.data() + block.size();
    block.insert(block.end(), from.begin, from.begin + from.num_arcs);
    for (uint32_t i = 0; i < from.num_arcs; ++i) {
      Arc& arc = entry.arcs[i];
      arc.next = -1;
      if (arc.output != 0) arc.weight += phrases_.Follow(entry.phrase, arc.output).cost;
    }
  }
  return {.begin = entry.arcs, .num_epsilons = entry.num_epsilons, .num_arcs = entry.num_arcs};
}

StateId BoostedGraph::Next(StateId state, const Arc& arc) {
  if (arc.next >= 0) return arc.next;
  const Entry entry = At(state);  // A copy: IdOf may move entries.
  const auto index = static_cast<size_t>(&arc - entry.arcs);
  const StateId next = graph_.Next(entry.state, entry.from[index]);
  const int32_t phrase =
      arc.output == 0 ? entry.phrase : phrases_.Follow(entry.phrase, arc.output).next;
  return entry.arcs[index].next = IdOf(next, phrase);
}

float BoostedGraph::Final(StateId state) {
  const Entry& entry = At(state);
  return graph_.Final(entry.state) + phrases_.EndCost(entry.phrase);
}

void BoostedGraph::Forget() {
  graph_.Forget();
  entries_.clear();
  ids_.clear();
  memory_.clear();
}

}  // namespace ironscribe::decoding::wfst
