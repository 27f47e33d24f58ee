// Small random graphs, scores for them, and what there is in them by exhaustive search. For tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/random.h"
#include "decoding/wfst/determinize.h"
#include "decoding/wfst/lattice_search.h"

namespace ironscribe::decoding::wfst {

using formats::openfst::Fst;

inline constexpr int kNumPdfs = 4;

inline float Unit(Random& random) { return static_cast<float>(random.Next() % 1000) / 250; }

// Each state has a self-loop-like emitting arc, others onwards, and sometimes an epsilon forwards.
inline Fst RandomGraph(uint64_t seed, int num_states) {
  Random random(seed);
  Fst fst;
  fst.start = 0;
  for (int state = 0; state < num_states; ++state) {
    fst.arc_begins.push_back(static_cast<uint32_t>(fst.arcs.size()));
    fst.finals.push_back(state % 3 == 2 ? Unit(random) : kInfinity);
    if (state + 1 < num_states && random.Next() % 3 == 0) {
      fst.arcs.push_back({0, static_cast<Label>(random.Next() % 3), Unit(random), state + 1});
    }
    for (int i = 0; i < 3; ++i) {
      fst.arcs.push_back({1 + static_cast<Label>(random.Next() % kNumPdfs),
                          static_cast<Label>(random.Next() % 4), Unit(random),
                          static_cast<StateId>(random.Next() % static_cast<uint64_t>(num_states))});
    }
  }
  fst.arc_begins.push_back(static_cast<uint32_t>(fst.arcs.size()));
  return fst;
}

using Scores = std::vector<std::vector<float>>;

inline Scores RandomScores(uint64_t seed, size_t frames) {
  Random random(seed);
  Scores scores(frames, std::vector<float>(kNumPdfs));
  for (auto& frame : scores) {
    for (float& score : frame) score = -Unit(random);
  }
  return scores;
}

inline const std::vector<int32_t> kPdfs = {0, 0, 1, 2, 3};  // Of transitions 1 to 4.

// The least cost of each sequence of words, by walking every path.
inline void Walk(const Fst& fst, const Scores& scores, size_t frame, StateId state, double cost,
                 std::vector<Label>& words, std::map<std::vector<Label>, double>* best) {
  const float final_cost = fst.finals[static_cast<size_t>(state)];
  if (frame == scores.size() && final_cost != kInfinity) {
    const auto [at, is_new] = best->try_emplace(words, cost + final_cost);
    if (!is_new) at->second = std::min(at->second, cost + final_cost);
  }
  for (const Arc& arc : fst.ArcsOf(state)) {
    if (arc.input != 0 && frame == scores.size()) continue;
    double next = cost + arc.weight;
    if (arc.input != 0) next -= scores[frame][static_cast<size_t>(kPdfs[arc.input])];
    if (arc.output != 0) words.push_back(arc.output);
    Walk(fst, scores, frame + (arc.input != 0), arc.next, next, words, best);
    if (arc.output != 0) words.pop_back();
  }
}

inline std::map<std::vector<Label>, double> AllPaths(const Fst& fst, const Scores& scores) {
  std::map<std::vector<Label>, double> best;
  std::vector<Label> words;
  Walk(fst, scores, 0, fst.start, 0, words, &best);
  return best;
}

inline SearchOptions Wide(float lattice_beam) {
  return {.beam = 200, .min_active = 0, .lattice_beam = lattice_beam};
}

inline WordLattice SearchLattice(Graph& graph, const Scores& scores, float lattice_beam) {
  LatticeSearch search(graph, Wide(lattice_beam));
  search.Start();
  for (const auto& frame : scores) search.Advance(frame, kPdfs);
  search.Finish();
  return Determinize(search.PieceBetween(0, search.num_frames()).lattice, {.beam = lattice_beam});
}

inline void Collect(const WordLattice& lattice, int32_t state, double cost, size_t frames,
                    std::vector<Label>& words, std::map<std::vector<Label>, double>* found,
                    size_t total) {
  const WordLattice::State& at = lattice.states[static_cast<size_t>(state)];
  if (at.is_final) {
    // Each sequence stands there once, and each path has a transition for each frame.
    EXPECT_TRUE(found->emplace(words, cost + at.final.graph_cost + at.final.acoustic_cost).second);
    EXPECT_EQ(frames + at.final.transitions.size(), total);
  }
  for (const WordArc& arc : at.arcs) {
    EXPECT_GT(arc.next, state);
    words.push_back(arc.word);
    Collect(lattice, arc.next, cost + arc.graph_cost + arc.acoustic_cost,
            frames + arc.transitions.size(), words, found, total);
    words.pop_back();
  }
}

inline std::map<std::vector<Label>, double> Paths(const WordLattice& lattice, size_t num_frames) {
  std::map<std::vector<Label>, double> found;
  std::vector<Label> words;
  if (!lattice.states.empty()) Collect(lattice, 0, 0, 0, words, &found, num_frames);
  return found;
}

}  // namespace ironscribe::decoding::wfst
