#include "formats/weight_source.h"

#include <algorithm>

namespace ironscribe::formats {

const TensorInfo* WeightSource::Find(std::string_view name) const {
  const std::vector<TensorInfo>& all = tensors();
  const auto found = std::lower_bound(
      all.begin(), all.end(), name,
      [](const TensorInfo& info, std::string_view wanted) { return info.name < wanted; });
  return found == all.end() || found->name != name ? nullptr : &*found;
}

}  // namespace ironscribe::formats
