// Aligns rows of text in columns for a terminal.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace ironscribe::cli {

// Prints the rows with two spaces between columns; the last column is not padded. Columns are
// counted in characters of UTF-8, control characters are shown as '?'.
void PrintTable(std::ostream& out, const std::vector<std::vector<std::string>>& rows);

}  // namespace ironscribe::cli
