// A guard in front of JSON parsers: values nested millions deep cost them hundreds of bytes each.
#pragma once

#include <string_view>

#include "base/status.h"

namespace ironscribe::eval {

// Errors: InvalidArgument when arrays and objects nest deeper than `max_depth`. Says nothing else
// about the text.
Status CheckJsonDepth(std::string_view json, int max_depth);

}  // namespace ironscribe::eval
