// What the two HTML pages have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::html {

// `title` is text, `body` HTML.
std::string HtmlPage(std::string_view title, std::string_view body);

// A table whose first row is the head; cells are text and get escaped. Rows above `max_rows` are
// left out, and a line says so.
std::string HtmlTable(const std::vector<std::vector<std::string>>& rows, size_t max_rows);

// A number with what it is called and a line below.
std::string HtmlTile(std::string_view name, std::string_view value, std::string_view below);

// A plot under its name; nothing when there is no plot.
std::string HtmlFigure(std::string_view caption, const std::string& svg);

}  // namespace ironscribe::html
