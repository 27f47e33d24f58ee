#include <algorithm>
#include <charconv>
#include <optional>

#include "text/redaction/detectors.h"

namespace ironscribe::text {
namespace {

constexpr size_t kVersionReach = 4;
constexpr size_t kHostReach = 6;  // Words between "server" and its address.

struct Octet {
  size_t end = 0;  // Token behind it.
};

// "192", "one ninety two", "one nine two", "one hundred and five", "two fifty five".
std::optional<Octet> ReadOctet(std::span<const WordToken> tokens, size_t at) {
  std::optional<Octet> octet;
  std::string digits;
  // "zero zero zero zero zero …" stays an octet by its value; nobody says more than "one hundred
  // and five" or "two five five".
  constexpr int kMaxItems = 4;
  for (int items = 0; items < kMaxItems; ++items) {
    const auto item = ReadDigitItem(tokens, at);
    if (!item) break;
    std::string longer = digits + item->digits;
    if (digits.size() == 3 && digits.ends_with("00") && item->digits.size() <= 2) {
      longer = digits.substr(0, 3 - item->digits.size()) + item->digits;  // "one hundred" "five"
    }
    int value = 0;
    std::from_chars(longer.data(), longer.data() + longer.size(), value);
    if (longer.size() > 3 || value > 255) break;
    digits = longer;
    at = item->end;
    octet = Octet{at};
    if (!item->is_spoken || at >= tokens.size()) break;
    if (tokens[at].gap != " " && tokens[at].gap != "-") break;
  }
  return octet;
}

// As a recogniser writes what is said with pauses: "192. 168. 1. 10".
constexpr std::string_view kSpacedDot = ". ";

// The token behind a dot that stands at or before token `at`; nothing when there is none.
std::optional<size_t> SkipDot(std::span<const WordToken> tokens, size_t at) {
  if (at >= tokens.size()) return std::nullopt;
  if (tokens[at].gap == "." || tokens[at].gap == kSpacedDot) return at;
  const std::string& word = tokens[at].lower;
  const bool is_dot = word == "dot" || word == "point" || word == "period";
  if (is_dot && tokens[at].gap == " " && at + 1 < tokens.size()) return at + 1;
  return std::nullopt;
}

// The end of the address that starts at token `first`, or `first`.
size_t EndOfAddress(std::span<const WordToken> tokens, size_t first) {
  if (first > 0 && tokens[first - 1].is_digits &&
      (tokens[first].gap == "." || tokens[first].gap == kSpacedDot)) {
    return first;
  }
  size_t at = first;
  for (int i = 0; i < 4; ++i) {
    if (i > 0) {
      const auto behind_dot = SkipDot(tokens, at);
      if (!behind_dot) return first;
      at = *behind_dot;
    }
    const auto octet = ReadOctet(tokens, at);
    if (!octet) return first;
    at = octet->end;
  }
  // A fifth part makes it something else.
  const auto fifth = SkipDot(tokens, at);
  return fifth && ReadDigitItem(tokens, *fifth) ? first : at;
}

// Full stops with blanks also stand between scores and list items. Of those an address has an
// octet of three figures, is of the private network 10 (RFC 1918) or is announced as one.
bool IsPlausible(const PiiScan& scan, size_t first, size_t end) {
  const auto tokens = scan.tokens();
  bool is_spaced = false;
  bool has_long = tokens[first].written == "10";
  for (size_t i = first; i < end; ++i) {
    is_spaced = is_spaced || (i > first && tokens[i].gap == kSpacedDot);
    has_long = has_long || tokens[i].written.size() == 3 || !tokens[i].is_digits;
  }
  return !is_spaced || has_long || scan.DistanceBefore(Cue::kHost, first) <= kHostReach;
}

bool IsHexadecimal(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool IsWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// RFC 4291, section 2.2, forms 1 and 2: eight groups of up to four hexadecimal digits, or fewer
// around one "::". Of those at least three or a full one, since "a::b" is more often a name in a
// program.
bool IsIpv6(std::string_view candidate) {
  int groups = 0;
  int gaps = 0;
  size_t longest = 0;
  for (size_t start = 0; start <= candidate.size();) {
    const size_t colon = std::min(candidate.find(':', start), candidate.size());
    const size_t size = colon - start;
    if (size > 4) return false;
    longest = std::max(longest, size);
    if (size > 0) {
      ++groups;
    } else if (start > 0 && colon < candidate.size()) {
      ++gaps;
    } else if (candidate.size() > 1) {
      // An empty end belongs to a "::" there.
      const bool doubled = start == 0 ? candidate.starts_with("::") : candidate.ends_with("::");
      if (!doubled) return false;
    }
    start = colon + 1;
  }
  if (gaps == 0) return groups == 8;
  return gaps == 1 && groups <= 7 && (groups >= 3 || longest == 4);
}

void FindIpv6(PiiScan& scan) {
  const std::string_view text = scan.text();
  for (size_t i = 0; i < text.size();) {
    const auto is_part = [&](size_t at) { return IsHexadecimal(text[at]) || text[at] == ':'; };
    if (!is_part(i)) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < text.size() && is_part(end)) ++end;
    size_t last = end;
    if (last - i >= 2 && text[last - 1] == ':' && text[last - 2] != ':') --last;  // "fe80::1:1:"
    const bool stands_alone =
        (i == 0 || !IsWordByte(text[i - 1])) && (end == text.size() || !IsWordByte(text[end]));
    if (stands_alone && IsIpv6(text.substr(i, last - i))) {
      scan.TakeBytes(i, last, PiiType::kIpAddress);
    }
    i = end;
  }
}

}  // namespace

void FindIpAddresses(PiiScan& scan) {
  FindIpv6(scan);
  const auto tokens = scan.tokens();
  for (size_t first = 0; first < tokens.size(); ++first) {
    const size_t end = EndOfAddress(tokens, first);
    if (end == first || !scan.IsFree(first, end)) continue;
    if (scan.DistanceBefore(Cue::kVersion, first) > kVersionReach &&
        IsPlausible(scan, first, end)) {
      scan.Take(first, end, PiiType::kIpAddress);
    }
    first = end - 1;
  }
}

}  // namespace ironscribe::text
