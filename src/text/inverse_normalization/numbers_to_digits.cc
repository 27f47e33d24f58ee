#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "text/inverse_normalization/english_cardinals.h"
#include "text/inverse_normalization/rewriters.h"
#include "text/number_words.h"
#include "text/word_tokens.h"

namespace ironscribe::text {
namespace {

constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};

bool IsMonth(std::string_view lower) {
  return std::find(std::begin(kMonths), std::end(kMonths), lower) != std::end(kMonths);
}

// A number as it will be written, of tokens [first, end).
struct Written {
  std::string digits;
  size_t end = 0;
  bool is_plain = false;  // A cardinal that a unit may follow.
};

// Commas from five digits on, as English typography has it.
std::string WithCommas(uint64_t value) {
  std::string digits = std::to_string(value);
  if (digits.size() < 5) return digits;
  for (size_t at = digits.size() - 3; at < digits.size() && at > 0; at -= std::min<size_t>(at, 3)) {
    digits.insert(at, ",");
  }
  return digits;
}

std::string_view OrdinalEnding(uint64_t value) {
  if (value % 100 >= 11 && value % 100 <= 13) return "th";
  switch (value % 10) {
    case 1:
      return "st";
    case 2:
      return "nd";
    case 3:
      return "rd";
    default:
      return "th";
  }
}

class DigitWriter {
 public:
  explicit DigitWriter(std::string_view text) : tokens_(CutIntoTokens(text)) {}

  std::vector<TextEdit> Run() {
    for (size_t at = 0; at < tokens_.size();) {
      const auto written = Read(at);
      if (!written) {
        ++at;
        continue;
      }
      const size_t offset = tokens_[at].offset;
      edits_.push_back({offset, tokens_[written->end - 1].end() - offset, written->digits});
      at = written->end;
    }
    return std::move(edits_);
  }

 private:
  bool Follows(size_t at, std::string_view word) const {
    return ContinuesPhrase(tokens_, at) && tokens_[at].lower == word;
  }

  std::optional<Written> Read(size_t at) const {
    if (tokens_[at].is_digits) return std::nullopt;
    if (auto ordinal = ReadOrdinal(at)) return ordinal;
    if (auto time = ReadTime(at)) return time;
    if (auto dictated = ReadDictated(at)) return dictated;
    if (auto year = ReadYear(at)) return year;
    auto number = ReadDecimal(at);
    return number ? WithUnit(*std::move(number)) : std::nullopt;
  }

  // "twenty first" is 21st; small ones beside a month only.
  std::optional<Written> ReadOrdinal(size_t at) const {
    uint64_t value = 0;
    size_t last = at;
    if (const auto cardinal = ReadCardinal(tokens_, at);
        cardinal && ContinuesPhrase(tokens_, cardinal->end) && cardinal->value % 10 == 0) {
      const auto end = OrdinalWord(tokens_[cardinal->end].lower);
      if (!end || *end >= 20 || (cardinal->value % 100 != 0 && *end >= 10)) return std::nullopt;
      value = cardinal->value + static_cast<uint64_t>(*end);
      last = cardinal->end;
    } else if (const auto word = OrdinalWord(tokens_[at].lower)) {
      value = static_cast<uint64_t>(*word);
      const bool before_month = Follows(at + 1, "of") && ContinuesPhrase(tokens_, at + 2) &&
                                IsMonth(tokens_[at + 2].lower);
      const bool behind_month =
          (at > 0 && ContinuesPhrase(tokens_, at) && IsMonth(tokens_[at - 1].lower)) ||
          (at > 1 && tokens_[at - 1].lower == "the" && IsMonth(tokens_[at - 2].lower));
      if (value < 10 && !before_month && !behind_month) return std::nullopt;
    } else {
      return std::nullopt;
    }
    return Written{fmt::format("{}{}", value, OrdinalEnding(value)), last + 1, false};
  }

  // Three digits or more one by one: "four one one", "double oh seven".
  std::optional<Written> ReadDictated(size_t at) const {
    Written written{"", at, false};
    size_t count = 0;
    bool has_unit_behind = false;
    while (written.end < tokens_.size() && (count == 0 || tokens_[written.end].gap == " ")) {
      const auto item = ReadDigitItem(tokens_, written.end);
      const bool is_repeated =
          item && item->end == item->first + 2 && item->digits.size() > 1 &&
          item->digits.find_first_not_of(item->digits[0]) == std::string::npos &&
          !SpokenTens(tokens_[item->first].lower);
      if (!item || !item->is_spoken || (item->digits.size() > 1 && !is_repeated)) break;
      written.digits += item->digits;
      written.end = item->end;
      ++count;
    }
    has_unit_behind =
        ContinuesPhrase(tokens_, written.end) &&
        (tokens_[written.end].lower == "hundred" || tokens_[written.end].lower == "point");
    if (written.digits.size() < 3 || has_unit_behind) return std::nullopt;
    return written;
  }

  // "ten thirty" before "a.m." is 10:30.
  std::optional<Written> ReadTime(size_t at) const {
    const auto hour = ReadDigitItem(tokens_, at);
    if (!hour || !ContinuesPhrase(tokens_, hour->end)) return std::nullopt;
    auto minutes = ReadDigitItem(tokens_, hour->end);
    if (minutes && minutes->digits == "0" && ContinuesPhrase(tokens_, minutes->end)) {
      const auto unit = ReadDigitItem(tokens_, minutes->end);
      if (unit && unit->digits.size() == 1) {
        minutes->digits += unit->digits;
        minutes->end = unit->end;
      }
    }
    if (!minutes || !minutes->is_spoken || minutes->digits.size() != 2) return std::nullopt;
    const size_t end = minutes->end;
    const bool is_half = ContinuesPhrase(tokens_, end) &&
                         (tokens_[end].lower == "am" || tokens_[end].lower == "pm" ||
                          ((tokens_[end].lower == "a" || tokens_[end].lower == "p") &&
                           end + 1 < tokens_.size() && tokens_[end + 1].lower == "m"));
    const bool is_time = hour->digits.size() <= 2 && minutes->digits <= "59" && is_half;
    if (!is_time) return std::nullopt;
    return Written{hour->digits + ":" + minutes->digits, end, false};
  }

  // "nineteen eighty four", "nineteen oh five", "twenty twenty four".
  std::optional<Written> ReadYear(size_t at) const {
    const auto century = ReadDigitItem(tokens_, at);
    if (!century || !century->is_spoken || century->digits.size() != 2) return std::nullopt;
    if (century->digits < "13" || century->digits > "20") return std::nullopt;
    if (!ContinuesPhrase(tokens_, century->end)) return std::nullopt;
    const auto rest = ReadDigitItem(tokens_, century->end);
    if (!rest || !rest->is_spoken) return std::nullopt;
    if (rest->digits.size() == 2 && rest->digits[0] != '0') {
      return Written{century->digits + rest->digits, rest->end, false};
    }
    if (rest->digits != "0" || !ContinuesPhrase(tokens_, rest->end)) return std::nullopt;
    const auto unit = ReadDigitItem(tokens_, rest->end);
    if (!unit || unit->digits.size() != 1 || !unit->is_spoken) return std::nullopt;
    return Written{century->digits + "0" + unit->digits, unit->end, false};
  }

  // Whether the lone "one" at `at` is one of several numbers: "one or two", "three, two, one".
  bool IsListed(size_t at) const {
    for (const std::string_view word : {"no", "any", "some", "every", "this", "that", "the",
                                        "which", "each", "another", "only", "last", "next"}) {
      if (at > 0 && ContinuesPhrase(tokens_, at) && tokens_[at - 1].lower == word) return false;
    }
    return IsNumber(BehindJoint(at + 1)) || IsWritten(BeforeJoint(at));
  }

  static bool IsJoint(std::string_view lower) { return lower == "or" || lower == "to"; }

  // The token behind "or" or a comma at `at`; the number of tokens where there is neither.
  size_t BehindJoint(size_t at) const {
    if (at < tokens_.size() && tokens_[at].gap == ", ") return at;
    const bool has_joint = ContinuesPhrase(tokens_, at) && IsJoint(tokens_[at].lower);
    return has_joint && ContinuesPhrase(tokens_, at + 1) ? at + 1 : tokens_.size();
  }

  // The last token of what stands before "or" or a comma before `at`, in the same way.
  size_t BeforeJoint(size_t at) const {
    if (at > 0 && tokens_[at].gap == ", ") return at - 1;
    const bool has_joint = at > 1 && ContinuesPhrase(tokens_, at) && IsJoint(tokens_[at - 1].lower);
    return has_joint && ContinuesPhrase(tokens_, at - 1) ? at - 2 : tokens_.size();
  }

  // A number of more than "one", which will be written in figures.
  bool IsNumber(size_t at) const {
    if (at >= tokens_.size()) return false;
    if (tokens_[at].is_digits) return true;
    const auto cardinal = ReadCardinal(tokens_, at);
    if (!cardinal || (cardinal->end == at + 1 && cardinal->value == 1)) return false;
    return !ContinuesPhrase(tokens_, cardinal->end) ||
           !IsFractionWord(tokens_[cardinal->end].lower);
  }

  // Whether token `at` is, or ends, a number in figures.
  bool IsWritten(size_t at) const {
    if (at >= tokens_.size()) return false;
    if (tokens_[at].is_digits) return true;
    return !edits_.empty() && edits_.back().offset + edits_.back().size == tokens_[at].end();
  }

  // A cardinal and what follows "point"; "five million" keeps its word.
  std::optional<Written> ReadDecimal(size_t at) const {
    Written written;
    std::string scale;
    if (const auto cardinal = ReadCardinal(tokens_, at)) {
      scale = cardinal->scale;
      const bool is_lone = cardinal->end == at + 1 && cardinal->value == 1;
      written = {WithCommas(scale.empty() ? cardinal->value : cardinal->before_scale),
                 cardinal->end, !is_lone || IsListed(at)};
    } else if (tokens_[at].lower == "zero") {
      written = {"0", at + 1, true};
    } else {
      return std::nullopt;
    }
    if (scale.empty() && Follows(written.end, "point")) {
      std::string decimals;
      size_t end = written.end + 1;
      while (ContinuesPhrase(tokens_, end)) {
        const auto item = ReadDigitItem(tokens_, end);
        if (!item || !item->is_spoken || item->digits.size() > 2) break;
        decimals += item->digits;
        end = item->end;
      }
      if (!decimals.empty()) written = {written.digits + "." + decimals, end, true};
      for (const std::string_view word : {"million", "billion", "trillion"}) {
        if (Follows(written.end, word)) {
          scale = word;
          ++written.end;
        }
      }
    } else if (scale.empty() && Follows(written.end, "and") && Follows(written.end + 1, "a") &&
               Follows(written.end + 2, "half")) {
      written = {written.digits + ".5", written.end + 3, true};
    }
    if (!scale.empty()) written.digits += " " + scale;
    return written;
  }

  // Percents and currencies; nothing for a lone "one" and for "two thirds".
  std::optional<Written> WithUnit(Written written) const {
    const size_t end = written.end;
    if (Follows(end, "percent")) return Written{written.digits + "%", end + 1, false};
    if (Follows(end, "per") && Follows(end + 1, "cent")) {
      return Written{written.digits + "%", end + 2, false};
    }
    if (Follows(end, "dollars") || Follows(end, "dollar")) return Dollars(std::move(written));
    if (Follows(end, "euros") || Follows(end, "euro")) {
      return Written{"\u20ac" + written.digits, end + 1, false};
    }
    if (!written.is_plain) return std::nullopt;
    if (ContinuesPhrase(tokens_, end) && IsFractionWord(tokens_[end].lower)) return std::nullopt;
    return written;
  }

  // "five dollars and ten cents" is $5.10.
  Written Dollars(Written written) const {
    Written dollars{"$" + written.digits, written.end + 1, false};
    if (written.digits.find_first_of(". ") != std::string::npos) return dollars;
    size_t at = dollars.end;
    if (Follows(at, "and")) ++at;
    if (!ContinuesPhrase(tokens_, at)) return dollars;
    const auto cents = ReadCardinal(tokens_, at);
    if (!cents || cents->value > 99) return dollars;
    if (!Follows(cents->end, "cents") && !Follows(cents->end, "cent")) return dollars;
    return {fmt::format("{}.{:02}", dollars.digits, cents->value), cents->end + 1, false};
  }

  static bool IsFractionWord(std::string_view lower) {
    for (const std::string_view word :
         {"half", "halves", "third", "thirds", "quarter", "quarters", "fourths", "fifth", "fifths",
          "sixths", "eighths", "tenths", "hundredths"}) {
      if (lower == word) return true;
    }
    return false;
  }

  std::vector<WordToken> tokens_;
  std::vector<TextEdit> edits_;
};

}  // namespace

std::vector<TextEdit> NumbersToDigits(std::string_view text) {
  std::vector<TextEdit> edits = DigitWriter(text).Run();
  SpareLabels(text, edits);
  return edits;
}

}  // namespace ironscribe::text
