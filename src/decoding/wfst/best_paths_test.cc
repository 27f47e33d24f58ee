#include "decoding/wfst/best_paths.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "decoding/wfst/test_graphs.h"

namespace ironscribe::decoding::wfst {
namespace {

constexpr float kScale = 0.9f;

// Every sequence of words with the cost of its best path, and the sum over all paths.
struct Enumerated {
  std::map<std::vector<Label>, double> best;
  double all = 0;
};

void Enumerate(const WordLattice& lattice, int32_t state, double cost, std::vector<Label> words,
               Enumerated* found) {
  const WordLattice::State& at = lattice.states[static_cast<size_t>(state)];
  const auto cost_of = [](const WordArc& arc) {
    return arc.graph_cost * kScale + arc.acoustic_cost;
  };
  if (at.is_final) {
    const double total = cost + cost_of(at.final);
    const auto [entry, is_new] = found->best.try_emplace(words, total);
    if (!is_new) entry->second = std::min(entry->second, total);
    found->all += std::exp(-total);
  }
  for (const WordArc& arc : at.arcs) {
    std::vector<Label> longer = words;
    if (arc.word != 0) longer.push_back(arc.word);
    Enumerate(lattice, arc.next, cost + cost_of(arc), std::move(longer), found);
  }
}

// Whether the graph has a path with these transitions and words, at what least cost.
double CostInGraph(const Fst& fst, const Scores& scores, std::span<const int32_t> transitions,
                   std::span<const Label> words, StateId state, size_t frame) {
  double best = kInfinity;
  if (transitions.empty() && words.empty()) best = fst.finals[static_cast<size_t>(state)];
  for (const Arc& arc : fst.ArcsOf(state)) {
    if (arc.output != 0 && (words.empty() || words[0] != arc.output)) continue;
    if (arc.input != 0 && (transitions.empty() || transitions[0] != arc.input)) continue;
    double cost = arc.weight;
    if (arc.input != 0) cost -= scores[frame][static_cast<size_t>(kPdfs[arc.input])];
    best = std::min(best, cost + CostInGraph(fst, scores, transitions.subspan(arc.input != 0),
                                             words.subspan(arc.output != 0), arc.next,
                                             frame + (arc.input != 0)));
  }
  return best;
}

TEST(BestPathsTest, SortedDistinctAndAllThatThereAre) {
  size_t num_compared = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Fst fst = RandomGraph(seed, 6);
    PutEpsilonsFirst(fst);
    StaticGraph graph(ViewOf(fst));
    const WordLattice lattice = SearchLattice(graph, RandomScores(seed + 100, 5), 3);
    if (lattice.states.empty()) continue;
    Enumerated expected;
    Enumerate(lattice, 0, 0, {}, &expected);
    std::vector<double> costs;
    for (const auto& [words, cost] : expected.best) costs.push_back(cost);
    std::sort(costs.begin(), costs.end());
    const auto paths = BestPaths(lattice, 4, kScale);
    ASSERT_EQ(paths.size(), std::min<size_t>(4, costs.size())) << seed;
    std::set<std::vector<Label>> seen;
    for (size_t i = 0; i < paths.size(); ++i) {
      EXPECT_NEAR(paths[i].cost, costs[i], 1e-4) << seed;
      EXPECT_NEAR(paths[i].cost, expected.best.at(paths[i].words), 1e-4) << seed;
      EXPECT_NEAR(paths[i].probability, std::exp(-costs[i]) / expected.all, 1e-4) << seed;
      EXPECT_TRUE(seen.insert(paths[i].words).second) << seed;
      ++num_compared;
    }
    EXPECT_EQ(BestPaths(lattice, 1000, kScale).size(), costs.size()) << seed;
  }
  EXPECT_GT(num_compared, 40u);
}

TEST(BestPathsTest, EachIsAPathThroughTheGraph) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Fst fst = RandomGraph(seed, 6);
    PutEpsilonsFirst(fst);
    StaticGraph graph(ViewOf(fst));
    const Scores scores = RandomScores(seed + 100, 5);
    for (const LatticePath& path : BestPaths(SearchLattice(graph, scores, 3), 5, 1)) {
      std::vector<int32_t> transitions;
      std::vector<Label> words;
      for (size_t i = 0; i < path.lattice.states.size(); ++i) {
        const WordLattice::State& state = path.lattice.states[i];
        ASSERT_EQ(state.is_final, i + 1 == path.lattice.states.size());
        ASSERT_EQ(state.arcs.size(), state.is_final ? 0u : 1u);
        const WordArc& arc = state.is_final ? state.final : state.arcs[0];
        transitions.insert(transitions.end(), arc.transitions.begin(), arc.transitions.end());
        if (arc.word != 0) words.push_back(arc.word);
      }
      EXPECT_EQ(words, path.words);
      EXPECT_EQ(transitions.size(), scores.size());
      EXPECT_NEAR(CostInGraph(fst, scores, transitions, words, fst.start, 0), path.cost, 1e-3)
          << seed;
    }
  }
}

WordLattice::State Step(std::vector<WordArc> arcs) {
  WordLattice::State state;
  state.arcs = std::move(arcs);
  return state;
}

// Words stand on several paths where pieces of an utterance were joined: the best one is told.
TEST(BestPathsTest, TheSameWordsAreToldOnce) {
  WordLattice lattice;
  lattice.states = {
      Step({{.word = 1, .graph_cost = 1, .acoustic_cost = 0, .transitions = {}, .next = 1},
            {.word = 0, .graph_cost = 2, .acoustic_cost = 0, .transitions = {}, .next = 1}}),
      Step({{.word = 2, .graph_cost = 1, .acoustic_cost = 0, .transitions = {}, .next = 2},
            {.word = 2, .graph_cost = 3, .acoustic_cost = 0, .transitions = {}, .next = 2}}),
      Step({})};
  lattice.states[2].is_final = true;
  const auto paths = BestPaths(lattice, 10, 1);
  ASSERT_EQ(paths.size(), 2u);
  EXPECT_EQ(paths[0].words, (std::vector<Label>{1, 2}));
  EXPECT_FLOAT_EQ(paths[0].cost, 2);
  EXPECT_EQ(paths[1].words, (std::vector<Label>{2}));
  EXPECT_FLOAT_EQ(paths[1].cost, 3);
}

TEST(BestPathsTest, NothingToChooseFrom) {
  EXPECT_TRUE(BestPaths({}, 3, 1).empty());
  WordLattice silence;
  silence.states.resize(1);
  silence.states[0].is_final = true;
  const auto paths = BestPaths(silence, 3, 1);
  ASSERT_EQ(paths.size(), 1u);
  EXPECT_TRUE(paths[0].words.empty());
  EXPECT_TRUE(BestPaths(silence, 0, 1).empty());
}

}  // namespace
}  // namespace ironscribe::decoding::wfst
