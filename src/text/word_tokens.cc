#include "text/word_tokens.h"

#include <utf8proc.h>

#include "text/utf8.h"

namespace ironscribe::text {
namespace {

enum class Kind { kLetter, kDigit, kApostrophe, kOther };

bool IsMark(char32_t code_point) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return true;
    default:
      return false;
  }
}

Kind KindOf(const Utf8Unit& unit) {
  const char32_t c = unit.code_point;
  if (!unit.valid) return Kind::kOther;
  if (c >= U'0' && c <= U'9') return Kind::kDigit;
  if (c == U'\'' || c == 0x2019) return Kind::kApostrophe;
  if (c < 0x80) {
    return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') ? Kind::kLetter : Kind::kOther;
  }
  return IsLetter(c) || IsMark(c) ? Kind::kLetter : Kind::kOther;
}

// The end of the run of `kind` that starts at `offset`; an apostrophe between letters belongs to
// them.
size_t EndOfRun(std::string_view text, size_t offset, Kind kind) {
  while (offset < text.size()) {
    const Utf8Unit unit = NextUnit(text, offset);
    const Kind found = KindOf(unit);
    if (found == Kind::kApostrophe && kind == Kind::kLetter) {
      const size_t after = offset + unit.size_bytes;
      if (after == text.size() || KindOf(NextUnit(text, after)) != Kind::kLetter) break;
    } else if (found != kind) {
      break;
    }
    offset += unit.size_bytes;
  }
  return offset;
}

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::vector<WordToken> CutIntoTokens(std::string_view text) {
  std::vector<WordToken> tokens;
  size_t gap_start = 0;
  for (size_t offset = 0; offset < text.size();) {
    const Utf8Unit unit = NextUnit(text, offset);
    const Kind kind = KindOf(unit);
    if (kind != Kind::kLetter && kind != Kind::kDigit) {
      offset += unit.size_bytes;
      continue;
    }
    const size_t end = EndOfRun(text, offset, kind);
    const std::string_view written = text.substr(offset, end - offset);
    tokens.push_back({.written = written,
                      .lower = AsciiLower(written),
                      .offset = offset,
                      .gap = text.substr(gap_start, offset - gap_start),
                      .is_digits = kind == Kind::kDigit});
    offset = gap_start = end;
  }
  return tokens;
}

}  // namespace ironscribe::text
