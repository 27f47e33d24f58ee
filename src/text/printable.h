// Text from outside on its way to a terminal, a log or a page.
#pragma once

#include <string>
#include <string_view>

namespace ironscribe::text {

// A text that is safe to print: valid UTF-8 without control characters or marks that change the
// direction of what follows.
std::string Printable(std::string_view text);

}  // namespace ironscribe::text
