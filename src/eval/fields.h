// Lines of fields between white space, as Kaldi's and NIST's formats have them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ironscribe::eval {

// The fields between blanks and tabs; with `at_most`, the last one is all the rest of the line.
std::vector<std::string_view> SplitFields(std::string_view line, size_t at_most = SIZE_MAX);

// A finite decimal number; nothing else before or behind it.
std::optional<double> ParseDecimal(std::string_view text);

}  // namespace ironscribe::eval
