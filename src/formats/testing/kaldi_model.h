// Small Kaldi models for tests, in binary or text form.
#pragma once

#include <string>

namespace ironscribe::formats::testing {

// Phones 1 (with the chain topology: a forward transition and a self-loop) and 2, pdfs 0 to 3.
std::string KaldiTransitions(bool binary);

// A network of an affine layer with context, ReLU, batch normalisation and an affine output of four
// pdfs behind those transitions. `body` false leaves the transitions out.
std::string KaldiNetworkModel(bool binary);

// Four pdfs of two Gaussians in three dimensions behind those transitions.
std::string KaldiMixtureModel(bool binary);

}  // namespace ironscribe::formats::testing
