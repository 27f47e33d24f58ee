#include "text/terminal_lines.h"

#include <gtest/gtest.h>

namespace ironscribe::text {
namespace {

TEST(TerminalLines, TextIsAlignedToTheLeft) {
  EXPECT_EQ(TextTable({{"a", "bb", "c"}, {"ää", "b", "ccc"}, {"x"}, {"", "", ""}}),
            "a   bb  c\n"
            "ää  b   ccc\n"
            "x\n"
            "\n");
}

TEST(TerminalLines, NumbersAreAlignedToTheRight) {
  EXPECT_EQ(TextTable({{"product", "year"}, {"ä", "5 €"}, {"b", ""}}, TableKind::kNumbers),
            "product  year\n"
            "ä         5 €\n"
            "b\n");
}

TEST(TerminalLines, ControlCharactersAreShown) {
  EXPECT_EQ(TextTable({{"a\x1b[2Jb\n"}}), "a?[2Jb?\n");
  EXPECT_EQ(Wrapped("a\tb \x1b[2J", 80), "a?b ?[2J\n");
}

TEST(TerminalLines, BreaksAtBlanks) {
  EXPECT_EQ(Wrapped("ää bb cc", 5), "ää bb\ncc\n");
  EXPECT_EQ(Wrapped("ää bb cc", 4), "ää\nbb\ncc\n");
  EXPECT_EQ(Wrapped("longer than that", 3), "longer\nthan\nthat\n");
  EXPECT_EQ(Wrapped("", 5), "\n");
}

}  // namespace
}  // namespace ironscribe::text
