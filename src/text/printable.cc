#include "text/printable.h"

#include "text/utf8.h"

namespace ironscribe::text {

std::string Printable(std::string_view text) {
  std::string printable;
  for (const char32_t code_point : ToCodePoints(text)) {
    const bool is_control = code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
    // Embeddings, overrides and isolates (Unicode standard annex 9), line and paragraph ends.
    const bool is_direction = (code_point >= 0x2028 && code_point <= 0x202e) ||
                              (code_point >= 0x2066 && code_point <= 0x2069);
    AppendUtf8(is_control || is_direction ? U'?' : code_point, printable);
  }
  return printable;
}

}  // namespace ironscribe::text
