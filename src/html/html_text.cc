#include "html/html_text.h"

#include "text/printable.h"

namespace ironscribe::html {

std::string EscapeHtml(std::string_view plain) {
  std::string escaped;
  for (const char c : text::Printable(plain)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace ironscribe::html
