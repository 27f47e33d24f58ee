#include "formats/kaldi/gaussian_mixture.h"

#include <cmath>
#include <numbers>

namespace ironscribe::formats::kaldi {
namespace {

Status ComputeConstants(const ObjectReader& reader, GaussianMixture* mixture) {
  const int64_t dimension = mixture->inverse_variances.cols;
  for (size_t i = 0; i < mixture->weights.size(); ++i) {
    if (!(mixture->weights[i] >= 0)) return reader.Error("a negative weight");
    double constant = std::log(static_cast<double>(mixture->weights[i])) -
                      0.5 * static_cast<double>(dimension) * std::log(2 * std::numbers::pi);
    for (int64_t d = 0; d < dimension; ++d) {
      const double inverse = mixture->inverse_variances.row(static_cast<int64_t>(i))[d];
      const double mean = mixture->means_inverse_variances.row(static_cast<int64_t>(i))[d];
      if (!(inverse > 0)) return reader.Error("a variance that is not positive");
      constant += 0.5 * std::log(inverse) - 0.5 * mean * mean / inverse;
    }
    mixture->constants.push_back(static_cast<float>(constant));
  }
  return OkStatus();
}

}  // namespace

Result<GaussianMixture> ReadGaussianMixture(ObjectReader& reader) {
  GaussianMixture mixture;
  ASSIGN_OR_RETURN(const std::string_view begin, reader.ReadToken());
  if (begin != "<DiagGMM>" && begin != "<DiagGMMBegin>") return reader.Error("no <DiagGMM>");
  if (reader.NextIs("<GCONSTS>")) {
    RETURN_IF_ERROR(reader.Expect("<GCONSTS>"));
    RETURN_IF_ERROR(reader.ReadVector<float>().status());
  }
  RETURN_IF_ERROR(reader.Expect("<WEIGHTS>"));
  ASSIGN_OR_RETURN(mixture.weights, reader.ReadVector<float>());
  RETURN_IF_ERROR(reader.Expect("<MEANS_INVVARS>"));
  ASSIGN_OR_RETURN(mixture.means_inverse_variances, reader.ReadMatrix<float>());
  RETURN_IF_ERROR(reader.Expect("<INV_VARS>"));
  ASSIGN_OR_RETURN(mixture.inverse_variances, reader.ReadMatrix<float>());
  ASSIGN_OR_RETURN(const std::string_view end, reader.ReadToken());
  if (end != "</DiagGMM>" && end != "<DiagGMMEnd>") return reader.Error("no </DiagGMM>");
  const auto gaussians = static_cast<int64_t>(mixture.weights.size());
  if (gaussians == 0 || mixture.inverse_variances.rows != gaussians ||
      mixture.means_inverse_variances.rows != gaussians ||
      mixture.means_inverse_variances.cols != mixture.inverse_variances.cols) {
    return reader.Error("weights, means and variances of different sizes");
  }
  RETURN_IF_ERROR(ComputeConstants(reader, &mixture));
  return mixture;
}

Result<std::vector<GaussianMixture>> ReadGaussianModel(ObjectReader& reader) {
  RETURN_IF_ERROR(reader.Expect("<DIMENSION>"));
  ASSIGN_OR_RETURN(const int32_t dimension, reader.ReadInt());
  RETURN_IF_ERROR(reader.Expect("<NUMPDFS>"));
  ASSIGN_OR_RETURN(const int32_t num_pdfs, reader.ReadInt());
  if (num_pdfs < 1 || static_cast<size_t>(num_pdfs) > reader.remaining()) {
    return reader.Error("an impossible number of pdfs");
  }
  std::vector<GaussianMixture> pdfs;
  for (int32_t i = 0; i < num_pdfs; ++i) {
    ASSIGN_OR_RETURN(GaussianMixture mixture, ReadGaussianMixture(reader));
    if (mixture.inverse_variances.cols != dimension) {
      return reader.Error("a pdf of another dimension");
    }
    pdfs.push_back(std::move(mixture));
  }
  return pdfs;
}

}  // namespace ironscribe::formats::kaldi
