// A lattice: the paths through a graph that a search kept, as an acyclic graph of their own.
#pragma once

#include <cstdint>
#include <vector>

#include "decoding/wfst/graph.h"

namespace ironscribe::decoding::wfst {

// Costs are negative logarithms; the search adds both, rescoring tells them apart.
struct LatticeArc {
  int32_t transition = 0;  // 0: none.
  Label word = 0;          // 0: none.
  float graph_cost = 0;
  float acoustic_cost = 0;
  int32_t next = 0;

  float cost() const { return graph_cost + acoustic_cost; }
};

// The first state is the start.
struct Lattice {
  std::vector<std::vector<LatticeArc>> arcs;  // By state.
  std::vector<float> final_costs;             // Of the graph; kInfinity: not final.

  bool empty() const { return arcs.empty(); }
  size_t num_states() const { return arcs.size(); }
  int32_t AddState() {
    arcs.emplace_back();
    final_costs.push_back(kInfinity);
    return static_cast<int32_t>(arcs.size()) - 1;
  }
};

// The states that the start leads to, arcs to higher numbers only. Arcs that close a cycle, which a
// broken graph may have made, are dropped.
Lattice SortStates(const Lattice& lattice);

}  // namespace ironscribe::decoding::wfst
