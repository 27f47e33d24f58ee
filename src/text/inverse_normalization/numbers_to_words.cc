#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "text/inverse_normalization/english_cardinals.h"
#include "text/inverse_normalization/rewriters.h"
#include "text/word_tokens.h"

namespace ironscribe::text {
namespace {

struct Currency {
  std::string_view symbol;
  std::string_view one;
  std::string_view many;
  std::string_view cent;
  std::string_view cents;
};
constexpr Currency kCurrencies[] = {{"$", "dollar", "dollars", "cent", "cents"},
                                    {"\u20ac", "euro", "euros", "cent", "cents"},
                                    {"\u00a3", "pound", "pounds", "penny", "pence"}};

uint64_t ToValue(std::string_view digits) {
  uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

constexpr size_t kMaxCardinalDigits = 15;

// What is said of a group of digits that stands alone.
std::string SayGroup(std::string_view digits) {
  const bool has_leading_zero = digits.size() > 1 && digits[0] == '0';
  if (has_leading_zero || digits.size() > 4) return SayDigits(digits);
  const auto value = static_cast<int>(ToValue(digits));
  const bool is_year = digits.size() == 4 && value >= 1100 && value <= 2099;
  return is_year ? SayYear(value) : SayCardinal(static_cast<uint64_t>(value));
}

class WordWriter {
 public:
  explicit WordWriter(std::string_view text) : text_(text), tokens_(CutIntoTokens(text)) {}

  std::vector<TextEdit> Run() {
    for (size_t at = 0; at < tokens_.size();) {
      if (!tokens_[at].is_digits || BelongsToName(at)) {
        ++at;
        continue;
      }
      at = Rewrite(at);
    }
    return std::move(edits_);
  }

 private:
  static constexpr bool IsOrdinalEnding(std::string_view lower) {
    return lower == "st" || lower == "nd" || lower == "rd" || lower == "th";
  }
  bool Touches(size_t at) const { return at < tokens_.size() && tokens_[at].gap.empty(); }
  bool HasGap(size_t at, std::string_view gap) const {
    return at > 0 && at < tokens_.size() && tokens_[at].is_digits && tokens_[at].gap == gap;
  }

  // Letters before or behind: "B2B", "5G", but "3rd" and "80s" are numbers.
  bool BelongsToName(size_t at) const {
    if (at > 0 && tokens_[at].gap.empty()) return true;
    if (!Touches(at + 1)) return false;
    const std::string& ending = tokens_[at + 1].lower;
    const bool ends_there = !Touches(at + 2);
    return !(ends_there && (IsOrdinalEnding(ending) || ending == "s"));
  }

  // Makes the edit for the number that starts at token `at`; returns the token behind it.
  size_t Rewrite(size_t at) {
    if (const size_t end = RewriteTime(at); end > at) return end;
    if (const size_t end = RewriteRange(at); end > at) return end;
    if (const size_t end = RewriteChain(at); end > at) return end;
    if (const size_t end = RewriteSlashes(at); end > at) return end;
    if (const size_t end = RewriteFraction(at); end > at) return end;
    // 1,234,567
    std::string digits(tokens_[at].written);
    size_t end = at + 1;
    while (HasGap(end, ",") && tokens_[end].written.size() == 3 && digits.size() <= 12) {
      digits += tokens_[end++].written;
    }
    const bool has_commas = end > at + 1;
    std::string_view decimals;
    if (HasGap(end, ".")) decimals = tokens_[end++].written;
    const Currency* currency = CurrencyBefore(at);
    if (currency != nullptr) {
      return Add(at, end, SayMoney(*currency, digits, decimals, end), currency->symbol.size());
    }
    std::string said = has_commas && digits.size() <= kMaxCardinalDigits
                           ? SayCardinal(ToValue(digits))
                           : SayGroup(digits);
    if (!decimals.empty()) {
      said = (digits.size() <= kMaxCardinalDigits ? SayCardinal(ToValue(digits)) : said) +
             " point " + SayDigits(decimals);
    } else if (Touches(end)) {  // An ending.
      said = IsOrdinalEnding(tokens_[end].lower) && digits.size() <= kMaxCardinalDigits
                 ? SayOrdinal(ToValue(digits))
                 : Plural(said);
      ++end;
    }
    return Add(at, end, said, 0);
  }

  // "10:30"
  size_t RewriteTime(size_t at) {
    if (!HasGap(at + 1, ":") || HasGap(at + 2, ":") || tokens_[at].written.size() > 2) return at;
    const std::string_view minutes = tokens_[at + 1].written;
    if (minutes.size() != 2 || minutes > "59" || ToValue(tokens_[at].written) > 24) return at;
    std::string said = SayCardinal(ToValue(tokens_[at].written));
    if (minutes == "00") {
      said += " o'clock";
    } else {
      said += minutes[0] == '0' ? " oh " : " ";
      said += SayCardinal(ToValue(minutes));
    }
    return Add(at, at + 2, said, 0);
  }

  // "10-15 people", "1984-90"; but "555-0123" is dictated, and "3-1" may be a score.
  size_t RewriteRange(size_t at) {
    const bool is_pair = HasGap(at + 1, "-") || HasGap(at + 1, "\u2013");
    if (!is_pair || CurrencyBefore(at) != nullptr || Continues(at) || Continues(at + 2)) return at;
    if (Touches(at + 2)) {
      const std::string& ending = tokens_[at + 2].lower;
      if (IsOrdinalEnding(ending) || ending == "s") return at;
    }
    const std::string_view from = tokens_[at].written;
    const std::string_view to = tokens_[at + 1].written;
    if (from.size() > 4 || to.size() > 4 || from[0] == '0' || to[0] == '0') return at;
    const uint64_t start = ToValue(from);
    const bool is_short_year = from.size() == 4 && to.size() == 2;
    const bool is_alike = from.size() == to.size() || (from.size() < 3 && to.size() < 4);
    if (!is_alike && !is_short_year) return at;
    if (ToValue(to) <= (is_short_year ? start % 100 : start)) return at;
    return Add(at, at + 2, SayGroup(from) + " to " + SayGroup(to), 0);
  }

  // Whether token `at` is part of a longer chain: "1.2.3-4", "1-2-3".
  bool Continues(size_t at) const {
    return HasGap(at, "-") || HasGap(at, ".") || HasGap(at, ",") || HasGap(at, "/") ||
           HasGap(at, ":");
  }

  // ".5"
  size_t RewriteFraction(size_t at) {
    const size_t offset = tokens_[at].offset;
    if (!tokens_[at].gap.ends_with('.') || Continues(at) || Continues(at + 1)) return at;
    if (offset > 1 && std::string_view(" (+-").find(text_[offset - 2]) == std::string_view::npos) {
      return at;
    }
    return Add(at, at + 1, "point " + SayDigits(tokens_[at].written), 1);
  }

  // Parts of a telephone number, an address, a version: "555-0123", "192.168.0.1".
  size_t RewriteChain(size_t at) {
    size_t end = at + 1;
    size_t points = 0;
    const bool is_international = tokens_[at].gap.ends_with('+');
    std::string said = SayDigits(tokens_[at].written);
    while (HasGap(end, "-") || HasGap(end, ".") || (is_international && HasGap(end, " "))) {
      const bool is_point = tokens_[end].gap == ".";
      points += is_point ? 1 : 0;
      said += (is_point ? " point " : " ") + SayDigits(tokens_[end].written);
      ++end;
    }
    const bool is_chain = end - at > 2 || (end - at == 2 && points == 0);
    return is_chain && CurrencyBefore(at) == nullptr ? Add(at, end, said, 0) : at;
  }

  // "5/6/2023"
  size_t RewriteSlashes(size_t at) {
    size_t end = at + 1;
    std::string said = SayGroup(tokens_[at].written);
    while (HasGap(end, "/")) said += " slash " + SayGroup(tokens_[end++].written);
    return end > at + 1 ? Add(at, end, said, 0) : at;
  }

  const Currency* CurrencyBefore(size_t at) const {
    for (const Currency& currency : kCurrencies) {
      if (tokens_[at].gap.ends_with(currency.symbol)) return &currency;
    }
    return nullptr;
  }

  // May take a word like "million" behind the number.
  std::string SayMoney(const Currency& currency, const std::string& digits,
                       std::string_view decimals, size_t& end) const {
    const bool fits = digits.size() <= kMaxCardinalDigits;
    const uint64_t value = fits ? ToValue(digits) : 0;
    const std::string whole = fits ? SayCardinal(value) : SayDigits(digits);
    for (const std::string_view scale : {"thousand", "million", "billion", "trillion"}) {
      if (!ContinuesPhrase(tokens_, end) || tokens_[end].lower != scale) continue;
      ++end;
      const std::string fraction = decimals.empty() ? "" : " point " + SayDigits(decimals);
      return whole + fraction + " " + std::string(scale) + " " + std::string(currency.many);
    }
    std::string said = whole + " " + std::string(value == 1 && fits ? currency.one : currency.many);
    if (decimals.size() == 2 && decimals != "00") {
      const uint64_t cents = ToValue(decimals);
      const std::string_view name = cents == 1 ? currency.cent : currency.cents;
      said += " and " + SayCardinal(cents) + " " + std::string(name);
    } else if (!decimals.empty() && decimals != "00") {
      said = whole + " point " + SayDigits(decimals) + " " + std::string(currency.many);
    }
    return said;
  }

  // "nineteen eighties"
  static std::string Plural(std::string said) {
    if (said.ends_with('y')) return said.replace(said.size() - 1, 1, "ies");
    return said + (said.ends_with('x') ? "es" : "s");
  }

  // Replaces tokens [at, end), `lead_bytes` and a sign before and a percent sign behind them.
  size_t Add(size_t at, size_t end, std::string said, size_t lead_bytes) {
    size_t offset = tokens_[at].offset - lead_bytes;
    size_t stop = tokens_[end - 1].end();
    if (stop < text_.size() && text_[stop] == '%') {
      said += " percent";
      ++stop;
    }
    const bool is_signed = offset > 0 && (text_[offset - 1] == '-' || text_[offset - 1] == '+') &&
                           (offset == 1 || text_[offset - 2] == ' ');
    if (is_signed) said = (text_[--offset] == '-' ? "minus " : "plus ") + said;
    if (end < tokens_.size() && tokens_[end].offset == stop) said += ' ';  // "9:30am"
    edits_.push_back({offset, stop - offset, std::move(said)});
    return end;
  }

  std::string_view text_;
  std::vector<WordToken> tokens_;
  std::vector<TextEdit> edits_;
};

}  // namespace

std::vector<TextEdit> NumbersToWords(std::string_view text) {
  std::vector<TextEdit> edits = WordWriter(text).Run();
  SpareLabels(text, edits);
  return edits;
}

}  // namespace ironscribe::text
