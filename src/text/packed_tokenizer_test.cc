#include "text/packed_tokenizer.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/random.h"
#include "text/golden_tables.h"

namespace ironscribe::text {
namespace {

std::string SmallPacked() {
  const std::vector<std::string> tokens = {"a", "b", "ab", "", "abab"};
  const std::vector<Merge> merges = {{0, 1, 2}, {2, 2, 4}};
  return PackTokenizer(TokenList(tokens), merges);
}

// The file with the 32-bit value at `offset` replaced.
std::string With(std::string bytes, size_t offset, uint32_t value) {
  std::memcpy(bytes.data() + offset, &value, sizeof(value));
  return bytes;
}

TEST(PackedTokenizerTest, RoundTrip) {
  const auto unpacked = UnpackTokenizer(SmallPacked());
  ASSERT_TRUE(unpacked.ok()) << unpacked.status().ToString();
  ASSERT_EQ(unpacked->tokens.size(), 5u);
  EXPECT_EQ(unpacked->tokens[2], "ab");
  EXPECT_EQ(unpacked->tokens[3], "");
  EXPECT_EQ(unpacked->merges, (std::vector<Merge>{{0, 1, 2}, {2, 2, 4}}));
}

TEST(PackedTokenizerTest, CutAnywhere) {
  const std::string packed = SmallPacked();
  for (size_t size = 0; size < packed.size(); ++size) {
    EXPECT_EQ(UnpackTokenizer(packed.substr(0, size)).status().code(), StatusCode::kDataLoss)
        << size;
  }
  EXPECT_EQ(UnpackTokenizer(packed + "x").status().code(), StatusCode::kDataLoss);
}

TEST(PackedTokenizerTest, FieldsThatLie) {
  const std::string packed = SmallPacked();
  const size_t merges_at = packed.size() - 2 * sizeof(Merge);
  const std::string lies[] = {
      With(packed, 0, 0x12345678),          // magic
      With(packed, 4, 2),                   // version
      With(packed, 8, 0xffffffff),          // number of tokens
      With(packed, 8, 1 << 20),             //
      With(packed, 8, 4),                   //
      With(packed, 12, 0xffffffff),         // bytes of all tokens
      With(packed, 12, 7),                  //
      With(packed, 16, 0xffffffff),         // number of merges
      With(packed, 16, 1),                  //
      With(packed, 20, 0xffff0001),         // sizes of the first two tokens
      With(packed, merges_at, 5),           // left: no such token
      With(packed, merges_at, 0xffffffff),  //
      With(packed, merges_at, 1),           // "b" + "b" is not "ab"
      With(packed, merges_at + 8, 4),       // result: "a" + "b" is not "abab"
  };
  for (size_t i = 0; i < std::size(lies); ++i) {
    EXPECT_EQ(UnpackTokenizer(lies[i]).status().code(), StatusCode::kDataLoss) << i;
  }
}

TEST(PackedTokenizerTest, AMergeToASpecialTokenIsRejected) {
  const std::string packed = SmallTokenizer()->Serialize();
  auto unpacked = UnpackTokenizer(packed);
  ASSERT_TRUE(unpacked.ok());
  // Special tokens are spelled in ASCII, so that a forged merge could join up to one; to be short,
  // the empty join of a special token with nothing.
  std::vector<std::string> tokens;
  for (size_t i = 0; i < unpacked->tokens.size(); ++i) tokens.emplace_back(unpacked->tokens[i]);
  tokens[655] = "";
  const std::vector<Merge> forged = {{656, 655, 656}};
  const auto loaded = Tokenizer::Deserialize(PackTokenizer(TokenList(tokens), forged));
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.status().code(), StatusCode::kInvalidArgument);
}

TEST(PackedTokenizerTest, MutationsAreReadOrRejected) {
  const std::string packed = SmallTokenizer()->Serialize();
  Random random(3);
  int num_rejected = 0;
  for (int i = 0; i < 300; ++i) {
    std::string mutated = packed;
    for (int j = 0; j < 4; ++j) {
      // Half of the changes hit the header and the sizes.
      const size_t range = j % 2 == 0 ? 2000 : mutated.size();
      mutated[random.Next() % range] = static_cast<char>(random.Next());
    }
    const auto loaded = Tokenizer::Deserialize(mutated);
    if (loaded.ok()) {
      const std::string text = "the quick \xff brown 語 fox";
      EXPECT_EQ((*loaded)->DecodeBytes((*loaded)->Encode(text)), text);
    } else {
      ++num_rejected;
    }
  }
  EXPECT_GT(num_rejected, 100);
}

}  // namespace
}  // namespace ironscribe::text
