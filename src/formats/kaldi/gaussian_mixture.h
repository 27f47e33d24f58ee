// Mixtures of Gaussians with diagonal covariance: those of a GMM model's pdfs and the universal
// background model of i-vectors. The constant of each Gaussian is computed, not read.
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "formats/kaldi/matrix.h"
#include "formats/kaldi/object_reader.h"

namespace ironscribe::formats::kaldi {

struct GaussianMixture {
  std::vector<float> weights;
  Matrix means_inverse_variances;  // Mean over variance, [gaussians, dimension].
  Matrix inverse_variances;
  // log w - (d log 2 pi - sum log inverse variance + sum mean^2 / variance) / 2
  std::vector<float> constants;
};

// "<DiagGMM> ... </DiagGMM>". Errors: DataLoss; shapes that disagree and variances that are not
// positive are among them.
Result<GaussianMixture> ReadGaussianMixture(ObjectReader& reader);

// "<DIMENSION> ... " of a GMM acoustic model: one mixture per pdf.
Result<std::vector<GaussianMixture>> ReadGaussianModel(ObjectReader& reader);

}  // namespace ironscribe::formats::kaldi
