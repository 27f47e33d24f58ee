#include "text/printable.h"

#include <gtest/gtest.h>

namespace ironscribe::text {
namespace {

TEST(SideBySide, PrintableTextMovesNoCursor) {
  EXPECT_EQ(Printable("a\x1b[2Jb\r\n"), "a?[2Jb??");
  EXPECT_EQ(Printable("a\u202eb\u2066c"), "a?b?c");
  EXPECT_EQ(Printable("\xc2\x9b"), "?");  // The one-byte form of ESC [.
  EXPECT_EQ(Printable("שלום"), "שלום");
}

}  // namespace
}  // namespace ironscribe::text
