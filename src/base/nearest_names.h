// What somebody may have meant who typed a name that does not exist.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ironscribe {

// Up to `limit` of `known` names that look like `name`, nearest first: few edits apart, or one the
// beginning of the other. Case does not count.
std::vector<std::string> NearestNames(std::string_view name, std::span<const std::string> known,
                                      size_t limit);

}  // namespace ironscribe
