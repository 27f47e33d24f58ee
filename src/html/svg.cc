#include "html/svg.h"

#include <fmt/format.h>

#include "html/html_text.h"

namespace ironscribe::html {

std::string SvgOpen(double width, double height, std::string_view label) {
  return fmt::format(
      R"(<svg viewBox="0 0 {:.0f} {:.0f}" width="{:.0f}" height="{:.0f}" role="img" )"
      R"(aria-label="{}">)",
      width, height, width, height, html::EscapeHtml(label));
}

std::string SvgLine(double x1, double y1, double x2, double y2, std::string_view style) {
  return fmt::format(R"(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", style,
                     x1, y1, x2, y2);
}

std::string SvgRectangle(double x, double y, double width, double height, std::string_view style,
                         std::string_view title) {
  return fmt::format(
      R"(<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>)",
      style, x, y, width, height, html::EscapeHtml(title));
}

std::string SvgLabel(double x, double y, std::string_view anchor, std::string_view text) {
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", x, y, anchor,
                     html::EscapeHtml(text));
}

}  // namespace ironscribe::html
