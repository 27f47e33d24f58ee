// A state of the result is a set of states of the lattice that the same words lead to, each with
// what it costs more than the cheapest of them and with the transitions that paths to it have
// beyond those that all have.
#include "decoding/wfst/determinize.h"

#include <algorithm>
#include <map>
#include <queue>
#include <unordered_map>

namespace ironscribe::decoding::wfst {
namespace {

// Sequences of transitions as a tree of their prefixes, so that equal ones are the same number.
class Sequences {
 public:
  static constexpr int32_t kEmpty = 0;
  Sequences() : nodes_{{-1, 0, 0}} {}

  int32_t Append(int32_t sequence, int32_t transition) {
    const uint64_t key = static_cast<uint64_t>(static_cast<uint32_t>(sequence)) << 32 |
                         static_cast<uint32_t>(transition);
    const auto [found, is_new] = ids_.try_emplace(key, static_cast<int32_t>(nodes_.size()));
    if (is_new) {
      nodes_.push_back({sequence, transition, nodes_[static_cast<size_t>(sequence)].length + 1});
    }
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

struct Cost {
  float graph = 0;
  float acoustic = 0;

  float total() const { return graph + acoustic; }
  // Kaldi's order of lattice weights.
  bool operator<(const Cost& other) const {
    if (total() != other.total()) return total() < other.total();
    return graph - acoustic < other.graph - other.acoustic;
  }
  Cost operator+(const Cost& other) const {
    return {graph + other.graph, acoustic + other.acoustic};
  }
  Cost operator-(const Cost& other) const {
    return {graph - other.graph, acoustic - other.acoustic};
  }
};

struct Element {
  Cost cost;
  int32_t sequence = Sequences::kEmpty;
};
using Subset = std::map<int32_t, Element>;  // By state of the lattice.

// Subsets are one if their states and sequences are and their costs nearly.
struct SubsetKey {
  std::vector<int32_t> states_and_sequences;
  std::vector<float> costs;
  bool operator<(const SubsetKey& other) const {
    return states_and_sequences < other.states_and_sequences;
  }
};
constexpr float kSameCost = 1.0f / 1024.0f;  // OpenFst's kDelta, which Kaldi's determinizer uses.

class Determinizer {
 public:
  Determinizer(const Lattice& lattice, const DeterminizeOptions& options)
      : lattice_(lattice), options_(options) {}

  WordLattice Run();

 private:
  struct Pending {
    float best;  // Of a path through it.
    int32_t state;
    bool operator<(const Pending& other) const { return best > other.best; }
  };

  void ComputeRemaining();
  void Close(Subset* subset, float forward) const;
  // Takes out what all share, into `shared`.
  Element Normalize(Subset* subset);
  int32_t StateOf(Subset subset, float forward);
  void Expand(int32_t state);
  void AddFinal(int32_t state);
  float BestThrough(const Subset& subset, float forward) const;

  const Lattice& lattice_;
  DeterminizeOptions options_;
  // Paths of the same words; Close appends without changing what a set means.
  mutable Sequences sequences_;
  std::vector<float> remaining_;  // Least cost from a state to an end.
  float cutoff_ = kInfinity;
  WordLattice result_;
  std::vector<Subset> subsets_;
  std::vector<float> forward_;  // Least cost from the start, by state of the result.
  std::multimap<SubsetKey, int32_t> ids_;
  std::priority_queue<Pending> queue_;
};

void Determinizer::ComputeRemaining() {
  remaining_.assign(lattice_.num_states(), kInfinity);
  for (size_t state = lattice_.num_states(); state-- > 0;) {
    float best = lattice_.final_costs[state];
    for (const LatticeArc& arc : lattice_.arcs[state]) {
      // A lattice has no arcs back; one that a broken graph made is on no path.
      if (arc.next <= static_cast<int32_t>(state)) continue;
      best = std::min(best, arc.cost() + remaining_[static_cast<size_t>(arc.next)]);
    }
    remaining_[state] = best;
  }
}

// Everything that is reached without a word. The map is walked in topological order while it
// grows.
void Determinizer::Close(Subset* subset, float forward) const {
  for (auto at = subset->begin(); at != subset->end(); ++at) {
    for (const LatticeArc& arc : lattice_.arcs[static_cast<size_t>(at->first)]) {
      if (arc.word != 0 || arc.next <= at->first) continue;
      const Cost cost = at->second.cost + Cost{arc.graph_cost, arc.acoustic_cost};
      if (!(forward + cost.total() + remaining_[static_cast<size_t>(arc.next)] <= cutoff_)) {
        continue;
      }
      const auto found = subset->find(arc.next);
      if (found != subset->end() && !(cost < found->second.cost)) continue;
      const int32_t sequence = arc.transition == 0
                                   ? at->second.sequence
                                   : sequences_.Append(at->second.sequence, arc.transition);
      (*subset)[arc.next] = {cost, sequence};
    }
  }
}

Element Determinizer::Normalize(Subset* subset) {
  // States without words and end are only ways to others.
  std::erase_if(*subset, [this](const auto& entry) {
    const auto index = static_cast<size_t>(entry.first);
    if (lattice_.final_costs[index] != kInfinity) return false;
    for (const LatticeArc& arc : lattice_.arcs[index]) {
      if (arc.word != 0) return false;
    }
    return true;
  });
  Element shared;
  if (subset->empty()) return shared;
  shared = subset->begin()->second;
  for (const auto& [state, element] : *subset) {
    if (element.cost < shared.cost) shared.cost = element.cost;
    shared.sequence = sequences_.CommonPrefix(shared.sequence, element.sequence);
  }
  for (auto& [state, element] : *subset) {
    element.cost = element.cost - shared.cost;
    int32_t rest = Sequences::kEmpty;
    for (const int32_t transition : sequences_.Behind(element.sequence, shared.sequence)) {
      rest = sequences_.Append(rest, transition);
    }
    element.sequence = rest;
  }
  return shared;
}

float Determinizer::BestThrough(const Subset& subset, float forward) const {
  float best = kInfinity;
  for (const auto& [state, element] : subset) {
    best = std::min(best, element.cost.total() + remaining_[static_cast<size_t>(state)]);
  }
  return forward + best;
}

int32_t Determinizer::StateOf(Subset subset, float forward) {
  SubsetKey key;
  for (const auto& [state, element] : subset) {
    key.states_and_sequences.push_back(state);
    key.states_and_sequences.push_back(element.sequence);
    key.costs.push_back(element.cost.total());
  }
  const auto [begin, end] = ids_.equal_range(key);
  for (auto at = begin; at != end; ++at) {
    const bool same = std::equal(key.costs.begin(), key.costs.end(), at->first.costs.begin(),
                                 [](float a, float b) { return std::abs(a - b) <= kSameCost; });
    if (!same) continue;
    float& known = forward_[static_cast<size_t>(at->second)];
    known = std::min(known, forward);
    return at->second;
  }
  const auto id = static_cast<int32_t>(subsets_.size());
  queue_.push({BestThrough(subset, forward), id});
  ids_.emplace(std::move(key), id);
  subsets_.push_back(std::move(subset));
  forward_.push_back(forward);
  result_.states.emplace_back();
  return id;
}

void Determinizer::AddFinal(int32_t state) {
  const Element* best = nullptr;
  Cost best_cost;
  const Subset& subset = subsets_[static_cast<size_t>(state)];
  for (const auto& [from, element] : subset) {
    const float final_cost = lattice_.final_costs[static_cast<size_t>(from)];
    if (final_cost == kInfinity) continue;
    const Cost cost = element.cost + Cost{final_cost, 0};
    if (best != nullptr && !(cost < best_cost)) continue;
    best = &element;
    best_cost = cost;
  }
  if (best == nullptr || forward_[static_cast<size_t>(state)] + best_cost.total() > cutoff_) {
    return;
  }
  WordLattice::State& to = result_.states[static_cast<size_t>(state)];
  to.is_final = true;
  to.final.graph_cost = best_cost.graph;
  to.final.acoustic_cost = best_cost.acoustic;
  to.final.transitions = sequences_.Behind(best->sequence, Sequences::kEmpty);
}

void Determinizer::Expand(int32_t state) {
  AddFinal(state);
  const auto index = static_cast<size_t>(state);
  std::map<Label, Subset> by_word;
  for (const auto& [from, element] : subsets_[index]) {
    for (const LatticeArc& arc : lattice_.arcs[static_cast<size_t>(from)]) {
      if (arc.word == 0 || arc.next <= from) continue;
      const Cost cost = element.cost + Cost{arc.graph_cost, arc.acoustic_cost};
      if (!(forward_[index] + cost.total() + remaining_[static_cast<size_t>(arc.next)] <=
            cutoff_)) {
        continue;
      }
      Subset& subset = by_word[arc.word];
      const auto found = subset.find(arc.next);
      if (found != subset.end() && !(cost < found->second.cost)) continue;
      const int32_t sequence = arc.transition == 0
                                   ? element.sequence
                                   : sequences_.Append(element.sequence, arc.transition);
      subset[arc.next] = {cost, sequence};
    }
  }
  for (auto& [word, subset] : by_word) {
    Close(&subset, forward_[index]);
    const Element shared = Normalize(&subset);
    if (subset.empty()) continue;
    WordArc arc{.word = word,
                .graph_cost = shared.cost.graph,
                .acoustic_cost = shared.cost.acoustic,
                .transitions = sequences_.Behind(shared.sequence, Sequences::kEmpty),
                .next = 0};
    arc.next = StateOf(std::move(subset), forward_[index] + shared.cost.total());
    result_.states[index].arcs.push_back(std::move(arc));
  }
}

WordLattice Determinizer::Run() {
  if (lattice_.empty()) return {};
  ComputeRemaining();
  if (remaining_[0] == kInfinity) return {};
  cutoff_ = remaining_[0] + options_.beam;
  Subset start;
  start[0] = {};
  Close(&start, 0);
  // What the start shares stays in it: there is no arc to carry it.
  std::erase_if(start, [this](const auto& entry) {
    const auto index = static_cast<size_t>(entry.first);
    if (lattice_.final_costs[index] != kInfinity) return false;
    return std::none_of(lattice_.arcs[index].begin(), lattice_.arcs[index].end(),
                        [](const LatticeArc& arc) { return arc.word != 0; });
  });
  if (start.empty()) return {};
  StateOf(std::move(start), 0);
  while (!queue_.empty() && result_.states.size() < options_.max_states) {
    const Pending next = queue_.top();
    queue_.pop();
    Expand(next.state);
  }
  return SortStates(result_);
}

}  // namespace

WordLattice Determinize(const Lattice& lattice, const DeterminizeOptions& options) {
  return Determinizer(lattice, options).Run();
}

}  // namespace ironscribe::decoding::wfst
