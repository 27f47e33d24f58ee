#include "text/redaction/check_digits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace ironscribe::text {
namespace {

// First digits, from and to, and the lengths that a scheme uses (ISO/IEC 7812 registry as the
// schemes publish it); 0 is no length.
struct Scheme {
  int prefix_digits;
  int from;
  int to;
  std::array<size_t, 4> lengths;
};
constexpr Scheme kSchemes[] = {
    {1, 4, 4, {13, 16, 19, 0}},       // Visa
    {2, 51, 55, {16, 0, 0, 0}},       // Mastercard
    {4, 2221, 2720, {16, 0, 0, 0}},   // Mastercard
    {2, 34, 34, {15, 0, 0, 0}},       // American Express
    {2, 37, 37, {15, 0, 0, 0}},       // American Express
    {4, 6011, 6011, {16, 19, 0, 0}},  // Discover
    {3, 644, 659, {16, 19, 0, 0}},    // Discover
    {2, 62, 62, {16, 17, 18, 19}},    // UnionPay
    {4, 3528, 3589, {16, 19, 0, 0}},  // JCB
    {3, 300, 305, {14, 16, 0, 0}},    // Diners Club
    {2, 36, 36, {14, 16, 0, 0}},      // Diners Club
    {2, 38, 39, {14, 16, 0, 0}},      // Diners Club
    {2, 50, 50, {16, 18, 19, 0}},     // Maestro
    {2, 56, 58, {16, 18, 19, 0}},     // Maestro
    {2, 63, 63, {16, 18, 19, 0}},     // Maestro
    {2, 67, 67, {16, 18, 19, 0}},     // Maestro
};

int Prefix(std::string_view digits, int count) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + count, value);
  return value;
}

// ISO 13616 registry: countries and the length of their IBANs, in the order of the alphabet.
struct CountryLength {
  std::string_view country;
  int length;
};
constexpr CountryLength kIbanLengths[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
    {"BH", 22}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22},
    {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FO", 18}, {"FR", 27},
    {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28},
    {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20},
    {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27},
    {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NL", 18}, {"NO", 15},
    {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"SA", 24},
    {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"ST", 25}, {"SV", 28},
    {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20},
};

}  // namespace

bool HasLuhnCheckDigit(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (size_t i = digits.size(); i-- > 0; doubled = !doubled) {
    const int digit = digits[i] - '0';
    const int counted = doubled ? 2 * digit : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return !digits.empty() && sum % 10 == 0;
}

bool IsCardNumber(std::string_view digits) {
  const auto fits = [&](const Scheme& scheme) {
    if (std::find(scheme.lengths.begin(), scheme.lengths.end(), digits.size()) ==
        scheme.lengths.end()) {
      return false;
    }
    const int prefix = Prefix(digits, scheme.prefix_digits);
    return prefix >= scheme.from && prefix <= scheme.to;
  };
  return !digits.empty() && std::any_of(std::begin(kSchemes), std::end(kSchemes), fits) &&
         HasLuhnCheckDigit(digits);
}

int IbanLength(std::string_view country) {
  for (const CountryLength& known : kIbanLengths) {
    if (known.country == country) return known.length;
  }
  return 0;
}

bool IsIban(std::string_view characters) {
  if (characters.size() < 4 ||
      characters.size() != static_cast<size_t>(IbanLength(characters.substr(0, 2)))) {
    return false;
  }
  int remainder = 0;
  const auto append = [&](char c) {
    if (c >= '0' && c <= '9') {
      remainder = (remainder * 10 + (c - '0')) % 97;
    } else {
      remainder = (remainder * 100 + (c - 'A' + 10)) % 97;
    }
  };
  for (const char c : characters.substr(4)) append(c);
  for (const char c : characters.substr(0, 4)) append(c);
  return remainder == 1;
}

}  // namespace ironscribe::text
