#include "eval/fields.h"

#include <charconv>
#include <cmath>

namespace ironscribe::eval {

std::vector<std::string_view> SplitFields(std::string_view line, size_t at_most) {
  constexpr std::string_view kBlanks = " \t\r\f\v";
  std::vector<std::string_view> fields;
  while (true) {
    const size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return fields;
    line.remove_prefix(begin);
    if (fields.size() + 1 >= at_most) {
      fields.push_back(line.substr(0, line.find_last_not_of(kBlanks) + 1));
      return fields;
    }
    const size_t end = line.find_first_of(kBlanks);
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end);
  }
}

std::optional<double> ParseDecimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace ironscribe::eval
