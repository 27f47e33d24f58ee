// Elements of pictures as SVG inside HTML. Colours come from classes of html_style.h, so that they
// follow the page's theme. Texts are escaped; coordinates are pixels of the picture.
#pragma once

#include <string>
#include <string_view>

namespace ironscribe::html {

// The beginning of a picture; "</svg>" ends it.
std::string SvgOpen(double width, double height, std::string_view label);
std::string SvgLine(double x1, double y1, double x2, double y2, std::string_view style);
// `title` is shown by browsers on hovering.
std::string SvgRectangle(double x, double y, double width, double height, std::string_view style,
                         std::string_view title);
// `anchor` is start, middle or end.
std::string SvgLabel(double x, double y, std::string_view anchor, std::string_view text);

}  // namespace ironscribe::html
