// A text cut into words and digit groups that know where they stand: what finding spans in a text
// starts from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::text {

// A run of letters (with apostrophes inside) or a run of ASCII digits.
struct WordToken {
  std::string_view written;  // Into the text.
  std::string lower;         // ASCII letters in lower case, others as written.
  size_t offset = 0;         // In bytes.
  std::string_view gap;      // What stands between the token before and this one.
  bool is_digits = false;

  size_t end() const { return offset + written.size(); }
};

// In the order of the text; "GB29" is two tokens with nothing between. The text must outlive them.
std::vector<WordToken> CutIntoTokens(std::string_view text);

}  // namespace ironscribe::text
