// Lines and tables for a terminal. Every character counts as one column; texts may come from
// outside and go through Printable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::text {

// Broken at blanks before `columns`, with a line end.
std::string Wrapped(std::string_view text, size_t columns);

enum class TableKind {
  kText,     // Every column to the left.
  kNumbers,  // The first column to the left, the others to the right.
};

// A line for each row, two spaces between columns, nothing behind the last text of a line.
std::string TextTable(const std::vector<std::vector<std::string>>& rows,
                      TableKind kind = TableKind::kText);

}  // namespace ironscribe::text
