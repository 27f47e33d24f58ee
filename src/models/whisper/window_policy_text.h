// Text as the window policy compares it.
#pragma once

#include <string_view>

namespace ironscribe::models::whisper {

// Without white space at both ends, Unicode's included.
std::string_view StripSpace(std::string_view text);

}  // namespace ironscribe::models::whisper
