// Sequences of transitions as a tree of their prefixes, so that equal ones are the same number.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace ironscribe::decoding::wfst {

class TransitionSequences {
 public:
  static constexpr int32_t kEmpty = 0;
  TransitionSequences() : nodes_{{-1, 0, 0}} {}

  // `transition` 0 adds nothing.
  int32_t Append(int32_t sequence, int32_t transition) {
    if (transition == 0) return sequence;
    const uint64_t key = static_cast<uint64_t>(static_cast<uint32_t>(sequence)) << 32 |
                         static_cast<uint32_t>(transition);
    const auto [found, is_new] = ids_.try_emplace(key, static_cast<int32_t>(nodes_.size()));
    if (is_new) nodes_.push_back({sequence, transition, At(sequence).length + 1});
    return found->second;
  }

  int32_t CommonPrefix(int32_t a, int32_t b) const {
    while (a != b) {
      if (At(a).length >= At(b).length) {
        a = At(a).parent;
      } else {
        b = At(b).parent;
      }
    }
    return a;
  }

  std::vector<int32_t> Behind(int32_t sequence, int32_t prefix) const {
    std::vector<int32_t> transitions;
    for (; sequence != prefix; sequence = At(sequence).parent) {
      transitions.push_back(At(sequence).transition);
    }
    std::reverse(transitions.begin(), transitions.end());
    return transitions;
  }

  int32_t AppendAll(int32_t sequence, const std::vector<int32_t>& transitions) {
    for (const int32_t transition : transitions) sequence = Append(sequence, transition);
    return sequence;
  }

  // Whether `a` is to be preferred where costs are the same: the shorter, else the one with the
  // greater transition where they differ first (kaldi lattice-weight.h).
  bool Before(int32_t a, int32_t b) const {
    if (At(a).length != At(b).length) return At(a).length < At(b).length;
    return Behind(b, kEmpty) < Behind(a, kEmpty);
  }

 private:
  struct Node {
    int32_t parent;
    int32_t transition;
    int32_t length;
  };
  const Node& At(int32_t sequence) const { return nodes_[static_cast<size_t>(sequence)]; }

  std::vector<Node> nodes_;
  std::unordered_map<uint64_t, int32_t> ids_;
};

}  // namespace ironscribe::decoding::wfst
