// What the normalisers share: lower case, brackets, symbols and spaces as Python's str and re
// treat them, because texts must come out as openai-whisper's normalisers give them. Pure
// functions, linear in the text.
#pragma once

#include <string>
#include <string_view>

namespace ironscribe::text {

// Python's str.lower(): the simple mapping, and its two exceptions (capital I with a dot above,
// capital sigma at the end of a word).
std::u32string LowerCase(std::u32string_view text);

// Drops "[...]" and "<...>" (any of the two ends closes any of the two starts), then "(...)" with
// something inside.
std::u32string RemoveBracketed(std::u32string_view text);

// NFKC; marks, symbols and punctuation (M*, S*, P*) become spaces.
std::u32string RemoveSymbols(std::u32string_view text);

// The same, but marks stay: a vowel sign of Hindi or Thai is part of its word. The points of Arabic
// and Hebrew, which most texts are written without, vanish.
std::u32string RemoveSymbolsKeepingMarks(std::u32string_view text);

// Whether a combining mark (Mn, Mc) is left in NFKC that is no optional point.
bool HasMarks(std::u32string_view text);

// NFKD; nonspacing marks vanish, letters with a stroke or ligatures lose them, other marks, symbols
// and punctuation become spaces, except the characters of `kept`.
std::u32string RemoveSymbolsAndDiacritics(std::u32string_view text, std::u32string_view kept);

// Each run of white space becomes one space.
std::u32string CollapseSpaces(std::u32string_view text);

// str.isspace(): White_Space and the four information separators.
bool IsPythonSpace(char32_t code_point);

// \w: letters, numbers and the underscore; marks are none.
bool IsWordCharacter(char32_t code_point);

// \b between text[position - 1] and text[position]; the ends count as no word characters.
bool IsWordBoundary(std::u32string_view text, size_t position);

std::string ToUtf8(std::u32string_view code_points);

}  // namespace ironscribe::text
