// A lattice of words: each arc is a word with the transitions it took. What is left of a search
// when only the best way of saying each sequence of words is kept.
#pragma once

#include <cstdint>
#include <vector>

#include "decoding/wfst/lattice.h"

namespace ironscribe::decoding::wfst {

struct WordArc {
  Label word = 0;  // 0: none, e.g. silence.
  float graph_cost = 0;
  float acoustic_cost = 0;
  std::vector<int32_t> transitions;  // One a frame.
  int32_t next = 0;
};

// States are in topological order; the first is the start.
struct WordLattice {
  struct State {
    std::vector<WordArc> arcs;
    bool is_final = false;
    // What a path adds that ends here; its word is 0 and its next is not used.
    WordArc final;
  };
  std::vector<State> states;
};

// Sorts the states so that arcs lead to higher numbers and drops those that are on no path from the
// start to an end. Requires: no cycles.
WordLattice SortStates(const WordLattice& lattice);

}  // namespace ironscribe::decoding::wfst
