#include "text/normalize.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "text/utf8.h"

namespace ironscribe::text {
namespace {

struct Free {
  void operator()(utf8proc_uint8_t* bytes) const { std::free(bytes); }
};

// NFKC; text it cannot take (over 2^31 bytes) stays as it is.
std::string Compose(const std::string& text) {
  utf8proc_uint8_t* raw = nullptr;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &raw, options);
  const std::unique_ptr<utf8proc_uint8_t, Free> owner(raw);
  if (size < 0) return text;
  return std::string(reinterpret_cast<const char*>(raw), static_cast<size_t>(size));
}

bool IsApostrophe(char32_t code_point) {
  return code_point == '\'' || code_point == 0x2019 || code_point == 0x02bc;
}

// P*, S*, C*: neither letter, mark, number nor separator.
bool IsDropped(char32_t code_point) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string BasicNormalize(std::string_view text) {
  const std::string composed = Compose(SafeUtf8(text));
  std::string normalized;
  bool gap = false;
  for (const char32_t code_point : ToCodePoints(composed)) {
    if (IsApostrophe(code_point)) continue;
    if (IsDropped(code_point)) {
      gap = true;
      continue;
    }
    if (gap && !normalized.empty()) normalized.push_back(' ');
    gap = false;
    AppendUtf8(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code_point))),
               normalized);
  }
  return normalized;
}

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  for (size_t offset = 0; offset < text.size();) {
    const Utf8Unit unit = NextUnit(text, offset);
    const bool is_space = unit.valid && IsWhiteSpace(unit.code_point);
    if (!is_space) {
      if (!in_word) words.emplace_back();
      words.back().append(text, offset, unit.size_bytes);
    }
    in_word = !is_space;
    offset += unit.size_bytes;
  }
  return words;
}

}  // namespace ironscribe::text
