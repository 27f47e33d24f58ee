#include "text/inverse_normalization/english_cardinals.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "text/number_words.h"

namespace ironscribe::text {
namespace {

constexpr std::string_view kSmall[] = {"zero",    "one",     "two",       "three",    "four",
                                       "five",    "six",     "seven",     "eight",    "nine",
                                       "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                       "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::string_view kTens[] = {"",      "",      "twenty",  "thirty", "forty",
                                      "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr std::string_view kOrdinals[] = {
    "zeroth",     "first",     "second",    "third",       "fourth",     "fifth",     "sixth",
    "seventh",    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",   "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"};
constexpr std::pair<std::string_view, uint64_t> kScales[] = {{"trillion", 1'000'000'000'000},
                                                             {"billion", 1'000'000'000},
                                                             {"million", 1'000'000},
                                                             {"thousand", 1'000}};

struct Part {
  uint64_t value = 0;
  size_t end = 0;
};

// 1 to 99.
std::optional<Part> ReadBelowHundred(std::span<const WordToken> tokens, size_t at) {
  if (at >= tokens.size() || tokens[at].is_digits) return std::nullopt;
  const std::string& word = tokens[at].lower;
  if (const auto teen = SpokenTeen(word)) return Part{static_cast<uint64_t>(*teen), at + 1};
  const auto is_unit = [](const WordToken& token) {
    const auto digit = SpokenDigit(token.lower);
    return digit && *digit > 0;
  };
  if (is_unit(tokens[at])) return Part{static_cast<uint64_t>(*SpokenDigit(word)), at + 1};
  const auto tens = SpokenTens(word);
  if (!tens) return std::nullopt;
  Part part{static_cast<uint64_t>(*tens), at + 1};
  if (ContinuesPhrase(tokens, at + 1) && is_unit(tokens[at + 1])) {
    part.value += static_cast<uint64_t>(*SpokenDigit(tokens[at + 1].lower));
    part.end = at + 2;
  }
  return part;
}

// What may follow "hundred" or a scale: "and" and a number, or the number.
size_t SkipAnd(std::span<const WordToken> tokens, size_t at) {
  return ContinuesPhrase(tokens, at) && tokens[at].lower == "and" ? at + 1 : at;
}

// 1 to 999, and "nineteen hundred".
std::optional<Part> ReadBelowThousand(std::span<const WordToken> tokens, size_t at) {
  auto part = ReadBelowHundred(tokens, at);
  const bool says_a = !part && at < tokens.size() && tokens[at].lower == "a";
  if (says_a) part = Part{1, at + 1};
  if (!part) return std::nullopt;
  if (!ContinuesPhrase(tokens, part->end) || tokens[part->end].lower != "hundred") {
    return says_a ? std::nullopt : part;
  }
  Part hundreds{part->value * 100, part->end + 1};
  const size_t rest_at = SkipAnd(tokens, hundreds.end);
  if (!ContinuesPhrase(tokens, rest_at)) return hundreds;
  const auto rest = ReadBelowHundred(tokens, rest_at);
  return rest ? Part{hundreds.value + rest->value, rest->end} : hundreds;
}

uint64_t ScaleOf(std::span<const WordToken> tokens, size_t at) {
  if (!ContinuesPhrase(tokens, at)) return 0;
  for (const auto& [word, scale] : kScales) {
    if (tokens[at].lower == word) return scale;
  }
  return 0;
}

std::string SayBelowHundred(uint64_t value) {
  if (value < 20) return std::string(kSmall[value]);
  std::string said(kTens[value / 10]);
  if (value % 10 != 0) said.append("-").append(kSmall[value % 10]);
  return said;
}

}  // namespace

bool ContinuesPhrase(std::span<const WordToken> tokens, size_t at) {
  return at > 0 && at < tokens.size() && (tokens[at].gap == " " || tokens[at].gap == "-");
}

std::optional<Cardinal> ReadCardinal(std::span<const WordToken> tokens, size_t at) {
  Cardinal cardinal;
  uint64_t smallest_scale = ~uint64_t{0};
  size_t place = at;
  while (true) {
    auto part = ReadBelowThousand(tokens, place);
    // "a thousand", "a million"
    if (!part && place == at && at < tokens.size() && tokens[at].lower == "a" &&
        ScaleOf(tokens, at + 1) > 0) {
      part = Part{1, at + 1};
    }
    if (!part) break;
    const uint64_t scale = ScaleOf(tokens, part->end);
    const bool is_only = place == at;
    if (scale == 0) {
      if (smallest_scale > 1) {
        cardinal.value += part->value;
        cardinal.end = part->end;
        if (!is_only) cardinal.scale.clear();
      }
      break;
    }
    if (scale >= smallest_scale) break;  // "two million five million": two numbers.
    smallest_scale = scale;
    cardinal.value += part->value * scale;
    cardinal.end = part->end + 1;
    cardinal.scale = is_only && scale >= 1'000'000 ? tokens[part->end].lower : "";
    cardinal.before_scale = part->value;
    place = SkipAnd(tokens, cardinal.end);
    if (!ContinuesPhrase(tokens, place)) break;
  }
  if (cardinal.end == 0) return std::nullopt;
  return cardinal;
}

std::string SayDigits(std::string_view digits) {
  std::string said;
  for (const char digit : digits) {
    if (!said.empty()) said += ' ';
    said += kSmall[digit - '0'];
  }
  return said;
}

std::string SayCardinal(uint64_t value) {
  constexpr uint64_t kTooLarge = 1'000'000'000'000'000;
  if (value >= kTooLarge) return SayDigits(std::to_string(value));
  if (value < 100) return SayBelowHundred(value);
  std::string said;
  const auto append = [&](std::string_view words) {
    if (!said.empty()) said += ' ';
    said += words;
  };
  for (const auto& [word, scale] : kScales) {
    if (value < scale) continue;
    append(SayCardinal(value / scale));
    append(word);
    value %= scale;
  }
  if (value >= 100) {
    append(kSmall[value / 100]);
    append("hundred");
    value %= 100;
  }
  if (value > 0) append(SayBelowHundred(value));
  return said;
}

std::string SayOrdinal(uint64_t value) {
  std::string said = SayCardinal(value);
  const size_t last = said.find_last_of(" -");
  const size_t start = last == said.npos ? 0 : last + 1;
  const std::string word = said.substr(start);
  const auto* found = std::find(std::begin(kSmall), std::end(kSmall), word);
  if (found != std::end(kSmall)) {
    return said.replace(start, word.size(), kOrdinals[found - std::begin(kSmall)]);
  }
  if (said.back() == 'y') return said.replace(said.size() - 1, 1, "ieth");
  return said + "th";
}

std::string SayYear(int year) {
  const auto century = static_cast<uint64_t>(year / 100);
  const auto rest = static_cast<uint64_t>(year % 100);
  if (century == 20 && rest < 10) return SayCardinal(static_cast<uint64_t>(year));
  if (rest == 0) return SayCardinal(century) + " hundred";
  if (rest < 10) return SayCardinal(century) + " oh " + SayCardinal(rest);
  return SayCardinal(century) + " " + SayCardinal(rest);
}

std::optional<int> OrdinalWord(std::string_view lower) {
  const auto* found = std::find(std::begin(kOrdinals) + 1, std::end(kOrdinals), lower);
  if (found != std::end(kOrdinals)) return static_cast<int>(found - std::begin(kOrdinals));
  if (lower == "twentieth") return 20;
  if (lower == "thirtieth") return 30;
  return std::nullopt;
}

}  // namespace ironscribe::text
