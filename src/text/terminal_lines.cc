#include "text/terminal_lines.h"

#include <algorithm>

#include "text/printable.h"

namespace ironscribe::text {
namespace {

// Code points of valid UTF-8: bytes that continue none.
size_t Columns(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

std::string Wrapped(std::string_view text, size_t columns) {
  std::string wrapped;
  size_t used = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string word = Printable(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (used > 0 && used + 1 + Columns(word) > columns) {
      wrapped += '\n';
      used = 0;
    }
    if (used > 0) wrapped += ' ';
    wrapped += word;
    used += Columns(word) + (used > 0 ? 1 : 0);
  }
  return wrapped + "\n";
}

std::string TextTable(const std::vector<std::vector<std::string>>& rows, TableKind kind) {
  std::vector<size_t> widths;
  std::vector<std::vector<std::string>> printable = rows;
  for (auto& row : printable) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = Printable(row[i]);
      widths[i] = std::max(widths[i], Columns(row[i]));
    }
  }
  std::string table;
  for (const auto& row : printable) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - Columns(row[i]), ' ');
      const bool to_the_left = i == 0 || kind == TableKind::kText;
      line += (i > 0 ? "  " : "") + (to_the_left ? row[i] + padding : padding + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + '\n';
  }
  return table;
}

}  // namespace ironscribe::text
