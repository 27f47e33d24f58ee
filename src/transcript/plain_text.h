// Makes recognised text safe to place in line-based files: whatever a tokenizer produced, what is
// written is valid UTF-8 on one line.
#pragma once

#include <string>
#include <string_view>

namespace ironscribe::transcript {

// The text with each ill-formed part replaced by U+FFFD (one per maximal subpart, Unicode 3.9).
std::string ValidUtf8(std::string_view text);

// Valid UTF-8 on one line: line and paragraph separators and tabs become spaces, other control
// characters (C0, DEL, C1) vanish, runs of spaces that this creates shrink to one, and white space
// at both ends is removed. Direction marks, joiners and everything printable stay.
std::string SingleLine(std::string_view text);

}  // namespace ironscribe::transcript
