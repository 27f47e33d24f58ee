// The check digits of account numbers.
#pragma once

#include <string_view>

namespace ironscribe::text {

// ISO/IEC 7812-1, annex B (Luhn). Requires: decimal digits.
bool HasLuhnCheckDigit(std::string_view digits);

// A number that a card issuer gives out: prefix and length of a scheme, and the check digit.
bool IsCardNumber(std::string_view digits);

// ISO 13616: the length of the country and ISO/IEC 7064 mod 97-10. Requires: upper-case letters and
// digits.
bool IsIban(std::string_view characters);

// How many characters an IBAN of that country has ("GB"); 0 where there are none.
int IbanLength(std::string_view country);

}  // namespace ironscribe::text
