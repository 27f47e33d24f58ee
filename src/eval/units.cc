#include "eval/units.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>

#include "text/basic_normalizer.h"
#include "text/utf8.h"

namespace ironscribe::eval {
namespace {

struct Free {
  void operator()(utf8proc_uint8_t* bytes) const { std::free(bytes); }
};

struct Range {
  char32_t first;
  char32_t last;
};

// Blocks of the Unicode character database, in order.
constexpr Range kUnspacedBlocks[] = {
    {0x0e00, 0x0eff},    // Thai, Lao.
    {0x0f00, 0x0fff},    // Tibetan.
    {0x1000, 0x109f},    // Myanmar.
    {0x1100, 0x11ff},    // Hangul Jamo.
    {0x1780, 0x17ff},    // Khmer.
    {0x2e80, 0x2fdf},    // CJK radicals.
    {0x3005, 0x3007},    // Iteration mark, closing mark, zero.
    {0x3041, 0x31ff},    // Kana, Bopomofo, Hangul compatibility, strokes.
    {0x3400, 0x4dbf},    // CJK extension A.
    {0x4e00, 0x9fff},    // CJK unified ideographs.
    {0xa960, 0xa97f},    // Hangul Jamo extended A.
    {0xac00, 0xd7ff},    // Hangul syllables.
    {0xf900, 0xfaff},    // CJK compatibility ideographs.
    {0xff66, 0xffdc},    // Half-width Kana and Hangul.
    {0x1b000, 0x1b16f},  // Kana supplements.
    {0x20000, 0x3ffff},  // CJK extensions B and later.
};

bool IsUnspaced(char32_t code_point) {
  const Range* const block =
      std::find_if(std::begin(kUnspacedBlocks), std::end(kUnspacedBlocks),
                   [code_point](const Range& range) { return code_point <= range.last; });
  return block != std::end(kUnspacedBlocks) && code_point >= block->first;
}

}  // namespace

std::string ComposeText(std::string_view text) {
  const std::string safe = text::SafeUtf8(text);
  utf8proc_uint8_t* raw = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(safe.data()),
                   static_cast<utf8proc_ssize_t>(safe.size()), &raw, options);
  const std::unique_ptr<utf8proc_uint8_t, Free> owner(raw);
  if (size < 0) return safe;  // Over 2^31 bytes.
  return std::string(reinterpret_cast<const char*>(raw), static_cast<size_t>(size));
}

std::vector<std::string> WordsOf(std::string_view text) { return text::SplitWords(text); }

bool IsWrittenWithoutSpaces(std::string_view text) {
  size_t letters = 0;
  size_t unspaced = 0;
  for (const char32_t code_point : text::ToCodePoints(text)) {
    if (!text::IsLetter(code_point)) continue;
    ++letters;
    unspaced += IsUnspaced(code_point) ? 1 : 0;
  }
  return 2 * unspaced > letters;
}

std::u32string CharactersOf(std::string_view text, bool without_spaces) {
  std::u32string characters;
  bool gap = false;
  for (const char32_t code_point : text::ToCodePoints(text)) {
    if (text::IsWhiteSpace(code_point)) {
      gap = true;
      continue;
    }
    if (gap && !without_spaces && !characters.empty()) characters.push_back(U' ');
    gap = false;
    characters.push_back(code_point);
  }
  return characters;
}

std::vector<std::string> SingleCharactersOf(std::string_view text) {
  std::vector<std::string> characters;
  for (const char32_t code_point : CharactersOf(text, /*without_spaces=*/true)) {
    text::AppendUtf8(code_point, characters.emplace_back());
  }
  return characters;
}

bool IsRightToLeft(std::string_view text) {
  for (const char32_t code_point : text::ToCodePoints(text)) {
    switch (utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point))->bidi_class) {
      case UTF8PROC_BIDI_CLASS_L:
        return false;
      case UTF8PROC_BIDI_CLASS_R:
      case UTF8PROC_BIDI_CLASS_AL:
        return true;
      default:
        break;
    }
  }
  return false;
}

}  // namespace ironscribe::eval
