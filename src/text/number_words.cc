#include "text/number_words.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "text/basic_normalizer.h"

namespace ironscribe::text {
namespace {

constexpr std::string_view kDigits[] = {"zero", "one", "two",   "three", "four",
                                        "five", "six", "seven", "eight", "nine"};
constexpr std::string_view kTeens[] = {"ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                       "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::string_view kTens[] = {"twenty", "thirty",  "forty",  "fifty",
                                      "sixty",  "seventy", "eighty", "ninety"};

std::optional<int> IndexOf(std::span<const std::string_view> words, std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<int>(found - words.begin());
}

// Words of one number are a blank or a hyphen apart.
bool IsClose(std::span<const WordToken> tokens, size_t at) {
  return at < tokens.size() && (tokens[at].gap == " " || tokens[at].gap == "-");
}

struct Reading {
  int value = 0;
  size_t end = 0;
};

// "seven", "seventeen", "seventy", "seventy seven"; at least `min`.
std::optional<Reading> BelowHundred(std::span<const WordToken> tokens, size_t at, int min) {
  if (at >= tokens.size()) return std::nullopt;
  const std::string& word = tokens[at].lower;
  if (const auto digit = SpokenDigit(word); digit && *digit >= std::max(1, min)) {
    return Reading{*digit, at + 1};
  }
  if (const auto teen = SpokenTeen(word)) return Reading{*teen, at + 1};
  const auto tens = SpokenTens(word);
  if (!tens) return std::nullopt;
  if (IsClose(tokens, at + 1)) {
    if (const auto digit = SpokenDigit(tokens[at + 1].lower); digit && *digit > 0) {
      return Reading{*tens + *digit, at + 2};
    }
  }
  return Reading{*tens, at + 1};
}

// What "hundred" or "thousand" at `at` is followed by: "and" and any number below a hundred, or
// one from `min` on without it.
std::optional<Reading> Rest(std::span<const WordToken> tokens, size_t at, int min) {
  if (!IsClose(tokens, at)) return std::nullopt;
  if (tokens[at].lower == "and" && IsClose(tokens, at + 1)) return BelowHundred(tokens, at + 1, 1);
  return BelowHundred(tokens, at, min);
}

// What "thousand" at `at` is followed by: "one hundred eleven", "and five", "twelve".
std::optional<Reading> RestOfThousand(std::span<const WordToken> tokens, size_t at) {
  const auto rest = Rest(tokens, at, 1);
  if (!rest || rest->value > 9 || !IsClose(tokens, rest->end) ||
      tokens[rest->end].lower != "hundred") {
    return rest;
  }
  const size_t behind = rest->end + 1;
  const auto last = Rest(tokens, behind, 1);
  return Reading{rest->value * 100 + (last ? last->value : 0), last ? last->end : behind};
}

// "five five" of "double five".
std::optional<DigitItem> Repeated(std::span<const WordToken> tokens, size_t at) {
  const std::string& word = tokens[at].lower;
  const size_t times = word == "double" ? 2 : word == "triple" || word == "treble" ? 3 : 0;
  if (times == 0 || !IsClose(tokens, at + 1)) return std::nullopt;
  const WordToken& next = tokens[at + 1];
  const auto digit = SpokenDigit(next.lower);
  const bool is_figure = next.is_digits && next.written.size() == 1;
  if (!digit && !is_figure) return std::nullopt;
  const char figure = is_figure ? next.written[0] : static_cast<char>('0' + *digit);
  return DigitItem{std::string(times, figure), at, at + 2, true};
}

}  // namespace

std::optional<int> SpokenDigit(std::string_view lower) {
  if (lower == "oh" || lower == "o" || lower == "nought") return 0;
  return IndexOf(kDigits, lower);
}

std::optional<int> SpokenTeen(std::string_view lower) {
  const auto index = IndexOf(kTeens, lower);
  return index ? std::optional(10 + *index) : std::nullopt;
}

std::optional<int> SpokenTens(std::string_view lower) {
  const auto index = IndexOf(kTens, lower);
  return index ? std::optional(20 + 10 * *index) : std::nullopt;
}

std::optional<DigitItem> ReadDigitItem(std::span<const WordToken> tokens, size_t at) {
  if (at >= tokens.size()) return std::nullopt;
  if (tokens[at].is_digits) {
    return DigitItem{std::string(tokens[at].written), at, at + 1, false};
  }
  if (auto repeated = Repeated(tokens, at)) return repeated;
  auto number = BelowHundred(tokens, at, 1);
  if (!number) {
    if (SpokenDigit(tokens[at].lower)) return DigitItem{"0", at, at + 1, true};
    return std::nullopt;
  }
  int value = number->value;
  size_t end = number->end;
  if (IsClose(tokens, end) && tokens[end].lower == "hundred") {
    value *= 100;
    ++end;
    if (const auto rest = Rest(tokens, end, 10)) {
      value += rest->value;
      end = rest->end;
    }
  } else if (IsClose(tokens, end) && tokens[end].lower == "thousand") {
    value *= 1000;
    ++end;
    if (const auto rest = RestOfThousand(tokens, end)) {
      value += rest->value;
      end = rest->end;
    }
  }
  return DigitItem{std::to_string(value), at, end, true};
}

std::vector<std::string> WordsAndDigits(std::string_view utf8) {
  std::vector<std::string> words;
  for (const std::string& word : SplitWords(NormalizeBasic(utf8, /*remove_diacritics=*/false))) {
    if (const std::optional<int> digit = SpokenDigit(word)) {
      words.push_back(std::to_string(*digit));
      continue;
    }
    if (word.find_first_not_of("0123456789") != std::string::npos) {
      words.push_back(word);
      continue;
    }
    for (const char digit : word) words.emplace_back(1, digit);
  }
  return words;
}

bool IsDigitWord(std::string_view word) {
  return word.size() == 1 && word[0] >= '0' && word[0] <= '9';
}

}  // namespace ironscribe::text
