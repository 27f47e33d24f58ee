#include "models/whisper/window_policy_text.h"

#include <algorithm>
#include <cstddef>

#include "text/utf8.h"

namespace ironscribe::models::whisper {

std::string_view StripSpace(std::string_view text) {
  size_t begin = text.size();
  size_t end = 0;
  for (size_t offset = 0; offset < text.size();) {
    const text::Utf8Unit unit = text::NextUnit(text, offset);
    if (!unit.valid || !text::IsWhiteSpace(unit.code_point)) {
      begin = std::min(begin, offset);
      end = offset + unit.size_bytes;
    }
    offset += unit.size_bytes;
  }
  return begin < end ? text.substr(begin, end - begin) : std::string_view();
}

}  // namespace ironscribe::models::whisper
