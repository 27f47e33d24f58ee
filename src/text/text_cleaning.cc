#include "text/text_cleaning.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "text/utf8.h"

namespace ironscribe::text {
namespace {

struct Free {
  void operator()(utf8proc_uint8_t* bytes) const { std::free(bytes); }
};

utf8proc_category_t Category(char32_t code_point) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code_point));
}

// Unicode normalisation; text it cannot take (over 2^31 bytes) stays as it is.
std::u32string Normalized(std::u32string_view text, int form) {
  const std::string utf8 = ToUtf8(text);
  utf8proc_uint8_t* raw = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                   static_cast<utf8proc_ssize_t>(utf8.size()), &raw,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | form));
  const std::unique_ptr<utf8proc_uint8_t, Free> owner(raw);
  if (size < 0) return std::u32string(text);
  return ToCodePoints({reinterpret_cast<const char*>(raw), static_cast<size_t>(size)});
}

bool IsCased(char32_t code_point) {
  switch (Category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
      return true;
    default:
      return false;
  }
}

// Case_Ignorable (Unicode 3.13), by category and the punctuation that stands inside words.
bool IsCaseIgnorable(char32_t code_point) {
  switch (code_point) {
    case U'\'':
    case U'.':
    case U':':
    case 0x00b7:
    case 0x2018:
    case 0x2019:
    case 0x2024:
    case 0x2027:
      return true;
    default:
      break;
  }
  switch (Category(code_point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      return false;
  }
}

constexpr char32_t kCapitalSigma = 0x03a3;
constexpr char32_t kSmallSigma = 0x03c3;
constexpr char32_t kFinalSigma = 0x03c2;
constexpr char32_t kCapitalDottedI = 0x0130;
constexpr char32_t kDotAbove = 0x0307;

// Whether a cased letter follows each position, case-ignorable characters skipped.
std::vector<bool> CasedAfter(std::u32string_view text) {
  std::vector<bool> cased(text.size(), false);
  bool after = false;
  for (size_t i = text.size(); i-- > 0;) {
    cased[i] = after;
    if (!IsCaseIgnorable(text[i])) after = IsCased(text[i]);
  }
  return cased;
}

std::u32string_view WithoutStroke(char32_t code_point) {
  switch (code_point) {
    case 0x0153:
      return U"oe";
    case 0x0152:
      return U"OE";
    case 0x00f8:
      return U"o";
    case 0x00d8:
      return U"O";
    case 0x00e6:
      return U"ae";
    case 0x00c6:
      return U"AE";
    case 0x00df:
      return U"ss";
    case 0x1e9e:
      return U"SS";
    case 0x0111:
      return U"d";
    case 0x0110:
      return U"D";
    case 0x00f0:
      return U"d";
    case 0x00d0:
      return U"D";
    case 0x00fe:
      return U"th";
    case 0x00de:
      return U"th";
    case 0x0142:
      return U"l";
    case 0x0141:
      return U"L";
    default:
      return {};
  }
}

// M*, S*, P*.
bool IsCombining(char32_t code_point) {
  return Category(code_point) == UTF8PROC_CATEGORY_MN ||
         Category(code_point) == UTF8PROC_CATEGORY_MC;
}

// Vowel and reading signs that Arabic and Hebrew are mostly written without (Unicode 15, chapter
// 9).
bool IsOptionalPoint(char32_t code_point) {
  const bool is_arabic = (code_point >= 0x0610 && code_point <= 0x061a) ||
                         (code_point >= 0x064b && code_point <= 0x065f) || code_point == 0x0670 ||
                         (code_point >= 0x06d6 && code_point <= 0x06ed);
  const bool is_hebrew = code_point >= 0x0591 && code_point <= 0x05c7;
  return (is_arabic || is_hebrew) && IsCombining(code_point);
}

bool IsMarkOrSymbol(char32_t code_point) {
  switch (Category(code_point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO:
      return true;
    default:
      return false;
  }
}

// Drops every shortest span from one of `starts` to one of `ends` that holds at least `min_inside`
// characters which are no ends.
std::u32string RemoveSpans(std::u32string_view text, std::u32string_view starts,
                           std::u32string_view ends, size_t min_inside) {
  std::u32string kept;
  for (size_t i = 0; i < text.size();) {
    if (starts.find(text[i]) != starts.npos) {
      const size_t end = text.find_first_of(ends, i + 1);
      if (end == text.npos) return kept.append(text.substr(i));
      if (end - i - 1 >= min_inside) {
        i = end + 1;
        continue;
      }
    }
    kept.push_back(text[i++]);
  }
  return kept;
}

}  // namespace

std::u32string LowerCase(std::u32string_view text) {
  std::vector<bool> cased_after;
  bool cased_before = false;
  std::u32string lower;
  lower.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t code_point = text[i];
    if (code_point == kCapitalSigma) {
      if (cased_after.empty()) cased_after = CasedAfter(text);
      lower.push_back(cased_before && !cased_after[i] ? kFinalSigma : kSmallSigma);
    } else if (code_point == kCapitalDottedI) {
      lower.append({U'i', kDotAbove});
    } else {
      lower.push_back(
          static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code_point))));
    }
    if (!IsCaseIgnorable(code_point)) cased_before = IsCased(code_point);
  }
  return lower;
}

std::u32string RemoveBracketed(std::u32string_view text) {
  return RemoveSpans(RemoveSpans(text, U"<[", U">]", 0), U"(", U")", 1);
}

std::u32string RemoveSymbols(std::u32string_view text) {
  std::u32string cleaned = Normalized(text, UTF8PROC_COMPOSE);
  for (char32_t& code_point : cleaned) {
    if (IsMarkOrSymbol(code_point)) code_point = U' ';
  }
  return cleaned;
}

std::u32string RemoveSymbolsKeepingMarks(std::u32string_view text) {
  std::u32string cleaned;
  for (const char32_t code_point : Normalized(text, UTF8PROC_COMPOSE)) {
    if (IsOptionalPoint(code_point)) continue;
    const bool stays = IsCombining(code_point) || !IsMarkOrSymbol(code_point);
    cleaned.push_back(stays ? code_point : U' ');
  }
  return cleaned;
}

bool HasMarks(std::u32string_view text) {
  const std::u32string composed = Normalized(text, UTF8PROC_COMPOSE);
  return std::any_of(composed.begin(), composed.end(), [](char32_t code_point) {
    return IsCombining(code_point) && !IsOptionalPoint(code_point);
  });
}

std::u32string RemoveSymbolsAndDiacritics(std::u32string_view text, std::u32string_view kept) {
  std::u32string cleaned;
  for (const char32_t code_point : Normalized(text, UTF8PROC_DECOMPOSE)) {
    if (kept.find(code_point) != kept.npos) {
      cleaned.push_back(code_point);
    } else if (const std::u32string_view plain = WithoutStroke(code_point); !plain.empty()) {
      cleaned.append(plain);
    } else if (Category(code_point) == UTF8PROC_CATEGORY_MN) {
      continue;
    } else {
      cleaned.push_back(IsMarkOrSymbol(code_point) ? U' ' : code_point);
    }
  }
  return cleaned;
}

std::u32string CollapseSpaces(std::u32string_view text) {
  std::u32string collapsed;
  bool in_space = false;
  for (const char32_t code_point : text) {
    const bool is_space = IsPythonSpace(code_point);
    if (!is_space) collapsed.push_back(code_point);
    if (is_space && !in_space) collapsed.push_back(U' ');
    in_space = is_space;
  }
  return collapsed;
}

bool IsPythonSpace(char32_t code_point) {
  return IsWhiteSpace(code_point) || (code_point >= 0x1c && code_point <= 0x1f);
}

bool IsWordCharacter(char32_t code_point) {
  if (code_point < 0x80) {
    return (code_point >= U'a' && code_point <= U'z') ||
           (code_point >= U'A' && code_point <= U'Z') ||
           (code_point >= U'0' && code_point <= U'9') || code_point == U'_';
  }
  return IsLetter(code_point) || IsNumber(code_point);
}

bool IsWordBoundary(std::u32string_view text, size_t position) {
  const bool before = position > 0 && IsWordCharacter(text[position - 1]);
  const bool after = position < text.size() && IsWordCharacter(text[position]);
  return before != after;
}

std::string ToUtf8(std::u32string_view code_points) {
  std::string utf8;
  utf8.reserve(code_points.size());
  for (const char32_t code_point : code_points) AppendUtf8(code_point, utf8);
  return utf8;
}

}  // namespace ironscribe::text
