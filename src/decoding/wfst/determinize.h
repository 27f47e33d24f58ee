// From a lattice to one in which each sequence of words has one path: the best, with its
// transitions.
//
// Daniel Povey et al.: Generating exact lattices in the WFST framework, 2012. Paths worse than the
// best by more than the beam are left out.
#pragma once

#include "decoding/wfst/word_lattice.h"

namespace ironscribe::decoding::wfst {

struct DeterminizeOptions {
  float beam = 10;
  // Ends early, with what is best by then, where a lattice has more states than this.
  size_t max_states = 100000;
};

WordLattice Determinize(const Lattice& lattice, const DeterminizeOptions& options);

}  // namespace ironscribe::decoding::wfst
