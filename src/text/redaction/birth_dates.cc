#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "text/redaction/detectors.h"

namespace ironscribe::text {
namespace {

constexpr size_t kCueReach = 14;      // Question and answer may lie between cue and date.
constexpr size_t kCueReachAfter = 6;  // "... is my birthday".

constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
constexpr std::string_view kShortMonths[] = {"jan", "feb", "mar",  "apr", "jun", "jul",
                                             "aug", "sep", "sept", "oct", "nov", "dec"};
constexpr std::string_view kOrdinals[] = {
    "first",     "second",    "third",       "fourth",     "fifth",      "sixth",      "seventh",
    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",    "thirteenth", "fourteenth",
    "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",  "thirtieth"};

template <size_t kSize>
bool Holds(const std::string_view (&words)[kSize], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool IsMonth(std::string_view lower) { return Holds(kMonths, lower) || Holds(kShortMonths, lower); }

int ToNumber(std::string_view digits) {
  int value = -1;
  std::from_chars(digits.data(), digits.data() + std::min<size_t>(digits.size(), 9), value);
  return value;
}

bool IsDay(std::string_view digits) {
  const int day = digits.size() <= 2 ? ToNumber(digits) : 0;
  return day >= 1 && day <= 31;
}

bool IsMonthNumber(std::string_view digits) {
  const int month = digits.size() <= 2 ? ToNumber(digits) : 0;
  return month >= 1 && month <= 12;
}

// Of somebody alive, or two digits.
bool IsYear(std::string_view digits) {
  if (digits.size() == 2) return true;
  const int year = digits.size() == 4 ? ToNumber(digits) : 0;
  return year >= 1890 && year <= 2099;
}

bool IsClose(std::span<const WordToken> tokens, size_t at) {
  if (at >= tokens.size()) return false;
  const std::string_view gap = tokens[at].gap;
  return gap.size() <= 3 && gap.find_first_not_of(" ,.-/'") == gap.npos;
}

// The token behind the day of the month at `at`: "3", "3rd", "third", "twenty third", "three".
std::optional<size_t> SkipDay(std::span<const WordToken> tokens, size_t at) {
  if (at >= tokens.size()) return std::nullopt;
  if (Holds(kOrdinals, tokens[at].lower)) return at + 1;
  if (SpokenTens(tokens[at].lower) && IsClose(tokens, at + 1) &&
      Holds(kOrdinals, tokens[at + 1].lower)) {
    return at + 2;
  }
  const auto item = ReadDigitItem(tokens, at);
  if (!item || !IsDay(item->digits)) return std::nullopt;
  size_t end = item->end;
  if (end < tokens.size() && tokens[end].gap.empty()) {
    const std::string& ending = tokens[end].lower;
    if (ending == "st" || ending == "nd" || ending == "rd" || ending == "th") ++end;
  }
  return end;
}

// The token behind the year at `at`, or `at` where there is none: "1985", "85", "nineteen eighty
// five", "nineteen oh five", "two thousand and four".
size_t SkipYear(std::span<const WordToken> tokens, size_t at) {
  std::string digits;
  size_t end = at;
  for (size_t next = at; IsClose(tokens, next);) {
    const auto item = ReadDigitItem(tokens, next);
    if (!item || digits.size() + item->digits.size() > 4) break;
    digits += item->digits;
    next = item->end;
    if (IsYear(digits)) end = next;
    if (digits.size() == 4) break;
  }
  return end;
}

size_t SkipWord(std::span<const WordToken> tokens, size_t at, std::string_view word) {
  return IsClose(tokens, at) && tokens[at].lower == word ? at + 1 : at;
}

// "March 3rd, 1985", "march the third nineteen eighty five"; the year may be missing.
size_t EndOfMonthFirst(std::span<const WordToken> tokens, size_t first) {
  if (!IsMonth(tokens[first].lower)) return first;
  const size_t at = SkipWord(tokens, first + 1, "the");
  const auto day_end = IsClose(tokens, at) ? SkipDay(tokens, at) : std::nullopt;
  if (!day_end) return first;
  return SkipYear(tokens, SkipWord(tokens, *day_end, "of"));
}

// "3 March 1985", "the third of march".
size_t EndOfDayFirst(std::span<const WordToken> tokens, size_t first) {
  const auto day_end = SkipDay(tokens, first);
  if (!day_end) return first;
  const size_t month = SkipWord(tokens, *day_end, "of");
  if (!IsClose(tokens, month) || !IsMonth(tokens[month].lower)) return first;
  return SkipYear(tokens, SkipWord(tokens, month + 1, "of"));
}

// The token behind one number of a date in numbers and the "slash" behind that.
std::optional<size_t> SkipNumber(std::span<const WordToken> tokens, size_t at,
                                 std::string& digits) {
  const auto item = ReadDigitItem(tokens, at);
  if (!item) return std::nullopt;
  digits = item->digits;
  size_t end = item->end;
  // "oh three" is one number.
  if (digits == "0" && IsClose(tokens, end)) {
    const auto second = ReadDigitItem(tokens, end);
    if (second && second->digits.size() == 1) {
      digits += second->digits;
      end = second->end;
    }
  }
  for (const std::string_view word : {"slash", "dash", "dot"}) end = SkipWord(tokens, end, word);
  return end;
}

// "03/14/1985", "14.3.85", "1985-03-14", "three fourteen eighty five", "oh three slash one four".
size_t EndOfNumbers(std::span<const WordToken> tokens, size_t first) {
  std::string a;
  std::string b;
  const auto second = SkipNumber(tokens, first, a);
  if (!second) return first;
  if (a.size() == 8) {  // "03141985"
    const bool month_or_day_first =
        IsDay(a.substr(0, 2)) && IsDay(a.substr(2, 2)) && IsYear(a.substr(4));
    return month_or_day_first ? first + 1 : first;
  }
  if (!IsClose(tokens, *second)) return first;
  const auto third = SkipNumber(tokens, *second, b);
  if (!third || !IsClose(tokens, *third)) return first;
  if (a.size() == 4) {
    const auto day = SkipDay(tokens, *third);
    return IsYear(a) && IsMonthNumber(b) && day ? *day : first;
  }
  const bool in_order = (IsMonthNumber(a) && IsDay(b)) || (IsDay(a) && IsMonthNumber(b));
  const size_t end = SkipYear(tokens, *third);
  return in_order && end > *third ? end : first;
}

// Eight digits one by one: "oh three one four one nine eight five".
size_t EndOfDigits(std::span<const WordToken> tokens, size_t first) {
  std::string digits;
  size_t at = first;
  while (digits.size() < 8 && (at == first || IsClose(tokens, at))) {
    const auto item = ReadDigitItem(tokens, at);
    if (!item || item->digits.size() > 2) return first;
    digits += item->digits;
    at = item->end;
  }
  const bool is_date = digits.size() == 8 && IsDay(digits.substr(0, 2)) &&
                       IsDay(digits.substr(2, 2)) && IsYear(digits.substr(4));
  return is_date ? at : first;
}

bool IsAboutBirth(const PiiScan& scan, size_t first, size_t end) {
  const size_t birth = scan.DistanceBefore(Cue::kBirth, first);
  const size_t other = scan.DistanceBefore(Cue::kOtherDate, first);
  if (birth <= kCueReach) return birth < other;
  return scan.DistanceAfter(Cue::kBirth, end) <= kCueReachAfter && other > kCueReach;
}

}  // namespace

void FindBirthDates(PiiScan& scan) {
  const auto tokens = scan.tokens();
  for (size_t first = 0; first < tokens.size(); ++first) {
    size_t end = first;
    for (const auto end_of : {EndOfMonthFirst, EndOfDayFirst, EndOfDigits, EndOfNumbers}) {
      end = end_of(tokens, first);
      if (end > first) break;
    }
    if (end == first || !scan.IsFree(first, end) || !IsAboutBirth(scan, first, end)) continue;
    scan.Take(first, end, PiiType::kDateOfBirth);
    first = end - 1;
  }
}

}  // namespace ironscribe::text
