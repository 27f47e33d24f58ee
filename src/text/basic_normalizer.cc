#include "text/basic_normalizer.h"

#include "text/text_cleaning.h"
#include "text/utf8.h"

namespace ironscribe::text {

std::string NormalizeBasic(std::string_view utf8, bool remove_diacritics) {
  const std::u32string spoken = RemoveBracketed(LowerCase(ToCodePoints(utf8)));
  const std::u32string cleaned =
      remove_diacritics ? RemoveSymbolsAndDiacritics(spoken, U"") : RemoveSymbols(spoken);
  return ToUtf8(CollapseSpaces(LowerCase(cleaned)));
}

std::string NormalizeKeepingMarks(std::string_view utf8) {
  const std::u32string spoken = RemoveBracketed(LowerCase(ToCodePoints(utf8)));
  return ToUtf8(CollapseSpaces(LowerCase(RemoveSymbolsKeepingMarks(spoken))));
}

bool LosesMarks(std::string_view utf8) { return HasMarks(ToCodePoints(utf8)); }

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
