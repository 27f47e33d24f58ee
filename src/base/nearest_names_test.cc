#include "base/nearest_names.h"

#include <gtest/gtest.h>

namespace ironscribe {
namespace {

TEST(NearestNamesTest, KnownAnswers) {
  const std::vector<std::string> known = {"tiny",    "tiny.en",  "base",
                                          "base.en", "large-v3", "medium"};
  using Names = std::vector<std::string>;
  EXPECT_EQ(NearestNames("tinny", known, 4), Names({"tiny"}));
  EXPECT_EQ(NearestNames("BASE", known, 1), Names({"base"}));
  EXPECT_EQ(NearestNames("tiny-en", known, 1), Names({"tiny.en"}));
  EXPECT_EQ(NearestNames("large-v4", known, 4), Names({"large-v3"}));
  EXPECT_EQ(NearestNames("med", known, 4), Names({"medium"}));
  EXPECT_EQ(NearestNames("bsae", known, 1), Names({"base"}));  // Neighbours swapped.
  EXPECT_EQ(NearestNames("conformer", known, 4), Names());
  EXPECT_EQ(NearestNames("", known, 4), Names());
  EXPECT_EQ(NearestNames(std::string(1 << 20, 'x'), known, 4), Names());
}

}  // namespace
}  // namespace ironscribe
