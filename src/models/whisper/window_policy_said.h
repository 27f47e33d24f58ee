// Whether a text says what another says already, and how long the words of a text may take to say.
// Numbers that are dictated get special care: a model writes the same digits as "1, 5" here and as
// "15" there. Pure functions.
#pragma once

#include <string_view>

namespace ironscribe::models::whisper {

// `text` stands in `said`, word for word, whatever signs and capitals it has; digits count one by
// one, and of several a fourth may have been misheard. False for a text without words.
bool IsSaidIn(std::string_view said, std::string_view text);

// Hardly anybody takes longer to say the word.
double LongestSeconds(std::string_view word);

// The word is a number that is dictated digit by digit, as far as its look tells: its times may be
// those of any part of it.
bool IsDictated(std::string_view word);

}  // namespace ironscribe::models::whisper
