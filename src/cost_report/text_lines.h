// Lines and tables for a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::cost_report {

// Broken at blanks before `columns`, with a line end.
std::string Wrapped(std::string_view text, size_t columns);

// The first column to the left, the others to the right, the first row above a line of its own
// width. Columns are counted as a terminal shows them; what would move the cursor becomes '?'.
std::string TextTable(const std::vector<std::vector<std::string>>& rows);

}  // namespace ironscribe::cost_report
