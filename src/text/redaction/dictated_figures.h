// Test support: figures as people dictate them and as recognisers write them down. Shares no code
// with the detectors.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/random.h"

namespace ironscribe::text::dictation {

using Strings = std::vector<std::string>;

// Below `count`.
int Pick(Random& random, int count);
std::string PickOne(Random& random, const Strings& choices);

std::string Digits(Random& random, int count);
// One character from `low` to `high`.
std::string From(Random& random, char low, char high);

std::string SayDigit(char digit, bool oh);
// Below a hundred.
std::string SayNumber(int number);
// "four one one one", with "double one" and "oh" here and there.
std::string SayDigits(const std::string& digits, Random& random);
// Digits one by one as a recogniser writes them when they are dictated: "4. 1. 5.", "4, 1, 5".
std::string OneByOne(const std::string& digits, Random& random);
// Below ten thousand: "four thousand one hundred eleven".
std::string SayThousands(int number);
// "eleven eleven", "oh five twelve".
std::string SayPairs(const std::string& digits);

// "4111-1111" by groups of those sizes; what is left follows the last.
std::string Grouped(const std::string& digits, std::span<const int> groups,
                    const std::string& separator);

}  // namespace ironscribe::text::dictation
