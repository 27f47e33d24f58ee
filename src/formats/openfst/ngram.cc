// The ngram FST: a tree of contexts whose shape is a row of bits (LOUDS). Its states are the nodes
// in breadth-first order, the root is the empty context, the path to a node is its context from the
// latest word to the oldest. A word leads from a context to the longest context that ends with it;
// an epsilon arc leads to the context without its oldest word.
#include <algorithm>
#include <cstring>

#include "formats/openfst/header.h"

namespace ironscribe::formats::openfst {
namespace {

constexpr int32_t kVersion = 4;

struct Tree {
  std::vector<StateId> parents;
  std::vector<uint32_t> child_begins;  // By state, and one more; children are neighbours.
  std::vector<Label> words;            // The word a context adds at its old end.
};

class Bits {
 public:
  static Result<Bits> Read(io::ByteReader& reader, uint64_t count) {
    Bits bits;
    const uint64_t words = (count + 63) / 64;
    ASSIGN_OR_RETURN(bits.bytes_, reader.ReadBytes(words * sizeof(uint64_t)));
    return bits;
  }
  bool operator[](uint64_t index) const {
    return (static_cast<uint8_t>(bytes_[index / 8]) >> (index % 8) & 1) != 0;
  }

 private:
  io::Bytes bytes_;
};

template <typename T>
Result<std::vector<T>> ReadArray(io::ByteReader& reader, uint64_t count) {
  ASSIGN_OR_RETURN(const io::Bytes bytes, reader.ReadBytes(count * sizeof(T)));
  std::vector<T> values(count);
  if (count > 0) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

// Bits: "10" of a root above the root, then for each state a 1 for each child and a 0.
Result<Tree> BuildTree(const io::ByteReader& reader, const Bits& bits, uint64_t num_states) {
  Tree tree;
  tree.parents.push_back(-1);
  if (!bits[0] || bits[1]) return reader.Error("not a tree of contexts");
  uint64_t state = 0;
  tree.child_begins.push_back(1);
  for (uint64_t i = 2; i < 2 * num_states + 1; ++i) {
    if (bits[i]) {
      // A child comes after its parent, or the bits are no tree and walks might not end.
      if (tree.parents.size() == num_states || state >= tree.parents.size()) {
        return reader.Error("not a tree of contexts");
      }
      tree.parents.push_back(static_cast<StateId>(state));
    } else {
      ++state;
      tree.child_begins.push_back(static_cast<uint32_t>(tree.parents.size()));
    }
  }
  if (tree.parents.size() != num_states || state != num_states) {
    return reader.Error("not a tree of contexts");
  }
  return tree;
}

// The child of `state` for that word, or -1.
StateId Child(const Tree& tree, StateId state, Label word) {
  const auto begin = tree.words.begin() + tree.child_begins[static_cast<size_t>(state)];
  const auto end = tree.words.begin() + tree.child_begins[static_cast<size_t>(state) + 1];
  const auto found = std::lower_bound(begin, end, word);
  if (found == end || *found != word) return -1;
  return static_cast<StateId>(found - tree.words.begin());
}

// `context`: words of the state's context, the latest first.
StateId Destination(const Tree& tree, const std::vector<Label>& context, Label word) {
  StateId state = Child(tree, 0, word);
  if (state < 0) return 0;
  for (const Label older : context) {
    const StateId child = Child(tree, state, older);
    if (child < 0) break;
    state = child;
  }
  return state;
}

std::vector<Label> Context(const Tree& tree, StateId state) {
  std::vector<Label> words;
  for (; state > 0; state = tree.parents[static_cast<size_t>(state)]) {
    words.push_back(tree.words[static_cast<size_t>(state)]);
  }
  std::reverse(words.begin(), words.end());
  return words;
}

Status CheckOrder(const io::ByteReader& reader, const Tree& tree) {
  for (size_t state = 0; state + 1 < tree.child_begins.size(); ++state) {
    for (uint32_t i = tree.child_begins[state] + 1; i < tree.child_begins[state + 1]; ++i) {
      if (tree.words[i] <= tree.words[i - 1]) return reader.Error("contexts out of order");
    }
  }
  return OkStatus();
}

struct Parts {
  Bits future_bits;
  Bits final_bits;
  std::vector<Label> future_words;
  std::vector<float> backoffs;
  std::vector<float> finals;
  std::vector<float> futures;
};

Status AddState(const io::ByteReader& reader, const Tree& tree, const Parts& parts, StateId state,
                uint64_t* future_bit, Fst* fst) {
  fst->arc_begins.push_back(static_cast<uint32_t>(fst->arcs.size()));
  const auto index = static_cast<size_t>(state);
  if (state != 0) {
    fst->arcs.push_back({0, 0, parts.backoffs[index], tree.parents[index]});
    RETURN_IF_ERROR(CheckWeight(reader, parts.backoffs[index], true));
  }
  const std::vector<Label> context = Context(tree, state);
  const uint64_t num_bits = parts.future_words.size() + tree.parents.size() + 1;
  Label last = 0;
  while (*future_bit < num_bits && parts.future_bits[*future_bit]) {
    // Bits before this one: a 0 of the root above, one per state, and a 1 per word.
    const uint64_t word = *future_bit - index - 1;
    if (word >= parts.future_words.size()) return reader.Error("too many words follow");
    const Label label = parts.future_words[word];
    if (label <= last) return reader.Error("words out of order");
    last = label;
    RETURN_IF_ERROR(CheckWeight(reader, parts.futures[word], true));
    fst->arcs.push_back({label, label, parts.futures[word], Destination(tree, context, label)});
    ++*future_bit;
  }
  ++*future_bit;
  return OkStatus();
}

Result<Parts> ReadParts(io::ByteReader& reader, const uint64_t (&counts)[3], Tree* tree) {
  const auto [num_states, num_futures, num_final] = counts;
  Parts parts;
  ASSIGN_OR_RETURN(const Bits context_bits, Bits::Read(reader, 2 * num_states + 1));
  ASSIGN_OR_RETURN(parts.future_bits, Bits::Read(reader, num_futures + num_states + 1));
  ASSIGN_OR_RETURN(parts.final_bits, Bits::Read(reader, num_states));
  ASSIGN_OR_RETURN(*tree, BuildTree(reader, context_bits, num_states));
  // One entry too many stands behind those of the states.
  ASSIGN_OR_RETURN(tree->words, ReadArray<Label>(reader, num_states + 1));
  tree->words.resize(num_states);
  RETURN_IF_ERROR(CheckOrder(reader, *tree));
  ASSIGN_OR_RETURN(parts.future_words, ReadArray<Label>(reader, num_futures));
  ASSIGN_OR_RETURN(parts.backoffs, ReadArray<float>(reader, num_states + 1));
  ASSIGN_OR_RETURN(parts.finals, ReadArray<float>(reader, num_final));
  ASSIGN_OR_RETURN(parts.futures, ReadArray<float>(reader, num_futures));
  return parts;
}

}  // namespace

Result<Fst> ReadNgramBody(io::ByteReader& reader, const Header& header) {
  if (header.version != kVersion) return reader.Error("an ngram FST of another version");
  uint64_t counts[3];  // States, words that follow them, final states.
  for (uint64_t& count : counts) {
    ASSIGN_OR_RETURN(count, reader.Read<uint64_t>());
    // Each takes at least a bit; the arcs take four bytes, states as many.
    if (count > reader.remaining() / sizeof(float)) return reader.Error("impossible counts");
  }
  const uint64_t num_states = counts[0];
  if (num_states < 2) return reader.Error("an ngram FST without contexts");
  Tree tree;
  ASSIGN_OR_RETURN(const Parts parts, ReadParts(reader, counts, &tree));
  Fst fst;
  fst.arcs.reserve(counts[0] + counts[1]);
  uint64_t future_bit = 1;
  size_t final = 0;
  for (uint64_t state = 0; state < num_states; ++state) {
    RETURN_IF_ERROR(AddState(reader, tree, parts, static_cast<StateId>(state), &future_bit, &fst));
    fst.finals.push_back(kNotFinal);
    if (!parts.final_bits[state]) continue;
    if (final == parts.finals.size()) return reader.Error("too many final states");
    RETURN_IF_ERROR(CheckWeight(reader, parts.finals[final], true));
    fst.finals.back() = parts.finals[final++];
  }
  fst.arc_begins.push_back(static_cast<uint32_t>(fst.arcs.size()));
  fst.start = 1;  // The context of the sentence's start is the first below the root.
  return fst;
}

}  // namespace ironscribe::formats::openfst
