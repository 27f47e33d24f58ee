// The tables behind english_spelling.cc: words of the language, sorted by the rule that needs them.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace ironscribe::text {

using Spelling = std::pair<std::string_view, std::string_view>;  // British, American.

// Whole words that follow no rule.
std::span<const Spelling> IrregularSpellings();

// Beginnings of words; of several that fit, the first counts.
std::span<const Spelling> SpellingStarts();

// What stands before "-our" in words that lose the u wherever they stand ("favour",
// "unfavourable").
std::span<const std::string_view> OurStems();

// Verbs and nouns whose last l is doubled in British spelling only.
std::span<const std::string_view> DoubledStems();

// What stands before "-re" that becomes "-er".
std::span<const std::string_view> ReStems();

// What stands before "-is" in words that are not spelled "-iz".
std::span<const std::string_view> KeptIsStems();

}  // namespace ironscribe::text
