#include "eval/side_by_side.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "text/printable.h"
#include "transcript/display_width.h"

namespace ironscribe::eval {
namespace {

// Select Graphic Rendition: yellow, red, cyan; 0 ends it.
constexpr std::string_view kSubstitutionColor = "\x1b[33m";
constexpr std::string_view kDeletionColor = "\x1b[31m";
constexpr std::string_view kInsertionColor = "\x1b[36m";
constexpr std::string_view kNoColor = "\x1b[0m";

// One column of the picture.
struct Cell {
  EditKind kind;
  std::string reference;
  std::string hypothesis;
};

std::string_view ColorOf(EditKind kind) {
  switch (kind) {
    case EditKind::kHit:
      return "";
    case EditKind::kSubstitution:
      return kSubstitutionColor;
    case EditKind::kDeletion:
      return kDeletionColor;
    case EditKind::kInsertion:
      return kInsertionColor;
  }
  return "";
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::string Stars(const std::string& word) {
  return std::string(static_cast<size_t>(std::max(1, transcript::DisplayColumns(word))), '*');
}

Cell CellOf(const ScoredUtterance& utterance, const Edit& edit, bool color) {
  Cell cell{.kind = edit.kind, .reference = {}, .hypothesis = {}};
  if (edit.kind != EditKind::kInsertion) {
    cell.reference = text::Printable(utterance.reference[edit.reference]);
  }
  if (edit.kind != EditKind::kDeletion) {
    cell.hypothesis = text::Printable(utterance.hypothesis[edit.hypothesis]);
  }
  if (edit.kind != EditKind::kHit && !color) {
    cell.reference = Upper(cell.reference);
    cell.hypothesis = Upper(cell.hypothesis);
  }
  if (cell.reference.empty()) cell.reference = Stars(cell.hypothesis);
  if (cell.hypothesis.empty()) cell.hypothesis = Stars(cell.reference);
  return cell;
}

// Two lines that grow together.
struct Lines {
  std::string reference = "REF:";
  std::string hypothesis = "HYP:";
  int columns = 4;
};

void AddWord(const std::string& word, int width, std::string_view color, std::string& line) {
  line += ' ';
  line += color;
  line += word;
  if (!color.empty()) line += kNoColor;
  line.append(static_cast<size_t>(std::max(0, width - transcript::DisplayColumns(word))), ' ');
}

void Flush(Lines& lines, std::string& out) {
  if (lines.columns <= 4) return;
  for (std::string* line : {&lines.reference, &lines.hypothesis}) {
    line->erase(line->find_last_not_of(' ') + 1);
    out += *line + '\n';
  }
  out += '\n';
  lines = {};
}

}  // namespace

std::string SideBySide(const ScoredUtterance& utterance, const SideBySideOptions& options) {
  std::string out;
  Lines lines;
  for (const Edit& edit : utterance.edits) {
    const Cell cell = CellOf(utterance, edit, options.color);
    const int width = std::max(transcript::DisplayColumns(cell.reference),
                               transcript::DisplayColumns(cell.hypothesis));
    if (lines.columns + 1 + width > options.columns) Flush(lines, out);
    const std::string_view color = options.color ? ColorOf(cell.kind) : std::string_view();
    AddWord(cell.reference, width, color, lines.reference);
    AddWord(cell.hypothesis, width, color, lines.hypothesis);
    lines.columns += 1 + width;
  }
  Flush(lines, out);
  return out;
}

}  // namespace ironscribe::eval
