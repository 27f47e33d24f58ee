// The words of a lattice that are expected to have the fewest errors, which are not always those of
// the best path, with how probable each is and when it was said.
//
// Haihua Xu, Daniel Povey, Lidia Mangu, Jie Zhu: Minimum Bayes Risk decoding and system combination
// based on a recursion for edit distance, 2011. As Kaldi's sausages.cc, its tie-breaking included.
#pragma once

#include <vector>

#include "decoding/wfst/word_lattice.h"

namespace ironscribe::decoding::wfst {

struct HeardWord {
  Label word = 0;
  float confidence = 0;    // 0 to 1.
  float begin_frames = 0;  // Means over the paths that have the word.
  float end_frames = 0;
};

// `graph_scale`: of the costs of the graph. An empty lattice has no words.
std::vector<HeardWord> MinimumBayesRisk(const WordLattice& lattice, float graph_scale);

}  // namespace ironscribe::decoding::wfst
