// UTF-8 that may be malformed or cut: code points one by one, validation, replacement. Follows the
// Unicode standard's "maximal subpart" practice (chapter 3.9): a sequence that breaks off counts as
// one unit and becomes one U+FFFD. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ironscribe::text {

inline constexpr char32_t kReplacementCharacter = 0xfffd;

// One unit of a text: a code point, or malformed bytes that stand for one U+FFFD.
struct Utf8Unit {
  char32_t code_point = kReplacementCharacter;
  size_t size_bytes = 0;
  bool valid = false;
};

// The unit that starts at `offset`. Requires: offset < text.size().
Utf8Unit NextUnit(std::string_view text, size_t offset);

bool IsValidUtf8(std::string_view text);

// The text with every malformed unit replaced by U+FFFD; valid text comes back unchanged.
std::string SafeUtf8(std::string_view text);

// Requires: code_point is a Unicode scalar value.
void AppendUtf8(char32_t code_point, std::string& text);

std::u32string ToCodePoints(std::string_view text);

// Categories of the Unicode character database.
bool IsLetter(char32_t code_point);      // L*
bool IsNumber(char32_t code_point);      // N*
bool IsWhiteSpace(char32_t code_point);  // White_Space of PropList.txt

}  // namespace ironscribe::text
