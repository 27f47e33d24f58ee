#include "text/english_numbers.h"

#include <iterator>
#include <utility>

#include "text/text_cleaning.h"
#include "text/utf8.h"

namespace ironscribe::text {
namespace {

using Kind = NumberWordKind;

constexpr std::string_view kUnits[] = {"one",     "two",       "three",    "four",     "five",
                                       "six",     "seven",     "eight",    "nine",     "ten",
                                       "eleven",  "twelve",    "thirteen", "fourteen", "fifteen",
                                       "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::string_view kTens[] = {"twenty", "thirty",  "forty",  "fifty",
                                      "sixty",  "seventy", "eighty", "ninety"};
constexpr std::pair<std::string_view, int> kMultipliers[] = {
    {"hundred", 2},     {"thousand", 3},     {"million", 6},      {"billion", 9},
    {"trillion", 12},   {"quadrillion", 15}, {"quintillion", 18}, {"sextillion", 21},
    {"septillion", 24}, {"octillion", 27},   {"nonillion", 30},   {"decillion", 33}};
// Companions of numbers; a symbol or nothing.
constexpr std::pair<std::string_view, NumberWord> kCompanions[] = {
    {"minus", {Kind::kSignBefore, 0, "-"}},
    {"negative", {Kind::kSignBefore, 0, "-"}},
    {"plus", {Kind::kSignBefore, 0, "+"}},
    {"positive", {Kind::kSignBefore, 0, "+"}},
    {"pound", {Kind::kCurrencyAfter, 0, "\u00a3"}},
    {"pounds", {Kind::kCurrencyAfter, 0, "\u00a3"}},
    {"euro", {Kind::kCurrencyAfter, 0, "\u20ac"}},
    {"euros", {Kind::kCurrencyAfter, 0, "\u20ac"}},
    {"dollar", {Kind::kCurrencyAfter, 0, "$"}},
    {"dollars", {Kind::kCurrencyAfter, 0, "$"}},
    {"cent", {Kind::kCurrencyAfter, 0, "\u00a2"}},
    {"cents", {Kind::kCurrencyAfter, 0, "\u00a2"}},
    {"per", {Kind::kPer, 0, ""}},
    {"percent", {Kind::kPercent, 0, ""}},
    {"and", {Kind::kAnd, 0, ""}},
    {"double", {Kind::kRepeat, 2, ""}},
    {"triple", {Kind::kRepeat, 3, ""}},
    {"point", {Kind::kPoint, 0, ""}},
};
// Ordinals that are not the number and "th".
constexpr std::pair<std::string_view, NumberWord> kOrdinals[] = {
    {"zeroth", {Kind::kUnitSuffixed, 0, "th"}}, {"first", {Kind::kUnitSuffixed, 1, "st"}},
    {"second", {Kind::kUnitSuffixed, 2, "nd"}}, {"third", {Kind::kUnitSuffixed, 3, "rd"}},
    {"fifth", {Kind::kUnitSuffixed, 5, "th"}},  {"twelfth", {Kind::kUnitSuffixed, 12, "th"}}};

bool IsAsciiDigit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool IsAsciiLetter(char32_t c) { return c >= U'a' && c <= U'z'; }

// What stands between the end of the word before `end` and `end`; the word itself.
std::u32string_view LastWord(std::u32string_view text) {
  while (!text.empty() && IsPythonSpace(text.back())) text.remove_suffix(1);
  size_t start = text.size();
  while (start > 0 && !IsPythonSpace(text[start - 1])) --start;
  return text.substr(start);
}

bool IsBlank(std::u32string_view text) { return LastWord(text).empty(); }

// The end of "and a half" that starts at `position` as whole words, or 0.
size_t EndOfAndAHalf(std::u32string_view text, size_t position) {
  if (!IsWordBoundary(text, position)) return 0;
  for (const std::u32string_view word : {U"and", U"a", U"half"}) {
    if (!text.substr(position).starts_with(word)) return 0;
    position += word.size();
    if (word == U"half") break;
    const size_t space = position;
    while (position < text.size() && IsPythonSpace(text[position])) ++position;
    if (position == space) return 0;
  }
  return IsWordBoundary(text, position) ? position : 0;
}

// "two and a half" becomes "two point five"; after a word that is no number the phrase stays.
std::u32string ReplaceHalves(const EnglishNumbers& numbers, std::u32string_view text) {
  std::u32string replaced;
  const auto append = [&](std::u32string_view part) {
    if (!replaced.empty()) replaced.push_back(U' ');
    replaced.append(part);
  };
  size_t start = 0;
  for (size_t at = text.find(U"and"); at != text.npos; at = text.find(U"and", at)) {
    const size_t end = EndOfAndAHalf(text, at);
    if (end == 0) {
      at += 3;
      continue;
    }
    const std::u32string_view part = text.substr(start, at - start);
    if (!IsBlank(part)) {
      append(part);
      const NumberWord* last = numbers.Find(ToUtf8(LastWord(part)));
      const bool is_number =
          last != nullptr && (last->kind == Kind::kZero || last->kind == Kind::kUnit ||
                              last->kind == Kind::kTen || last->kind == Kind::kMultiplier);
      append(is_number ? U"point five" : U"and a half");
    }
    start = at = end;
  }
  if (!IsBlank(text.substr(start))) append(text.substr(start));
  return replaced;
}

// A space between letters and digits.
std::u32string PartLettersAndDigits(std::u32string_view text) {
  std::u32string parted;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool meet = i > 0 && ((IsAsciiLetter(text[i - 1]) && IsAsciiDigit(text[i])) ||
                                (IsAsciiDigit(text[i - 1]) && IsAsciiLetter(text[i])));
    if (meet) parted.push_back(U' ');
    parted.push_back(text[i]);
  }
  return parted;
}

// But none before an ending: "3 rd" becomes "3rd".
std::u32string JoinEndings(std::u32string_view text) {
  std::u32string joined;
  for (size_t i = 0; i < text.size(); ++i) {
    joined.push_back(text[i]);
    if (!IsAsciiDigit(text[i])) continue;
    size_t next = i + 1;
    while (next < text.size() && IsPythonSpace(text[next])) ++next;
    if (next == i + 1) continue;
    for (const std::u32string_view ending : {U"st", U"nd", U"rd", U"th", U"s"}) {
      if (text.substr(next).starts_with(ending) && IsWordBoundary(text, next + ending.size())) {
        joined.append(ending);
        i = next + ending.size() - 1;
        break;
      }
    }
  }
  return joined;
}

constexpr char32_t kCent = 0x00a2;

bool IsCurrency(char32_t c) { return c == 0x20ac || c == 0x00a3 || c == U'$'; }

// One or two digits that end a word, at `position`; their number, 0 for none.
size_t CentDigits(std::u32string_view text, size_t position) {
  size_t count = 0;
  while (position + count < text.size() && IsAsciiDigit(text[position + count])) ++count;
  const bool fits = count >= 1 && count <= 2 && IsWordBoundary(text, position + count);
  return fits ? count : 0;
}

size_t SkipDigits(std::u32string_view text, size_t position) {
  while (position < text.size() && IsAsciiDigit(text[position])) ++position;
  return position;
}

// "$2 and ¢7" and "$2 ¢7" become "$2.07".
std::u32string JoinCents(std::u32string_view text) {
  std::u32string joined;
  for (size_t i = 0; i < text.size();) {
    const size_t whole_end = IsCurrency(text[i]) ? SkipDigits(text, i + 1) : i;
    if (whole_end > i + 1) {
      size_t at = whole_end;
      for (const std::u32string_view between : {U" and ", U" "}) {
        if (text.substr(at).starts_with(between) && at + between.size() < text.size() &&
            text[at + between.size()] == kCent) {
          at += between.size() + 1;
          break;
        }
      }
      if (const size_t count = at > whole_end ? CentDigits(text, at) : 0; count > 0) {
        joined.append(text.substr(i, whole_end - i)).push_back(U'.');
        if (count == 1) joined.push_back(U'0');
        joined.append(text.substr(at, count));
        i = at + count;
        continue;
      }
    }
    joined.push_back(text[i++]);
  }
  return joined;
}

// "$0.07" becomes "¢7"; any character may stand for the point, as in the original.
std::u32string ExtractCents(std::u32string_view text) {
  std::u32string extracted;
  for (size_t i = 0; i < text.size();) {
    if (IsCurrency(text[i]) && i + 3 < text.size() && text[i + 1] == U'0' && text[i + 2] != U'\n') {
      if (const size_t count = CentDigits(text, i + 3); count > 0) {
        extracted.push_back(kCent);
        const bool drops_zero = count == 2 && text[i + 3] == U'0';
        extracted.append(text.substr(i + 3 + (drops_zero ? 1 : 0), drops_zero ? 1 : count));
        i += 3 + count;
        continue;
      }
    }
    extracted.push_back(text[i++]);
  }
  return extracted;
}

// A lone 1 is written "one", 1s "ones".
std::u32string SpellOne(std::u32string_view text) {
  std::u32string spelled;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool plural = text.substr(i).starts_with(U"1s");
    if (text[i] == U'1' && IsWordBoundary(text, i) &&
        (IsWordBoundary(text, i + 1) || (plural && IsWordBoundary(text, i + 2)))) {
      spelled.append(U"one");
    } else {
      spelled.push_back(text[i]);
    }
  }
  return spelled;
}

}  // namespace

EnglishNumbers::EnglishNumbers() {
  for (const char* zero : {"o", "oh", "zero"}) words_[zero] = {Kind::kZero, 0, ""};
  for (const auto& [word, number] : kOrdinals) words_[std::string(word)] = number;
  for (int i = 0; i < static_cast<int>(std::size(kUnits)); ++i) {
    const std::string unit(kUnits[i]);
    const int value = i + 1;
    words_[unit] = {Kind::kUnit, value, ""};
    words_[unit + (unit == "six" ? "es" : "s")] = {Kind::kUnitSuffixed, value, "s"};
    if (value > 3 && value != 5 && value != 12) {
      // The original's rule: it knows "nineth" and not "ninth".
      words_[unit + (unit.back() == 't' ? "h" : "th")] = {Kind::kUnitSuffixed, value, "th"};
    }
  }
  for (int i = 0; i < static_cast<int>(std::size(kTens)); ++i) {
    const std::string ten(kTens[i]);
    const int value = 10 * (i + 2);
    words_[ten] = {Kind::kTen, value, ""};
    const std::string stem = ten.substr(0, ten.size() - 1);
    words_[stem + "ies"] = {Kind::kTenSuffixed, value, "s"};
    words_[stem + "ieth"] = {Kind::kTenSuffixed, value, "th"};
  }
  for (const auto& [name, zeros] : kMultipliers) {
    const std::string multiplier(name);
    words_[multiplier] = {Kind::kMultiplier, zeros, ""};
    words_[multiplier + "s"] = {Kind::kMultiplierSuffixed, zeros, "s"};
    words_[multiplier + "th"] = {Kind::kMultiplierSuffixed, zeros, "th"};
  }
  for (const auto& [word, number] : kCompanions) words_[std::string(word)] = number;
}

const NumberWord* EnglishNumbers::Find(std::string_view word) const {
  const auto found = words_.find(std::string(word));
  return found == words_.end() ? nullptr : &found->second;
}

std::u32string EnglishNumbers::Convert(std::u32string_view text) const {
  const std::u32string spaced = JoinEndings(PartLettersAndDigits(ReplaceHalves(*this, text)));
  std::vector<std::string> words;
  for (size_t i = 0; i < spaced.size(); ++i) {
    if (IsPythonSpace(spaced[i])) continue;
    if (i == 0 || IsPythonSpace(spaced[i - 1])) words.emplace_back();
    AppendUtf8(spaced[i], words.back());
  }
  std::string joined;
  for (const std::string& word : WordsToNumbers(*this, words)) {
    if (!joined.empty()) joined.push_back(' ');
    joined += word;
  }
  return SpellOne(ExtractCents(JoinCents(ToCodePoints(joined))));
}

}  // namespace ironscribe::text
