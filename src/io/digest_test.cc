#include "io/digest.h"

#include <gtest/gtest.h>

namespace ironscribe::io {
namespace {

std::string Sha256(std::string_view text) {
  Digest digest;
  digest.Update(text);
  return digest.Finish();
}

// FIPS 180-4 examples.
TEST(DigestTest, KnownAnswers) {
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(DigestTest, PiecesEqualTheWhole) {
  Digest digest;
  digest.Update("a");
  digest.Update("");
  digest.Update("bc");
  EXPECT_EQ(digest.Finish(), Sha256("abc"));
}

}  // namespace
}  // namespace ironscribe::io
