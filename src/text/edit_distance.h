// How many single-character changes lie between two spellings.
#pragma once

#include <string_view>

namespace ironscribe::text {

// Levenshtein distance in code points. Takes time in proportion to the product of the lengths.
int EditDistance(std::string_view a, std::string_view b);

}  // namespace ironscribe::text
