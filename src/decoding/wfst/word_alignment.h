// Moves the words of a lattice to where they are spoken: behind it each arc is one word with all of
// its own transitions, or a silence, so that arcs have the times of words. Needs phones that say
// where in a word they stand.
//
// Kaldi's word-align-lattice, with self-loops behind the transition that leaves a state and silence
// that has no words.
#pragma once

#include <cstdint>
#include <span>

#include "decoding/wfst/word_lattice.h"

namespace ironscribe::decoding::wfst {

enum class PhonePlace : uint8_t { kNone, kNonWord, kBegin, kEnd, kInternal, kSingleton };

// What a transition tells.
struct TransitionPlace {
  int32_t phone = 0;
  PhonePlace place = PhonePlace::kNone;
  bool self_loop = false;
  bool final = false;  // Leaves the phone.
};

// `places` by transition-id. `max_states`: a lattice that grows beyond it is returned as far as it
// got; 0 is no limit.
WordLattice AlignWords(const WordLattice& lattice, std::span<const TransitionPlace> places,
                       size_t max_states);

}  // namespace ironscribe::decoding::wfst
