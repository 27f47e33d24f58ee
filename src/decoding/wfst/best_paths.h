// The best paths of a lattice, each with other words: an n-best list.
//
// Frank K. Soong, Eng-Fong Huang: A tree-trellis based fast search for finding the N best sentence
// hypotheses, 1991: forwards in the order of exact costs to the end.
#pragma once

#include <vector>

#include "decoding/wfst/word_lattice.h"

namespace ironscribe::decoding::wfst {

struct LatticePath {
  std::vector<Label> words;
  float cost = 0;         // Graph costs scaled, and acoustic costs.
  float probability = 0;  // Among all paths of the lattice, 0 to 1.
  WordLattice lattice;    // The path alone, with its transitions; costs unscaled.
};

// At most `count` paths, the best first, of equal cost in no order that could change between runs;
// of paths with the same words the best one. `graph_scale`: of the costs of the graph. Fewer where
// the lattice has fewer, or where it is so ambiguous that other words do not come within the work
// that is allowed.
std::vector<LatticePath> BestPaths(const WordLattice& lattice, size_t count, float graph_scale);

}  // namespace ironscribe::decoding::wfst
