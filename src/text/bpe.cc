// The tokens of a piece form a doubly linked list over its bytes; a heap holds the pairs that can
// be merged, by rank and then from the left. An entry is stale when one of its two tokens has since
// been merged into another; it is dropped when it comes up.
#include "text/bpe.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "base/random.h"

namespace ironscribe::text {
namespace {

constexpr int32_t kNone = -1;

struct Node {
  int32_t id;  // kNone once merged into its left neighbour.
  int32_t previous;
  int32_t next;
};

struct Candidate {
  int32_t rank;
  int32_t position;  // Of the left node.
  // For the heap: the smallest rank is on top, the leftmost of equals first.
  bool operator<(const Candidate& other) const {
    return std::tie(rank, position) > std::tie(other.rank, other.position);
  }
};

}  // namespace

BytePairEncoder::BytePairEncoder(const std::array<int32_t, 256>& byte_ids, size_t expected_merges)
    : byte_ids_(byte_ids) {
  size_t num_slots = 64;
  while (num_slots < 2 * expected_merges) num_slots *= 2;
  slots_.assign(num_slots, kNone);
  merges_.reserve(expected_merges);
}

size_t BytePairEncoder::SlotOf(int32_t left, int32_t right) const {
  const size_t mask = slots_.size() - 1;
  const uint64_t key =
      static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  size_t slot = MixBits(key) & mask;
  while (slots_[slot] != kNone) {
    const Merge& merge = merges_[static_cast<size_t>(slots_[slot])];
    if (merge.left == left && merge.right == right) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

void BytePairEncoder::Grow() {
  slots_.assign(slots_.size() * 2, kNone);
  for (size_t i = 0; i < merges_.size(); ++i) {
    slots_[SlotOf(merges_[i].left, merges_[i].right)] = static_cast<int32_t>(i);
  }
}

bool BytePairEncoder::AddMerge(const Merge& merge) {
  IRONSCRIBE_DCHECK(merge.left >= 0 && merge.right >= 0 && merge.result >= 0);
  if (2 * (merges_.size() + 1) > slots_.size()) Grow();
  const size_t slot = SlotOf(merge.left, merge.right);
  if (slots_[slot] != kNone) return false;
  slots_[slot] = static_cast<int32_t>(merges_.size());
  merges_.push_back(merge);
  return true;
}

int32_t BytePairEncoder::RankOf(int32_t left, int32_t right) const {
  return slots_[SlotOf(left, right)];
}

void BytePairEncoder::EncodePiece(std::string_view piece, std::vector<int32_t>& ids) const {
  const auto size = static_cast<int32_t>(piece.size());
  std::vector<Node> nodes(piece.size());
  std::vector<Candidate> heap;
  const auto consider = [&](int32_t left) {
    if (left == kNone || nodes[left].next == kNone) return;
    const int32_t rank = RankOf(nodes[left].id, nodes[nodes[left].next].id);
    if (rank == kNone) return;
    heap.push_back({rank, left});
    std::push_heap(heap.begin(), heap.end());
  };
  for (int32_t i = 0; i < size; ++i) {
    nodes[i] = {byte_ids_[static_cast<uint8_t>(piece[i])], i - 1, i + 1 < size ? i + 1 : kNone};
  }
  for (int32_t i = 0; i < size; ++i) consider(i);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end());
    const auto [rank, position] = heap.back();
    heap.pop_back();
    Node& left = nodes[position];
    const Merge& merge = merges_[static_cast<size_t>(rank)];
    if (left.id != merge.left || left.next == kNone || nodes[left.next].id != merge.right) continue;
    Node& right = nodes[left.next];
    left.id = merge.result;
    left.next = right.next;
    right.id = kNone;
    if (left.next != kNone) nodes[left.next].previous = position;
    consider(left.previous);
    consider(position);
  }
  for (int32_t i = 0; i != kNone && i < size; i = nodes[i].next) ids.push_back(nodes[i].id);
}

}  // namespace ironscribe::text
