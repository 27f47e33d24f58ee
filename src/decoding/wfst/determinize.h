// From a lattice to one in which each sequence of words has one path: the best, with its
// transitions.
//
// Daniel Povey et al.: Generating exact lattices in the WFST framework, 2012. What is kept is what
// Kaldi's determinize-lattice-pruned keeps: arcs on a path that is at most the beam worse than the
// best, first with phones among the words, which is quick, then with words alone.
#pragma once

#include <span>

#include "decoding/wfst/word_lattice.h"

namespace ironscribe::decoding::wfst {

struct DeterminizeOptions {
  float beam = 10;
  // By transition-id: the phone that it begins, 0: none. Empty: words only.
  std::span<const int32_t> phone_begins = {};
  // Ends early, with what is best by then, where a lattice has more states than this.
  size_t max_states = 100000;
};

// States of the lattice may be in any order.
WordLattice Determinize(const Lattice& lattice, const DeterminizeOptions& options);

}  // namespace ironscribe::decoding::wfst
