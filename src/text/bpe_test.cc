#include "text/bpe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

#include "base/random.h"
#include "text/split_pieces.h"

namespace ironscribe::text {
namespace {

BytePairEncoder MakeEncoder() {
  std::array<int32_t, 256> byte_ids;
  std::iota(byte_ids.begin(), byte_ids.end(), 0);
  return BytePairEncoder(byte_ids, 0);
}

std::vector<int32_t> Encode(const BytePairEncoder& encoder, std::string_view piece) {
  std::vector<int32_t> ids;
  encoder.EncodePiece(piece, ids);
  return ids;
}

TEST(BytePairEncoderTest, NoMergesGiveBytes) {
  EXPECT_EQ(Encode(MakeEncoder(), "a\xff"), (std::vector<int32_t>{97, 255}));
  EXPECT_TRUE(Encode(MakeEncoder(), "").empty());
}

TEST(BytePairEncoderTest, LowestRankFirstThenLeftmost) {
  BytePairEncoder encoder = MakeEncoder();
  EXPECT_TRUE(encoder.AddMerge({'b', 'c', 300}));
  EXPECT_TRUE(encoder.AddMerge({'a', 'b', 301}));
  EXPECT_TRUE(encoder.AddMerge({'a', 'a', 302}));
  EXPECT_FALSE(encoder.AddMerge({'a', 'b', 303}));
  EXPECT_EQ(Encode(encoder, "abc"), (std::vector<int32_t>{'a', 300}));
  EXPECT_EQ(Encode(encoder, "abab"), (std::vector<int32_t>{301, 301}));
  EXPECT_EQ(Encode(encoder, "aaa"), (std::vector<int32_t>{302, 'a'}));
}

// The definition, step by step: find the best pair, merge its leftmost occurrence, start again.
std::vector<int32_t> EncodeByDefinition(const std::vector<Merge>& merges, std::string_view piece) {
  std::vector<int32_t> ids;
  for (const char byte : piece) ids.push_back(static_cast<uint8_t>(byte));
  for (;;) {
    size_t best_rank = merges.size();
    size_t best_at = 0;
    for (size_t i = 0; i + 1 < ids.size(); ++i) {
      for (size_t rank = 0; rank < best_rank; ++rank) {
        if (merges[rank].left == ids[i] && merges[rank].right == ids[i + 1]) {
          best_rank = rank;
          best_at = i;
        }
      }
    }
    if (best_rank == merges.size()) return ids;
    ids[best_at] = merges[best_rank].result;
    ids.erase(ids.begin() + static_cast<ptrdiff_t>(best_at) + 1);
  }
}

TEST(BytePairEncoderTest, EqualsTheDefinitionOnRandomMerges) {
  Random random(11);
  for (int round = 0; round < 60; ++round) {
    BytePairEncoder encoder = MakeEncoder();
    std::vector<int32_t> known = {'a', 'b', 'c'};
    for (int i = 0; i < 30; ++i) {
      const Merge merge = {known[random.Next() % known.size()], known[random.Next() % known.size()],
                           300 + i};
      if (encoder.AddMerge(merge)) known.push_back(merge.result);
    }
    for (int i = 0; i < 20; ++i) {
      std::string piece;
      const auto length = random.Next() % 40;
      for (uint64_t j = 0; j < length; ++j) piece.push_back("abc"[random.Next() % 3]);
      ASSERT_EQ(Encode(encoder, piece), EncodeByDefinition(encoder.merges(), piece)) << piece;
    }
  }
}

TEST(SplitPiecesTest, KnownPieces) {
  const struct {
    const char* text;
    std::vector<std::string_view> pieces;
  } cases[] = {
      {"", {}},
      {"Hello world", {"Hello", " world"}},
      {"a  b", {"a", " ", " b"}},
      {"a\n\nb", {"a", "\n", "\n", "b"}},
      {"a \n b", {"a", " \n", " b"}},
      {"a  ", {"a", "  "}},
      {"it's", {"it", "'s"}},
      {"'re''ll 'd", {"'re", "''", "ll", " '", "d"}},
      {"IT'S", {"IT", "'", "S"}},
      {"abc123 456", {"abc", "123", " 456"}},
      {"x\xc2\xa0y", {"x", "\xc2\xa0", "y"}},
      {"?! ...", {"?!", " ..."}},
      {"\xff\xe6\x97", {"\xff\xe6\x97"}},
      {"a\xff"
       "b",
       {"a", "\xff", "b"}},
      {" \xff", {" \xff"}},
  };
  for (const auto& it : cases) EXPECT_EQ(SplitPieces(it.text), it.pieces) << it.text;
}

}  // namespace
}  // namespace ironscribe::text
