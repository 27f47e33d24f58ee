// The parameters of Kaldi's i-vector extractor (final.ie).
#pragma once

#include <vector>

#include "base/status.h"
#include "formats/kaldi/matrix.h"
#include "formats/kaldi/object_reader.h"

namespace ironscribe::formats::kaldi {

struct IvectorExtractor {
  std::vector<DoubleMatrix> means;  // Per Gaussian: M_i [features, ivector].
  // Per Gaussian: the lower triangle of the inverse covariance, [features (features + 1) / 2].
  std::vector<std::vector<double>> inverse_covariances;
  double prior_offset = 0;

  int64_t ivector_dim() const { return means.front().cols; }
  int64_t feature_dim() const { return means.front().rows; }
};

// Errors: DataLoss; shapes that disagree are among them. Unimplemented for weights that depend on
// the i-vector, which Kaldi's online extraction does not support either.
Result<IvectorExtractor> ReadIvectorExtractor(ObjectReader& reader);

}  // namespace ironscribe::formats::kaldi
