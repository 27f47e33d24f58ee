#include "text/utf8.h"

#include <utf8proc.h>

namespace ironscribe::text {
namespace {

struct LeadByte {
  int continuation_bytes;  // 0 for ASCII, -1 for a byte that can start nothing.
  uint8_t second_min;
  uint8_t second_max;
};

// Table 3-7 of the Unicode standard: the second byte's range shuts out overlong forms, surrogates
// and values above U+10FFFF.
LeadByte ClassifyLead(uint8_t lead) {
  if (lead < 0x80) return {0, 0, 0};
  if (lead < 0xc2) return {-1, 0, 0};
  if (lead < 0xe0) return {1, 0x80, 0xbf};
  if (lead == 0xe0) return {2, 0xa0, 0xbf};
  if (lead == 0xed) return {2, 0x80, 0x9f};
  if (lead < 0xf0) return {2, 0x80, 0xbf};
  if (lead == 0xf0) return {3, 0x90, 0xbf};
  if (lead < 0xf4) return {3, 0x80, 0xbf};
  if (lead == 0xf4) return {3, 0x80, 0x8f};
  return {-1, 0, 0};
}

}  // namespace

Utf8Unit NextUnit(std::string_view text, size_t offset) {
  const auto lead = static_cast<uint8_t>(text[offset]);
  const LeadByte kind = ClassifyLead(lead);
  if (kind.continuation_bytes == 0) return {lead, 1, true};
  if (kind.continuation_bytes < 0) return {kReplacementCharacter, 1, false};
  const int lead_bits = 6 - kind.continuation_bytes;
  char32_t code_point = lead & ((1u << lead_bits) - 1);
  for (int i = 1; i <= kind.continuation_bytes; ++i) {
    const size_t position = offset + static_cast<size_t>(i);
    const uint8_t low = i == 1 ? kind.second_min : 0x80;
    const uint8_t high = i == 1 ? kind.second_max : 0xbf;
    const uint8_t byte = position < text.size() ? static_cast<uint8_t>(text[position]) : 0;
    if (byte < low || byte > high) {
      return {kReplacementCharacter, static_cast<size_t>(i), false};
    }
    code_point = (code_point << 6) | (byte & 0x3f);
  }
  return {code_point, static_cast<size_t>(kind.continuation_bytes) + 1, true};
}

bool IsValidUtf8(std::string_view text) {
  for (size_t offset = 0; offset < text.size();) {
    const Utf8Unit unit = NextUnit(text, offset);
    if (!unit.valid) return false;
    offset += unit.size_bytes;
  }
  return true;
}

std::string SafeUtf8(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (size_t offset = 0; offset < text.size();) {
    const Utf8Unit unit = NextUnit(text, offset);
    if (unit.valid) {
      safe.append(text, offset, unit.size_bytes);
    } else {
      AppendUtf8(kReplacementCharacter, safe);
    }
    offset += unit.size_bytes;
  }
  return safe;
}

void AppendUtf8(char32_t code_point, std::string& text) {
  const auto continuation = [&](int shift) {
    text.push_back(static_cast<char>(0x80 | ((code_point >> shift) & 0x3f)));
  };
  if (code_point < 0x80) {
    text.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    text.push_back(static_cast<char>(0xc0 | (code_point >> 6)));
    continuation(0);
  } else if (code_point < 0x10000) {
    text.push_back(static_cast<char>(0xe0 | (code_point >> 12)));
    continuation(6);
    continuation(0);
  } else {
    text.push_back(static_cast<char>(0xf0 | (code_point >> 18)));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

std::u32string ToCodePoints(std::string_view text) {
  std::u32string code_points;
  code_points.reserve(text.size());
  for (size_t offset = 0; offset < text.size();) {
    const Utf8Unit unit = NextUnit(text, offset);
    code_points.push_back(unit.code_point);
    offset += unit.size_bytes;
  }
  return code_points;
}

bool IsLetter(char32_t code_point) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return true;
    default:
      return false;
  }
}

bool IsNumber(char32_t code_point) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return true;
    default:
      return false;
  }
}

bool IsWhiteSpace(char32_t code_point) {
  if (code_point <= 0x20) return code_point == 0x20 || (code_point >= 0x09 && code_point <= 0x0d);
  if (code_point < 0x2000) return code_point == 0x85 || code_point == 0xa0 || code_point == 0x1680;
  return code_point <= 0x200a || code_point == 0x2028 || code_point == 0x2029 ||
         code_point == 0x202f || code_point == 0x205f || code_point == 0x3000;
}

}  // namespace ironscribe::text
