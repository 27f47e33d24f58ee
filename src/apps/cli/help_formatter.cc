#include "apps/cli/help_formatter.h"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace ironscribe::cli {
namespace {

// Together 96 columns, which leaves room in a terminal of 100.
constexpr size_t kNameColumns = 34;
constexpr size_t kDescriptionColumns = 62;

}  // namespace

HelpFormatter::HelpFormatter() { column_width(kNameColumns); }

std::string HelpFormatter::make_option_name(const CLI::Option* option, bool is_positional) const {
  std::string name = CLI::Formatter::make_option_name(option, is_positional);
  // How CLI11 marks the negative name of a flag.
  constexpr std::string_view kMark = "{false}";
  if (const size_t at = name.find(kMark); at != std::string::npos) name.erase(at, kMark.size());
  return name;
}

// " SIZE" for --batch-size; nothing for flags without a value.
std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  const bool takes_value = option->get_expected_min() > 0;
  if (!takes_value || option->get_lnames().empty()) return "";
  std::string name = option->get_lnames().front();
  name.erase(0, name.rfind('-') + 1);  // All of it stays without a dash.
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return " " + name;
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  std::istringstream words(option->get_description());
  std::string text;
  size_t line_start = 0;
  for (std::string word; words >> word;) {
    const bool fits = text.size() - line_start + 1 + word.size() <= kDescriptionColumns;
    if (!text.empty()) text += fits ? ' ' : '\n';
    if (!fits) line_start = text.size();
    text += word;
  }
  return text;
}

}  // namespace ironscribe::cli
