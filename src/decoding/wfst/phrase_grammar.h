// A language of phrases and what can be put together of them, to be composed with a lexicon as a
// language model is.
#pragma once

#include <span>
#include <vector>

#include "formats/openfst/fst.h"

namespace ironscribe::decoding::wfst {

// A bigram of the phrases' words, half of each probability left to unigrams: the language that
// Vosk makes of its grammar (language_model.cc), so that the same phrases are recognised alike.
// After a phrase another may begin. An acceptor; arcs of each state sorted, the back-off first.
// Requires: labels above 0. Phrases may be empty; without any, nothing can be said.
formats::openfst::Fst PhraseGrammar(std::span<const std::vector<formats::openfst::Label>> phrases);

}  // namespace ironscribe::decoding::wfst
