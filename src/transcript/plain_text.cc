#include "transcript/plain_text.h"

#include <algorithm>
#include <cstddef>

namespace ironscribe::transcript {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

struct Decoded {
  size_t size_bytes = 1;  // Bytes consumed; for ill-formed input the maximal subpart.
  char32_t code_point = 0;
  bool valid = false;
};

// Range of the second byte for a lead byte, after table 3-7 of the Unicode standard: it excludes
// overlong forms, surrogates and values above U+10FFFF.
struct LeadByte {
  unsigned char first, last;
  unsigned char second_low, second_high;
  size_t size_bytes;
};
constexpr LeadByte kLeadBytes[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

Decoded DecodeFirst(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {1, first, true};
  const auto* lead = std::find_if(std::begin(kLeadBytes), std::end(kLeadBytes), [&](const auto& l) {
    return first >= l.first && first <= l.last;
  });
  if (lead == std::end(kLeadBytes)) return {};
  // The payload bits of the lead byte: 5, 4 or 3 of them.
  char32_t code_point = first & (0x7Fu >> lead->size_bytes);
  for (size_t i = 1; i < lead->size_bytes; ++i) {
    const unsigned char low = i == 1 ? lead->second_low : 0x80;
    const unsigned char high = i == 1 ? lead->second_high : 0xBF;
    if (i >= text.size()) return {i, 0, false};
    const auto next = static_cast<unsigned char>(text[i]);
    if (next < low || next > high) return {i, 0, false};
    code_point = (code_point << 6) | (next & 0x3Fu);
  }
  return {lead->size_bytes, code_point, true};
}

bool IsLineOrTab(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

}  // namespace

std::string ValidUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const Decoded next = DecodeFirst(text);
    valid += next.valid ? text.substr(0, next.size_bytes) : kReplacement;
    text.remove_prefix(next.size_bytes);
  }
  return valid;
}

std::string SingleLine(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool after_break = false;  // A separator stands just before: further blanks add nothing.
  while (!text.empty()) {
    const Decoded next = DecodeFirst(text);
    const std::string_view bytes = next.valid ? text.substr(0, next.size_bytes) : kReplacement;
    text.remove_prefix(next.size_bytes);
    if (next.valid && IsLineOrTab(next.code_point)) {
      if (!line.empty() && line.back() != ' ') line += ' ';
      after_break = true;
    } else if (next.valid && IsControl(next.code_point)) {
      continue;
    } else if (next.valid && next.code_point == ' ') {
      if (!line.empty() && !after_break) line += ' ';
    } else {
      line += bytes;
      after_break = false;
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace ironscribe::transcript
