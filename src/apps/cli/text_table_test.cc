#include "apps/cli/text_table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace ironscribe::cli {
namespace {

TEST(TextTableTest, AlignsColumns) {
  std::ostringstream out;
  PrintTable(out, {{"a", "bb", "c"}, {"\xc3\xa4\xc3\xa4", "b", "ccc"}, {"x"}});
  EXPECT_EQ(out.str(), "a   bb  c\n\xc3\xa4\xc3\xa4  b   ccc\nx\n");
}

TEST(TextTableTest, ControlCharactersAreShown) {
  std::ostringstream out;
  PrintTable(out, {{"a\x1b[2Jb\n"}});
  EXPECT_EQ(out.str(), "a?[2Jb?\n");
}

}  // namespace
}  // namespace ironscribe::cli
