// The operations on single rows that components stand for.
#include <fmt/format.h>

#include <cmath>

#include "models/kaldi/network_compiler.h"

namespace ironscribe::models::kaldi {
namespace {

namespace kf = formats::kaldi;
using Operation = NetworkPlan::RowOperation;

Status Bad(const std::string& name, std::string_view what) {
  return InvalidArgumentError(fmt::format("network: '{}': {}", name, what));
}

// A vector that is repeated until it fills the row.
Result<std::vector<float>> Repeated(const kf::Component& component, std::string_view tag, int dim) {
  const kf::Matrix* values = component.Array(tag);
  if (values == nullptr || values->values.empty() ||
      dim % static_cast<int>(values->values.size()) != 0) {
    return Bad(component.name, fmt::format("{} do not fill a row of {}", tag, dim));
  }
  std::vector<float> repeated;
  while (static_cast<int>(repeated.size()) < dim) {
    repeated.insert(repeated.end(), values->values.begin(), values->values.end());
  }
  return repeated;
}

}  // namespace

// y = (x - mean) target_rms / sqrt(variance + epsilon)
Status NetworkCompiler::AddBatchNorm(const Component& component, Stage* stage) {
  ASSIGN_OR_RETURN(const std::vector<float> mean, Repeated(component, "StatsMean", stage->dim));
  ASSIGN_OR_RETURN(const std::vector<float> variance, Repeated(component, "StatsVar", stage->dim));
  // The file has means of the values and of their squares' deviation already.
  const auto epsilon = static_cast<float>(component.Number("Epsilon", 1e-3));
  const auto target_rms = static_cast<float>(component.Number("TargetRms", 1));
  Operation operation{.kind = Operation::Kind::kScaleOffset, .scale = {}, .offset = {}};
  for (size_t i = 0; i < mean.size(); ++i) {
    const float scale = target_rms / std::sqrt(std::max(variance[i], 0.0f) + epsilon);
    if (!std::isfinite(scale)) return Bad(component.name, "a variance of zero");
    operation.scale.push_back(scale);
    operation.offset.push_back(-mean[i] * scale);
  }
  stage->operations.push_back(std::move(operation));
  return OkStatus();
}

Status NetworkCompiler::AddRowOperation(const Component& component, Stage* stage) {
  const std::string& type = component.type;
  const auto dim = static_cast<size_t>(stage->dim);
  Operation operation;
  if (type == "BatchNormComponent") return AddBatchNorm(component, stage);
  if (type == "RectifiedLinearComponent") {
    operation.kind = Operation::Kind::kRelu;
  } else if (type == "SigmoidComponent") {
    operation.kind = Operation::Kind::kSigmoid;
  } else if (type == "TanhComponent") {
    operation.kind = Operation::Kind::kTanh;
  } else if (type == "LogSoftmaxComponent") {
    operation.kind = Operation::Kind::kLogSoftmax;
  } else if (type == "NormalizeComponent" && component.Number("AddLogStddev", 0) == 0 &&
             component.Number("BlockDim", stage->dim) == stage->dim) {
    operation.kind = Operation::Kind::kNormalize;
    operation.target_rms = static_cast<float>(component.Number("TargetRms", 1));
  } else if (type == "FixedScaleComponent" || type == "PerElementScaleComponent" ||
             type == "NaturalGradientPerElementScaleComponent" ||
             type == "ScaleAndOffsetComponent" || type == "FixedBiasComponent" ||
             type == "PerElementOffsetComponent") {
    operation.kind = Operation::Kind::kScaleOffset;
    operation.scale.assign(dim, 1);
    operation.offset.assign(dim, 0);
    const bool has_scale = type.find("Scale") != std::string::npos;
    const bool has_offset =
        type.find("Offset") != std::string::npos || type.find("Bias") != std::string::npos;
    if (has_scale) {
      const bool named_params = component.Array("Params") != nullptr;
      ASSIGN_OR_RETURN(operation.scale,
                       Repeated(component, named_params ? "Params" : "Scales", stage->dim));
    }
    if (has_offset) {
      const bool named_bias = component.Array("Bias") != nullptr;
      ASSIGN_OR_RETURN(operation.offset,
                       Repeated(component, named_bias ? "Bias" : "Offsets", stage->dim));
    }
  } else {
    return UnimplementedError(
        fmt::format("network: '{}' is a {}, which is not supported", component.name, type));
  }
  stage->operations.push_back(std::move(operation));
  return OkStatus();
}

}  // namespace ironscribe::models::kaldi
