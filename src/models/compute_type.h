// The arithmetic a model runs in.
#pragma once

#include <string_view>

#include "base/status.h"

namespace ironscribe::models {

enum class ComputeType { kFloat32, kBFloat16, kInt8 };

std::string_view ComputeTypeName(ComputeType type);

// "auto" is int8. Errors: InvalidArgument naming the choices.
Result<ComputeType> ParseComputeType(std::string_view name);

}  // namespace ironscribe::models
