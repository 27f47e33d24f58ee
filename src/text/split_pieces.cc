#include "text/split_pieces.h"

#include <cstdint>

#include "text/utf8.h"

namespace ironscribe::text {
namespace {

enum class Kind : uint8_t { kLetter, kNumber, kSpace, kOther };

struct Unit {
  Kind kind;
  size_t size_bytes;
};

Kind KindOfAscii(char character) {
  if ((character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')) {
    return Kind::kLetter;
  }
  if (character >= '0' && character <= '9') return Kind::kNumber;
  if (character == ' ' || (character >= '\t' && character <= '\r')) return Kind::kSpace;
  return Kind::kOther;
}

Unit UnitAt(std::string_view text, size_t offset) {
  if (static_cast<uint8_t>(text[offset]) < 0x80) return {KindOfAscii(text[offset]), 1};
  const Utf8Unit unit = NextUnit(text, offset);
  if (!unit.valid) return {Kind::kOther, unit.size_bytes};
  if (IsWhiteSpace(unit.code_point)) return {Kind::kSpace, unit.size_bytes};
  if (IsLetter(unit.code_point)) return {Kind::kLetter, unit.size_bytes};
  if (IsNumber(unit.code_point)) return {Kind::kNumber, unit.size_bytes};
  return {Kind::kOther, unit.size_bytes};
}

// The end of the run of `kind` that starts at `offset`.
size_t RunEnd(std::string_view text, size_t offset, Kind kind) {
  while (offset < text.size()) {
    const Unit unit = UnitAt(text, offset);
    if (unit.kind != kind) break;
    offset += unit.size_bytes;
  }
  return offset;
}

// The length of the contraction at the start of `text`, or 0.
size_t ContractionSize(std::string_view text) {
  for (const std::string_view contraction : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}) {
    if (text.starts_with(contraction)) return contraction.size();
  }
  return 0;
}

// A run of spaces: all of it at the end of the text; otherwise all but its last character, which is
// left to the next piece ("\s+(?!\S)"), unless it is the only one.
size_t SpaceEnd(std::string_view text, size_t start) {
  size_t last = start;
  size_t end = start;
  while (end < text.size()) {
    const Unit unit = UnitAt(text, end);
    if (unit.kind != Kind::kSpace) break;
    last = end;
    end += unit.size_bytes;
  }
  return end == text.size() || last == start ? end : last;
}

size_t PieceEnd(std::string_view text, size_t start) {
  if (text[start] == '\'') {
    if (const size_t size = ContractionSize(text.substr(start)); size > 0) return start + size;
  }
  const Unit first = UnitAt(text, start);
  if (first.kind != Kind::kSpace) return RunEnd(text, start, first.kind);
  if (text[start] == ' ' && start + 1 < text.size()) {
    const Unit second = UnitAt(text, start + 1);
    if (second.kind != Kind::kSpace) return RunEnd(text, start + 1, second.kind);
  }
  return SpaceEnd(text, start);
}

}  // namespace

std::vector<std::string_view> SplitPieces(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (size_t start = 0; start < text.size();) {
    const size_t end = PieceEnd(text, start);
    pieces.push_back(text.substr(start, end - start));
    start = end;
  }
  return pieces;
}

}  // namespace ironscribe::text
