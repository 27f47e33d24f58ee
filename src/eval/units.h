// What error rates count: the words and the characters of a text. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::eval {

// Canonical composition (NFC), so that the same text in another normal form is equal; malformed
// UTF-8 becomes U+FFFD.
std::string ComposeText(std::string_view text);

// The words between white space.
std::vector<std::string> WordsOf(std::string_view text);

// Whether most letters belong to scripts that put no reliable spaces between words: Chinese,
// Japanese and Korean ones, Thai, Lao, Burmese, Khmer, Tibetan. Characters of such texts are
// counted without spaces, as is usual for them; other texts keep one space between words, as jiwer
// does.
bool IsWrittenWithoutSpaces(std::string_view text);

// The code points of the text, white space runs as one space, none at the ends; with
// `without_spaces` none at all.
std::u32string CharactersOf(std::string_view text, bool without_spaces);

// CharactersOf without spaces, each as a text of its own: what takes the place of words where
// there are no spaces between them.
std::vector<std::string> SingleCharactersOf(std::string_view text);

// Whether the text runs from right to left: by its first letter that has a direction (Unicode
// standard annex 9, rule P2).
bool IsRightToLeft(std::string_view text);

}  // namespace ironscribe::eval
