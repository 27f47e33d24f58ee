// What a caller may want changed in a recognised text, each as edits: ascending, disjoint, made on
// the text as it is given. None touches labels such as [CARD_NUMBER]. Pure functions, linear in the
// text; English, but for the punctuation.
#pragma once

#include <string_view>
#include <vector>

#include "text/text_edit.h"

namespace ironscribe::text {

// "twenty five dollars" to "$25", "nineteen eighty four" to "1984", "three point five percent" to
// "3.5%", "four one one one" to "4111", "march third" to "March 3rd" (as written otherwise). A lone
// "one", "oh" and the ordinals below "tenth" stay words: they are rarely numbers.
std::vector<TextEdit> NumbersToDigits(std::string_view text);

// The way back: no digit stays but in names ("B2B", "mp3").
std::vector<TextEdit> NumbersToWords(std::string_view text);

// Punctuation goes, but not inside words and numbers ("don't", "3.14", "example.com", "25%").
std::vector<TextEdit> RemovePunctuation(std::string_view text);

// "uh", "um" and the like, and small words said twice ("the the"), with their commas.
std::vector<TextEdit> RemoveFillers(std::string_view text);

}  // namespace ironscribe::text
