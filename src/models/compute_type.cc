#include "models/compute_type.h"

#include <string>

namespace ironscribe::models {

std::string_view ComputeTypeName(ComputeType type) {
  switch (type) {
    case ComputeType::kFloat32:
      return "float32";
    case ComputeType::kBFloat16:
      return "bfloat16";
    case ComputeType::kInt8:
      return "int8";
  }
  return "unknown";
}

Result<ComputeType> ParseComputeType(std::string_view name) {
  if (name == "auto") return ComputeType::kInt8;
  for (ComputeType type : {ComputeType::kFloat32, ComputeType::kBFloat16, ComputeType::kInt8}) {
    if (name == ComputeTypeName(type)) return type;
  }
  return InvalidArgumentError("unknown compute type '" + std::string(name) +
                              "'; use auto, float32, bfloat16 or int8");
}

}  // namespace ironscribe::models
