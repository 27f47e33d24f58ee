// The bytes that Latin-1 prints (0x21-0x7e, 0xa1-0xac, 0xae-0xff) spell themselves; the other 68,
// in ascending order, take the characters from U+0100 on (GPT-2's encoder, openai/gpt-2).
#include "text/byte_spelling.h"

#include <array>
#include <cstdint>

#include "text/utf8.h"

namespace ironscribe::text {
namespace {

constexpr int kNumUnprintable = 68;

constexpr bool IsPrintable(int byte) {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

constexpr std::array<uint8_t, kNumUnprintable> MakeUnprintable() {
  std::array<uint8_t, kNumUnprintable> bytes{};
  int count = 0;
  for (int byte = 0; byte < 256; ++byte) {
    if (!IsPrintable(byte)) bytes[count++] = static_cast<uint8_t>(byte);
  }
  return bytes;
}

constexpr std::array<uint8_t, kNumUnprintable> kUnprintable = MakeUnprintable();

}  // namespace

std::optional<std::string> BytesFromSpelling(std::string_view spelling) {
  std::string bytes;
  bytes.reserve(spelling.size());
  for (size_t offset = 0; offset < spelling.size();) {
    const Utf8Unit unit = NextUnit(spelling, offset);
    if (!unit.valid) return std::nullopt;
    if (unit.code_point < 0x100 && IsPrintable(static_cast<int>(unit.code_point))) {
      bytes.push_back(static_cast<char>(unit.code_point));
    } else if (unit.code_point >= 0x100 && unit.code_point < 0x100 + kNumUnprintable) {
      bytes.push_back(static_cast<char>(kUnprintable[unit.code_point - 0x100]));
    } else {
      return std::nullopt;
    }
    offset += unit.size_bytes;
  }
  return bytes;
}

std::string SpellingOfBytes(std::string_view bytes) {
  std::string spelling;
  for (const char character : bytes) {
    const int byte = static_cast<uint8_t>(character);
    char32_t code_point = static_cast<char32_t>(byte);
    if (!IsPrintable(byte)) {
      code_point = 0x100;
      while (kUnprintable[code_point - 0x100] != byte) ++code_point;
    }
    AppendUtf8(code_point, spelling);
  }
  return spelling;
}

}  // namespace ironscribe::text
