// Brings texts into a form in which they can be compared word by word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::text {

// Compatibility forms composed (NFKC), lower case, punctuation and symbols dropped, runs of spaces
// made one, none at the ends. An apostrophe joins ("don't" becomes "dont"); other punctuation
// parts.
std::string BasicNormalize(std::string_view text);

// The words between white space.
std::vector<std::string> SplitWords(std::string_view text);

}  // namespace ironscribe::text
