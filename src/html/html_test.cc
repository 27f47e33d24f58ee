#include <gtest/gtest.h>

#include "html/html_parts.h"
#include "html/html_text.h"
#include "html/svg.h"

namespace ironscribe::html {
namespace {

TEST(Html, NothingFromOutsideBecomesMarkup) {
  EXPECT_EQ(EscapeHtml("<b a='\"&\x01"), "&lt;b a=&#39;&quot;&amp;?");
  const std::string table = HtmlTable({{"Name"}, {"<script>"}}, 10);
  EXPECT_EQ(table.find("<script>"), std::string::npos);
  EXPECT_NE(table.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(SvgLabel(0, 0, "end", "a<b").find(">a&lt;b<"), std::string::npos);
  EXPECT_NE(SvgRectangle(0, 0, 1, 1, "bar", "a<b").find("<title>a&lt;b<"), std::string::npos);
}

TEST(Html, PagesLoadNothing) {
  const std::string page = HtmlPage("A & B", "<p>text</p>");
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(page.find("<title>A &amp; B</title>"), std::string::npos);
  EXPECT_EQ(page.find("http"), page.find("http-equiv"));
}

TEST(Html, LongTablesSayWhatTheyLeaveOut) {
  const std::string table = HtmlTable({{"n"}, {"1"}, {"2"}, {"3"}}, 2);
  EXPECT_EQ(table.find(">3<"), std::string::npos);
  EXPECT_NE(table.find("1 more"), std::string::npos);
}

TEST(Html, NoFigureWithoutAPicture) {
  EXPECT_EQ(HtmlFigure("caption", ""), "");
  EXPECT_NE(HtmlFigure("caption", "<svg></svg>").find("caption"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::html
