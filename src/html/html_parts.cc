#include "html/html_parts.h"

#include <fmt/format.h>

#include "html/html_style.h"
#include "html/html_text.h"

namespace ironscribe::html {

std::string HtmlPage(std::string_view title, std::string_view body) {
  // The policy lets nothing be loaded, whatever slipped into the page.
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
      EscapeHtml(title), kHtmlStyle, body);
}

std::string HtmlTable(const std::vector<std::vector<std::string>>& rows, size_t max_rows) {
  std::string html = "<div class=\"scroll\"><table>\n";
  for (size_t i = 0; i < rows.size() && i <= max_rows; ++i) {
    html += "<tr>";
    for (const std::string& cell : rows[i]) {
      const std::string_view tag = i == 0 ? "th" : "td";
      html += fmt::format("<{}><bdi>{}</bdi></{}>", tag, EscapeHtml(cell), tag);
    }
    html += "</tr>\n";
  }
  html += "</table></div>\n";
  if (rows.size() > max_rows + 1) {
    html += fmt::format("<p class=\"dim\">{} more are in the JSON result.</p>\n",
                        rows.size() - 1 - max_rows);
  }
  return html;
}

std::string HtmlTile(std::string_view name, std::string_view value, std::string_view below) {
  return fmt::format("<div class=\"tile\">{}<b>{}</b><small>{}</small></div>\n", EscapeHtml(name),
                     EscapeHtml(value), EscapeHtml(below));
}

std::string HtmlFigure(std::string_view caption, const std::string& svg) {
  if (svg.empty()) return "";
  return fmt::format("<figure><figcaption>{}</figcaption>{}</figure>\n", EscapeHtml(caption), svg);
}

}  // namespace ironscribe::html
