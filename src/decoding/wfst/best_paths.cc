#include "decoding/wfst/best_paths.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <set>

namespace ironscribe::decoding::wfst {
namespace {

// Paths looked at for each one wanted. Lattices that were determinised have a sequence of words
// once or, where pieces were joined, a few times.
constexpr size_t kVisitsPerPath = 1000;
// Partial paths in memory; 16 bytes each.
constexpr size_t kMaxNodes = size_t{1} << 22;

double CostOf(const WordArc& arc, float graph_scale) {
  return static_cast<double>(arc.graph_cost) * graph_scale + arc.acoustic_cost;
}

// For each state what `combine` makes of the costs of its paths to an end.
template <typename Combine>
std::vector<double> CostsToEnd(const WordLattice& lattice, float graph_scale, Combine combine) {
  std::vector<double> costs(lattice.states.size(), std::numeric_limits<double>::infinity());
  for (size_t state = lattice.states.size(); state-- > 0;) {
    const WordLattice::State& at = lattice.states[state];
    if (at.is_final) costs[state] = CostOf(at.final, graph_scale);
    for (const WordArc& arc : at.arcs) {
      costs[state] =
          combine(costs[state], CostOf(arc, graph_scale) + costs[static_cast<size_t>(arc.next)]);
    }
  }
  return costs;
}

double LogAdd(double a, double b) {
  if (b < a) std::swap(a, b);
  return std::isinf(b) ? a : a - std::log1p(std::exp(a - b));
}

class PathSearch {
 public:
  PathSearch(const WordLattice& lattice, float graph_scale)
      : lattice_(lattice),
        graph_scale_(graph_scale),
        to_end_(
            CostsToEnd(lattice, graph_scale, [](double a, double b) { return std::min(a, b); })) {}

  std::vector<LatticePath> Run(size_t count);

 private:
  // A path from the start to a state, or to an end behind it.
  struct Node {
    int32_t parent = -1;
    int32_t state = 0;
    int32_t arc = -1;  // Of the parent's state, by which it came.
    bool ended = false;
  };
  struct Open {
    double total;  // With the best way to an end.
    double cost;
    int32_t node;
    // The greatest comes first; the one that was made earlier among equals.
    bool operator<(const Open& other) const {
      return total != other.total ? total > other.total : node > other.node;
    }
  };

  void Push(const Node& node, double cost, double to_end) {
    if (!std::isfinite(cost + to_end) || nodes_.size() >= kMaxNodes) return;
    open_.push({cost + to_end, cost, static_cast<int32_t>(nodes_.size())});
    nodes_.push_back(node);
  }
  void Extend(const Open& from);
  LatticePath PathOf(int32_t node) const;

  const WordLattice& lattice_;
  float graph_scale_;
  std::vector<double> to_end_;
  std::vector<Node> nodes_;
  std::priority_queue<Open> open_;
};

void PathSearch::Extend(const Open& from) {
  const Node node = nodes_[static_cast<size_t>(from.node)];
  const WordLattice::State& state = lattice_.states[static_cast<size_t>(node.state)];
  if (state.is_final) {
    Push({.parent = node.parent, .state = node.state, .arc = node.arc, .ended = true},
         from.cost + CostOf(state.final, graph_scale_), 0);
  }
  for (size_t i = 0; i < state.arcs.size(); ++i) {
    const WordArc& arc = state.arcs[i];
    Push({.parent = from.node, .state = arc.next, .arc = static_cast<int32_t>(i)},
         from.cost + CostOf(arc, graph_scale_), to_end_[static_cast<size_t>(arc.next)]);
  }
}

LatticePath PathSearch::PathOf(int32_t node) const {
  LatticePath path;
  std::vector<WordLattice::State>& states = path.lattice.states;
  const Node& last = nodes_[static_cast<size_t>(node)];
  WordLattice::State end;
  end.is_final = true;
  end.final = lattice_.states[static_cast<size_t>(last.state)].final;
  states.push_back(std::move(end));
  for (const Node* at = &last; at->parent >= 0; at = &nodes_[static_cast<size_t>(at->parent)]) {
    const Node& parent = nodes_[static_cast<size_t>(at->parent)];
    const auto& arcs = lattice_.states[static_cast<size_t>(parent.state)].arcs;
    WordLattice::State state;
    state.arcs.push_back(arcs[static_cast<size_t>(at->arc)]);
    states.push_back(std::move(state));
  }
  std::reverse(states.begin(), states.end());
  for (size_t i = 0; i + 1 < states.size(); ++i) {
    WordArc& arc = states[i].arcs[0];
    arc.next = static_cast<int32_t>(i) + 1;
    if (arc.word != 0) path.words.push_back(arc.word);
  }
  return path;
}

std::vector<LatticePath> PathSearch::Run(size_t count) {
  std::vector<LatticePath> paths;
  if (lattice_.states.empty()) return paths;
  const double all = CostsToEnd(lattice_, graph_scale_, LogAdd)[0];
  std::set<std::vector<Label>> seen;
  Push({}, 0, to_end_[0]);
  for (size_t visits = 0; paths.size() < count && !open_.empty();) {
    const Open best = open_.top();
    open_.pop();
    if (!nodes_[static_cast<size_t>(best.node)].ended) {
      Extend(best);
      continue;
    }
    LatticePath path = PathOf(best.node);
    if (++visits > count * kVisitsPerPath) break;
    if (!seen.insert(path.words).second) continue;
    path.cost = static_cast<float>(best.total);
    path.probability = static_cast<float>(std::min(1.0, std::exp(all - best.total)));
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace

std::vector<LatticePath> BestPaths(const WordLattice& lattice, size_t count, float graph_scale) {
  return PathSearch(lattice, graph_scale).Run(count);
}

}  // namespace ironscribe::decoding::wfst
