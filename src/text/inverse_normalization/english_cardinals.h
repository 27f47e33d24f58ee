// English numbers, read from words and written as words.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "text/word_tokens.h"

namespace ironscribe::text {

struct Cardinal {
  uint64_t value = 0;
  size_t end = 0;  // Token behind it.
  // The last scale word when everything stands before it ("five million", not "five million two").
  std::string scale;          // "million", "billion", "trillion" or empty.
  uint64_t before_scale = 0;  // The five.
};

// The number that starts at token `at`: "twenty five", "a hundred and five", "two million three
// hundred thousand", up to trillions. Words of one number are a blank or a hyphen apart.
std::optional<Cardinal> ReadCardinal(std::span<const WordToken> tokens, size_t at);

// "one hundred twenty-five"; below 10^15, larger ones digit by digit.
std::string SayCardinal(uint64_t value);

// "one hundred twenty-fifth".
std::string SayOrdinal(uint64_t value);

// "nineteen eighty-four", "two thousand five"; for 1100 to 2099.
std::string SayYear(int year);

// "four one one zero".
std::string SayDigits(std::string_view digits);

// 1 of "first", 20 of "twentieth", up to "thirtieth"; else nothing.
std::optional<int> OrdinalWord(std::string_view lower);

// Whether the words stand a blank or a hyphen apart: token `at` and the one before.
bool ContinuesPhrase(std::span<const WordToken> tokens, size_t at);

}  // namespace ironscribe::text
