#include "decoding/wfst/word_lattice.h"

namespace ironscribe::decoding::wfst {
namespace {

// Depth first, without recursion: lattices are as deep as utterances are long.
std::vector<int32_t> PostOrder(const WordLattice& lattice) {
  std::vector<int32_t> order;
  if (lattice.states.empty()) return order;
  std::vector<bool> visited(lattice.states.size());
  std::vector<std::pair<int32_t, size_t>> stack = {{0, 0}};
  visited[0] = true;
  while (!stack.empty()) {
    const int32_t state = stack.back().first;
    const auto& arcs = lattice.states[static_cast<size_t>(state)].arcs;
    if (stack.back().second == arcs.size()) {
      order.push_back(state);
      stack.pop_back();
      continue;
    }
    const int32_t next = arcs[stack.back().second++].next;
    if (visited[static_cast<size_t>(next)]) continue;
    visited[static_cast<size_t>(next)] = true;
    stack.emplace_back(next, 0);
  }
  return order;
}

}  // namespace

WordLattice SortStates(const WordLattice& lattice) {
  const std::vector<int32_t> post_order = PostOrder(lattice);
  std::vector<bool> ends(lattice.states.size());
  for (const int32_t state : post_order) {
    const auto index = static_cast<size_t>(state);
    ends[index] = lattice.states[index].is_final;
    for (const WordArc& arc : lattice.states[index].arcs) {
      if (ends[static_cast<size_t>(arc.next)]) ends[index] = true;
    }
  }
  std::vector<int32_t> numbers(lattice.states.size(), -1);
  WordLattice sorted;
  if (lattice.states.empty() || !ends[0]) return sorted;
  int32_t count = 0;
  for (size_t i = post_order.size(); i-- > 0;) {
    const auto index = static_cast<size_t>(post_order[i]);
    if (ends[index]) numbers[index] = count++;
  }
  for (size_t i = post_order.size(); i-- > 0;) {
    const auto index = static_cast<size_t>(post_order[i]);
    if (!ends[index]) continue;
    const WordLattice::State& from = lattice.states[index];
    WordLattice::State& to = sorted.states.emplace_back();
    to.is_final = from.is_final;
    to.final = from.final;
    for (const WordArc& arc : from.arcs) {
      const int32_t next = numbers[static_cast<size_t>(arc.next)];
      if (next < 0) continue;
      to.arcs.push_back(arc);
      to.arcs.back().next = next;
    }
  }
  return sorted;
}

}  // namespace ironscribe::decoding::wfst
