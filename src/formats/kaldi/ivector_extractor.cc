#include "formats/kaldi/ivector_extractor.h"

namespace ironscribe::formats::kaldi {

Result<IvectorExtractor> ReadIvectorExtractor(ObjectReader& reader) {
  RETURN_IF_ERROR(reader.Expect("<IvectorExtractor>"));
  RETURN_IF_ERROR(reader.Expect("<w>"));
  ASSIGN_OR_RETURN(const Matrix weight_projections, reader.ReadMatrix<float>());
  if (weight_projections.rows > 0) {
    return UnimplementedError(
        reader.Error("weights that depend on the i-vector are not supported").message());
  }
  RETURN_IF_ERROR(reader.Expect("<w_vec>"));
  RETURN_IF_ERROR(reader.ReadVector<float>().status());
  RETURN_IF_ERROR(reader.Expect("<M>"));
  ASSIGN_OR_RETURN(const int32_t gaussians, reader.ReadInt());
  if (gaussians < 1 || static_cast<size_t>(gaussians) > reader.remaining()) {
    return reader.Error("an impossible number of Gaussians");
  }
  IvectorExtractor extractor;
  for (int32_t i = 0; i < gaussians; ++i) {
    ASSIGN_OR_RETURN(DoubleMatrix mean, reader.ReadMatrix<double>());
    const bool first = extractor.means.empty();
    if (mean.rows < 1 || mean.cols < 1 ||
        (!first &&
         (mean.rows != extractor.feature_dim() || mean.cols != extractor.ivector_dim()))) {
      return reader.Error("means of different shapes");
    }
    extractor.means.push_back(std::move(mean));
  }
  RETURN_IF_ERROR(reader.Expect("<SigmaInv>"));
  const int64_t features = extractor.feature_dim();
  for (int32_t i = 0; i < gaussians; ++i) {
    ASSIGN_OR_RETURN(auto covariance, reader.ReadPackedSymmetric<double>());
    if (static_cast<int64_t>(covariance.size()) != features * (features + 1) / 2) {
      return reader.Error("a covariance of another dimension");
    }
    extractor.inverse_covariances.push_back(std::move(covariance));
  }
  RETURN_IF_ERROR(reader.Expect("<IvectorOffset>"));
  ASSIGN_OR_RETURN(extractor.prior_offset, reader.ReadFloat());
  RETURN_IF_ERROR(reader.Expect("</IvectorExtractor>"));
  return extractor;
}

}  // namespace ironscribe::formats::kaldi
