// The normaliser for texts in any language, and the cut into words: how texts are made comparable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::text {

// As openai-whisper's BasicTextNormalizer: lower case, brackets and what is in them dropped, marks,
// symbols and punctuation made spaces, runs of white space made one space (also at the ends).
// With `remove_diacritics` letters lose accents and strokes; without, combining marks that do not
// compose with their letter become spaces as in the original, vowel signs of Indic scripts
// included. Malformed UTF-8 counts as a symbol. Pure and linear in the text.
std::string NormalizeBasic(std::string_view utf8, bool remove_diacritics);

// The same without diacritics removed, but combining marks stay, so that vowel signs count and do
// not split words; only the optional points of Arabic and Hebrew vanish. No rule of openai-whisper.
std::string NormalizeKeepingMarks(std::string_view utf8);

// Whether NormalizeBasic drops marks that NormalizeKeepingMarks keeps.
bool LosesMarks(std::string_view utf8);

// The words between white space.
std::vector<std::string> SplitWords(std::string_view text);

}  // namespace ironscribe::text
