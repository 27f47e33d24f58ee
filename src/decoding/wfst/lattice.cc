#include "decoding/wfst/lattice.h"

namespace ironscribe::decoding::wfst {

Lattice SortStates(const Lattice& lattice) {
  Lattice sorted;
  if (lattice.empty()) return sorted;
  std::vector<bool> visited(lattice.num_states());
  std::vector<int32_t> post_order;
  std::vector<std::pair<int32_t, size_t>> stack = {{0, 0}};
  visited[0] = true;
  while (!stack.empty()) {
    const int32_t state = stack.back().first;
    const auto& arcs = lattice.arcs[static_cast<size_t>(state)];
    if (stack.back().second == arcs.size()) {
      post_order.push_back(state);
      stack.pop_back();
      continue;
    }
    const int32_t next = arcs[stack.back().second++].next;
    if (visited[static_cast<size_t>(next)]) continue;
    visited[static_cast<size_t>(next)] = true;
    stack.emplace_back(next, 0);
  }
  std::vector<int32_t> numbers(lattice.num_states(), -1);
  for (size_t i = post_order.size(); i-- > 0;) {
    numbers[static_cast<size_t>(post_order[i])] = sorted.AddState();
  }
  for (const int32_t state : post_order) {
    const auto from = static_cast<size_t>(state);
    const auto to = static_cast<size_t>(numbers[from]);
    sorted.final_costs[to] = lattice.final_costs[from];
    sorted.arcs[to].reserve(lattice.arcs[from].size());
    for (const LatticeArc& arc : lattice.arcs[from]) {
      const int32_t next = numbers[static_cast<size_t>(arc.next)];
      if (next <= numbers[from]) continue;
      sorted.arcs[to].push_back(arc);
      sorted.arcs[to].back().next = next;
    }
  }
  return sorted;
}

}  // namespace ironscribe::decoding::wfst
