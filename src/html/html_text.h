// Text from outside inside HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace ironscribe::html {

// Safe between tags and inside attributes in double or single quotes: valid UTF-8, markup escaped,
// control characters and those that turn the direction of what follows replaced.
std::string EscapeHtml(std::string_view text);

}  // namespace ironscribe::html
