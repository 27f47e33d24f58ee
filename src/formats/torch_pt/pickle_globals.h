// The names a checkpoint's pickle may mention, and what they stand for.
#pragma once

#include <optional>
#include <string_view>

#include "formats/element_conversion.h"

namespace ironscribe::formats {

enum class PickleGlobal {
  kOrderedDict,
  kRebuildTensor,
  kRebuildParameter,
  kRebuildFromType,
  kSize,
  kTensorType,  // A class that is only mentioned, never called.
  kStorage,
};

struct PickleGlobalInfo {
  std::string_view name;  // "module.name".
  PickleGlobal global;
  Encoding encoding = Encoding::kFloat32;  // Of a storage.
};

// Null for a name that is not allowed.
const PickleGlobalInfo* FindPickleGlobal(std::string_view module, std::string_view name);

}  // namespace ironscribe::formats
