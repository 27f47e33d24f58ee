// Byte-pair encoding: merges neighbouring tokens of a piece of text, lowest rank first. Knows ids
// and ranks, not what tokens mean. Thread rule: const methods may run on many threads at once.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ironscribe::text {

// Two neighbours that become one token.
struct Merge {
  int32_t left = 0;
  int32_t right = 0;
  int32_t result = 0;
  bool operator==(const Merge&) const = default;
};

class BytePairEncoder {
 public:
  // `byte_ids` is the token of each single byte.
  BytePairEncoder(const std::array<int32_t, 256>& byte_ids, size_t expected_merges);

  // The merge is ranked behind all added before. A pair that is known already is left as it is;
  // returns whether the merge is new. Requires: ids are not negative.
  bool AddMerge(const Merge& merge);

  // The merges in order of rank.
  const std::vector<Merge>& merges() const { return merges_; }

  // Appends the ids of one piece. Takes O(n log n) for n bytes, so that a piece of a million
  // letters does no harm.
  void EncodePiece(std::string_view piece, std::vector<int32_t>& ids) const;

 private:
  // The rank of the pair, or -1.
  int32_t RankOf(int32_t left, int32_t right) const;
  void Grow();
  size_t SlotOf(int32_t left, int32_t right) const;

  std::array<int32_t, 256> byte_ids_;
  std::vector<Merge> merges_;
  std::vector<int32_t>
      slots_;  // Open addressing: index into merges_, or -1. Size is a power of two.
};

}  // namespace ironscribe::text
