// Words that are not to end a line, and abbreviations whose full stop ends no sentence, for the
// languages where a short list does most of the work.
#pragma once

#include <string_view>

namespace ironscribe::transcript {

// Articles, prepositions, conjunctions and their like: they belong to the word behind them.
// Requires: lower case.
bool LeadsToNextWord(std::string_view word, std::string_view language);

// "mr", "z.b": without the last full stop. Requires: lower case.
bool IsAbbreviation(std::string_view word, std::string_view language);

}  // namespace ironscribe::transcript
