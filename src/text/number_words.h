// Numbers as they are dictated: which digits the words and figures at one place of a text stand
// for.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/word_tokens.h"

namespace ironscribe::text {

// One item of a dictated number, of tokens [first, end).
struct DigitItem {
  std::string digits;  // "4111"; "21" of "twenty one"; "55" of "double five"; "800", "2021".
  size_t first = 0;
  size_t end = 0;
  bool is_spoken = false;  // In words.
};

// 1 to 9 of "one" to "nine", 0 of "zero", "oh", "o", "nought"; else nothing.
std::optional<int> SpokenDigit(std::string_view lower);

// 10 to 19 of "ten" to "nineteen", and 20 to 90 of "twenty" to "ninety"; else nothing.
std::optional<int> SpokenTeen(std::string_view lower);
std::optional<int> SpokenTens(std::string_view lower);

// The item that starts at token `at`, if one does. "eight hundred five" ends before the five, as in
// a dictated telephone number; "one hundred and five" and "one hundred ninety two" are one item.
std::optional<DigitItem> ReadDigitItem(std::span<const WordToken> tokens, size_t at);

// The words of a text made comparable (NormalizeBasic), each digit of a number a word of its
// own and named digits as digits, so that a number looks the same however it is written: "Call
// 4-15, five!" is call 4 1 5 5. What has letters too ("B2") stays whole.
std::vector<std::string> WordsAndDigits(std::string_view utf8);

// A word of WordsAndDigits that is a digit.
bool IsDigitWord(std::string_view word);

}  // namespace ironscribe::text
