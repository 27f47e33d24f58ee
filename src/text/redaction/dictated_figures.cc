#include "text/redaction/dictated_figures.h"

#include <algorithm>
#include <cstdint>

namespace ironscribe::text::dictation {

int Pick(Random& random, int count) {
  return static_cast<int>(random.Next() % static_cast<uint64_t>(count));
}

std::string PickOne(Random& random, const Strings& choices) {
  return choices[random.Next() % choices.size()];
}

std::string Digits(Random& random, int count) {
  std::string digits;
  for (int i = 0; i < count; ++i) digits.push_back(static_cast<char>('0' + Pick(random, 10)));
  return digits;
}

std::string From(Random& random, char low, char high) {
  return std::string(1, static_cast<char>(low + Pick(random, high - low + 1)));
}

std::string SayDigit(char digit, bool oh) {
  const char* const kNames[] = {"zero", "one", "two",   "three", "four",
                                "five", "six", "seven", "eight", "nine"};
  return digit == '0' && oh ? "oh" : kNames[digit - '0'];
}

std::string SayNumber(int number) {
  const char* const kSmall[] = {"zero",    "one",     "two",       "three",    "four",
                                "five",    "six",     "seven",     "eight",    "nine",
                                "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  const char* const kTens[] = {"",      "",      "twenty",  "thirty", "forty",
                               "fifty", "sixty", "seventy", "eighty", "ninety"};
  if (number < 20) return kSmall[number];
  const std::string tens = kTens[number / 10];
  return number % 10 == 0 ? tens : tens + " " + kSmall[number % 10];
}

std::string SayDigits(const std::string& digits, Random& random) {
  const bool doubles = Pick(random, 2) == 0;
  const bool oh = Pick(random, 2) == 0;
  std::string said;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (!said.empty()) said += ' ';
    if (doubles && i + 1 < digits.size() && digits[i] == digits[i + 1]) {
      said += "double ";
      ++i;
    }
    said += SayDigit(digits[i], oh);
  }
  return said;
}

std::string OneByOne(const std::string& digits, Random& random) {
  const std::string gap = PickOne(random, {". ", ", ", " ", "-"});
  std::string written;
  for (const char digit : digits) written += (written.empty() ? "" : gap) + digit;
  return written;
}

std::string SayThousands(int number) {
  std::string said = SayNumber(number / 1000) + " thousand";
  if (number / 100 % 10 > 0) said += " " + SayNumber(number / 100 % 10) + " hundred";
  return number % 100 == 0 ? said : said + " " + SayNumber(number % 100);
}

std::string SayPairs(const std::string& digits) {
  std::string said;
  for (size_t i = 0; i < digits.size(); i += 2) {
    if (!said.empty()) said += ' ';
    if (digits[i] == '0') {
      said += "oh " + SayDigit(digits[i + 1], true);
    } else {
      said += SayNumber(std::stoi(digits.substr(i, 2)));
    }
  }
  return said;
}

std::string Grouped(const std::string& digits, std::span<const int> groups,
                    const std::string& separator) {
  std::string grouped;
  size_t at = 0;
  for (const int group : groups) {
    if (at > 0) grouped += separator;
    grouped += digits.substr(at, static_cast<size_t>(group));
    at += static_cast<size_t>(group);
  }
  return grouped + digits.substr(std::min(at, digits.size()));
}

}  // namespace ironscribe::text::dictation
