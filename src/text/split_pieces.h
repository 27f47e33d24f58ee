// Cuts text into the pieces that byte pairs are merged within.
#pragma once

#include <string_view>
#include <vector>

namespace ironscribe::text {

// The pieces of GPT-2's pattern
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// in order; together they are the whole text. Malformed UTF-8 counts as neither letter, number nor
// space. The pieces point into `text`.
std::vector<std::string_view> SplitPieces(std::string_view text);

}  // namespace ironscribe::text
