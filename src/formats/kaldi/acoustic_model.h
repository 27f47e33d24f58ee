// final.mdl: a transition model and what scores its pdfs, a network or mixtures of Gaussians.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "formats/kaldi/gaussian_mixture.h"
#include "formats/kaldi/network.h"
#include "formats/kaldi/transition_model.h"

namespace ironscribe::formats::kaldi {

struct AcousticModel {
  TransitionModel transitions;
  std::optional<Network> network;         // Of nnet3 models, with
  std::vector<float> priors;              // may be empty.
  std::vector<GaussianMixture> mixtures;  // Of GMM models.
};

// Whether the bytes start as such a model does.
bool IsAcousticModel(io::Bytes bytes);

// Errors: DataLoss for a file that breaks off or contradicts itself, Unimplemented for what no
// model here has.
Result<AcousticModel> ReadAcousticModel(io::Bytes bytes, std::string_view name);

}  // namespace ironscribe::formats::kaldi
