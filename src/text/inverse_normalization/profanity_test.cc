#include "text/inverse_normalization/profanity.h"

#include <gtest/gtest.h>

namespace ironscribe::text {
namespace {

std::string Masked(const ProfanityMask& mask, const std::string& text) {
  return ApplyEdits(text, mask.Find(text));
}

TEST(ProfanityMask, KeepsFirstLettersOnly) {
  const auto mask = ProfanityMask::Create("", "list");
  ASSERT_TRUE(mask.ok());
  EXPECT_EQ(Masked(*mask, "Shit, that fucking thing!"), "S***, that f****** thing!");
  // Words that only hold such letters stay.
  const std::string harmless = "Scunthorpe, shitake, Dickens and a pricked finger in Essex";
  EXPECT_EQ(Masked(*mask, harmless), harmless);
}

TEST(ProfanityMask, TakesAUsersList) {
  const auto mask = ProfanityMask::Create("# ours\nflipping heck\r\n\n\u00e4rger\n", "list");
  ASSERT_TRUE(mask.ok()) << mask.status().message();
  EXPECT_EQ(Masked(*mask, "Flipping heck, flipping \u00e4rger"),
            "F******* h***, flipping \u00e4****");
  const auto wrong = ProfanityMask::Create("ok\n...\n", "list");
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.status().message().find("list, line 2"), std::string::npos);
  EXPECT_FALSE(ProfanityMask::Create("\xff", "list").ok());
  EXPECT_FALSE(ProfanityMask::Create(std::string(kMaxProfanityListBytes + 1, 'a'), "list").ok());
}

}  // namespace
}  // namespace ironscribe::text
