#include <utf8proc.h>

#include "text/inverse_normalization/rewriters.h"
#include "text/utf8.h"

namespace ironscribe::text {
namespace {

bool IsPunctuation(char32_t code_point) {
  // Signs that are read aloud, and what masks and labels are made of.
  if (code_point < 0x80 &&
      std::string_view("%&@#*_[]/").find(static_cast<char>(code_point)) != std::string_view::npos) {
    return false;
  }
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return true;
    default:
      return false;
  }
}

// Joins what stands on both sides: "don't", "well-known", "3.14", "10:30", "example.com".
bool CanJoin(char32_t code_point) {
  return code_point == U'\'' || code_point == 0x2019 || code_point == U'-' ||
         code_point == 0x2010 || code_point == 0x2011 || code_point == U'.' || code_point == U',' ||
         code_point == U':';
}

bool IsPartOfWord(char32_t code_point) {
  return IsLetter(code_point) || IsNumber(code_point) || code_point == U'*' ||
         utf8proc_category(static_cast<utf8proc_int32_t>(code_point)) == UTF8PROC_CATEGORY_MN ||
         utf8proc_category(static_cast<utf8proc_int32_t>(code_point)) == UTF8PROC_CATEGORY_MC;
}

}  // namespace

std::vector<TextEdit> RemovePunctuation(std::string_view text) {
  std::vector<TextEdit> edits;
  char32_t before = U' ';  // The code point before the run.
  for (size_t offset = 0; offset < text.size();) {
    const Utf8Unit unit = NextUnit(text, offset);
    if (!unit.valid || !IsPunctuation(unit.code_point)) {
      before = unit.code_point;
      offset += unit.size_bytes;
      continue;
    }
    size_t end = offset;
    Utf8Unit next = unit;
    while (end < text.size()) {
      next = NextUnit(text, end);
      if (!next.valid || !IsPunctuation(next.code_point)) break;
      end += next.size_bytes;
    }
    const bool is_last = end == text.size();
    const bool is_single = end == offset + unit.size_bytes;
    // A comma joins digits only; a colon too.
    const bool needs_digits = unit.code_point == U',' || unit.code_point == U':';
    const bool joins = is_single && !is_last && CanJoin(unit.code_point) &&
                       (needs_digits ? IsNumber(before) && IsNumber(next.code_point)
                                     : IsPartOfWord(before) && IsPartOfWord(next.code_point));
    // A sign before a number: "-5", ".5".
    const bool is_sign = is_single && !is_last && IsNumber(next.code_point) && before == U' ' &&
                         (unit.code_point == U'-' || unit.code_point == U'.');
    if (!joins && !is_sign) {
      const bool parts_words = !is_last && !IsWhiteSpace(before) && !IsWhiteSpace(next.code_point);
      const bool between_blanks = !is_last && before == U' ' && next.code_point == U' ';
      edits.push_back({offset, end - offset + (between_blanks ? 1 : 0), parts_words ? " " : ""});
      if (between_blanks) end += 1;
      if (parts_words || between_blanks) before = U' ';
    } else {
      before = unit.code_point;
    }
    offset = end;
  }
  SpareLabels(text, edits);
  return edits;
}

}  // namespace ironscribe::text
