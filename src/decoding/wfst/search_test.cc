// The search against exhaustive ones in double precision, on small random graphs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <thread>

#include "decoding/wfst/incremental_lattice.h"
#include "decoding/wfst/look_ahead_graph.h"
#include "decoding/wfst/test_graphs.h"

namespace ironscribe::decoding::wfst {
namespace {

TEST(LatticeSearchTest, EverySequenceOfWordsWithItsBestPath) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Fst fst = RandomGraph(seed, 6);
    PutEpsilonsFirst(fst);
    const Scores scores = RandomScores(seed + 100, 5);
    const auto expected = AllPaths(fst, scores);
    constexpr float kBeam = 3;
    StaticGraph graph(ViewOf(fst));
    const WordLattice lattice = SearchLattice(graph, scores, kBeam);
    if (expected.empty()) continue;
    ASSERT_FALSE(lattice.states.empty()) << seed;
    std::map<std::vector<Label>, double> found;
    std::vector<Label> words;
    Collect(lattice, 0, 0, 0, words, &found, scores.size());
    double best = kInfinity;
    for (const auto& [sequence, cost] : expected) best = std::min(best, cost);
    for (const auto& [sequence, cost] : expected) {
      if (cost > best + kBeam - 1e-3) continue;
      ASSERT_TRUE(found.contains(sequence)) << seed;
      EXPECT_NEAR(found.at(sequence), cost, 1e-3) << seed;
    }
    for (const auto& [sequence, cost] : found) EXPECT_TRUE(expected.contains(sequence)) << seed;
  }
}

// Piece by piece, with phones in between, the same sequences remain at the same costs.
TEST(IncrementalLatticeTest, PiecesGiveTheLatticeOfTheWhole) {
  constexpr float kBeam = 1.5f;
  constexpr size_t kFrames = 18;
  const std::vector<int32_t> phone_begins = {0, 1, 2, 0, 0};
  size_t num_sequences = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Fst fst = RandomGraph(seed, 6);
    PutEpsilonsFirst(fst);
    const Scores scores = RandomScores(seed + 100, kFrames);
    StaticGraph graph(ViewOf(fst));
    const auto whole = Paths(SearchLattice(graph, scores, kBeam), kFrames);
    LatticeSearch search(graph, Wide(kBeam));
    IncrementalLattice lattice({.beam = kBeam, .phone_begins = phone_begins},
                               {.max_delay_frames = 4, .min_piece_frames = 2});
    search.Start();
    lattice.Start();
    for (const auto& frame : scores) {
      search.Advance(frame, kPdfs);
      lattice.Update(search);
    }
    search.Finish();
    const auto pieces = Paths(lattice.Finish(search), kFrames);
    double best = kInfinity;
    for (const auto& [words, cost] : whole) best = std::min(best, cost);
    for (const auto& [words, cost] : whole) {
      if (cost > best + kBeam - 1e-3) continue;  // More may be kept, less not.
      ASSERT_TRUE(pieces.contains(words)) << seed;
      EXPECT_NEAR(pieces.at(words), cost, 1e-3) << seed;
      ++num_sequences;
    }
    for (const auto& [words, cost] : pieces) EXPECT_GE(cost, best - 1e-3) << seed;
  }
  EXPECT_GT(num_sequences, 100u);  // Else nothing was compared.
}

TEST(LatticeSearchTest, TraceBackIsThePathThatLeadsToTheEnd) {
  Fst fst;
  fst.start = 0;
  fst.finals = {kInfinity, kInfinity, 0};
  fst.arcs = {{1, 7, 0, 1}, {2, 0, 0, 1}, {0, 8, 0, 2}};
  fst.arc_begins = {0, 1, 3, 3};
  PutEpsilonsFirst(fst);
  StaticGraph graph(ViewOf(fst));
  LatticeSearch search(graph, Wide(5));
  search.Start();
  for (const auto& frame : Scores{{0, 0, 0, 0}, {0, 0, 0, 0}}) search.Advance(frame, kPdfs);
  std::vector<Label> words;
  std::vector<int64_t> frames;
  search.TraceBack([&](const LatticeSearch::Step& step) {
    if (step.word != 0) words.push_back(step.word);
    if (step.transition != 0) frames.push_back(step.frame);
    return true;
  });
  EXPECT_EQ(frames, (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(words.back(), 7);
  EXPECT_EQ(search.FinalRelativeCost(), 0);
}

TEST(LatticeSearchTest, AGraphThatNothingFits) {
  Fst fst;
  fst.start = 0;
  fst.finals = {kInfinity};
  fst.arcs = {{9, 1, 0, 0}};  // No pdf scores transition 9.
  fst.arc_begins = {0, 1};
  StaticGraph graph(ViewOf(fst));
  EXPECT_TRUE(SearchLattice(graph, RandomScores(1, 3), 5).states.empty());
}

// Words 1 to 3 as transitions "1 4", "1 2" and "3"; the lexicon writes a word where it is known
// (HCLr writes late, look-ahead early). Labels are as they would be renumbered.
Fst Lexicon() {
  Fst fst;
  fst.start = 0;
  fst.finals = {0, kInfinity, kInfinity};
  // State 0: epsilon-output arcs first, as outputs are sorted.
  fst.arcs = {{1, 0, 0.5f, 1}, {3, 3, 0.25f, 0}, {4, 1, 0, 0}, {2, 2, 0, 0}};
  fst.arc_begins = {0, 2, 4, 4};
  fst.reachability = formats::openfst::Reachability{.of_input = false,
                                                    .final_label = 4,
                                                    .begins = {0, 1, 2, 2},
                                                    .intervals = {{1, 5}, {1, 3}},
                                                    .relabeling = {}};
  return fst;
}

ReachabilityView ReachOf(const Fst& lexicon, const ReachClasses& classes) {
  return {lexicon.reachability->final_label, classes.class_of, classes.begins, classes.intervals};
}

// A bigram with back-off: contexts (), (1).
Fst Bigram() {
  Fst fst;
  fst.start = 0;
  fst.finals = {1.5f, 0.75f};
  fst.arcs = {{1, 1, 1, 1}, {2, 2, 2, 0}, {3, 3, 0.5f, 0}, {0, 0, 0.25f, 0}, {2, 2, 0.125f, 0}};
  fst.arc_begins = {0, 3, 5};
  return fst;
}

// The least cost of each sequence, with the whole composition walked.
void WalkPair(const Fst& lexicon, const Fst& words, const Scores& scores, size_t frame,
              std::pair<StateId, StateId> at, double cost, std::vector<Label>& said,
              std::map<std::vector<Label>, double>* best) {
  const float final_cost =
      lexicon.finals[static_cast<size_t>(at.first)] + words.finals[static_cast<size_t>(at.second)];
  if (frame == scores.size() && final_cost != kInfinity) {
    const auto [entry, is_new] = best->try_emplace(said, cost + final_cost);
    if (!is_new) entry->second = std::min(entry->second, cost + final_cost);
  }
  for (const Arc& word : words.ArcsOf(at.second)) {
    if (word.input != 0) continue;
    WalkPair(lexicon, words, scores, frame, {at.first, word.next}, cost + word.weight, said, best);
  }
  if (frame == scores.size()) return;
  for (const Arc& arc : lexicon.ArcsOf(at.first)) {
    const double next = cost + arc.weight - scores[frame][static_cast<size_t>(kPdfs[arc.input])];
    if (arc.output == 0) {
      WalkPair(lexicon, words, scores, frame + 1, {arc.next, at.second}, next, said, best);
      continue;
    }
    for (const Arc& word : words.ArcsOf(at.second)) {
      if (word.input != arc.output) continue;
      said.push_back(word.output);
      WalkPair(lexicon, words, scores, frame + 1, {arc.next, word.next}, next + word.weight, said,
               best);
      said.pop_back();
    }
  }
}

TEST(LookAheadGraphTest, SamePathsAsTheWholeComposition) {
  const Fst lexicon = Lexicon(), words = Bigram();
  const ArcSums sums = SumArcs(ViewOf(words));
  const ReachClasses classes = ClassesOf(*lexicon.reachability);
  const LookAhead look_ahead(ReachOf(lexicon, classes), ViewOf(words), sums.begins, sums.sums);
  const BusiestAhead busiest =
      LookFromBusiest(look_ahead, ViewOf(words), classes.begins.size() - 1);
  LookAheadParts parts{.lexicon = ViewOf(lexicon),
                       .words = ViewOf(words),
                       .reach = ReachOf(lexicon, classes),
                       .sum_begins = sums.begins,
                       .sums = sums.sums,
                       .busiest_words = -1,
                       .busiest = {},
                       .disambiguation = {}};
  CompositionCache plain(parts, 1 << 20);
  parts.busiest_words = busiest.words;
  parts.busiest = busiest.by_class;
  CompositionCache prepared(parts, 1 << 20);
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const Scores scores = RandomScores(seed, 6);
    LookAheadGraph graph(seed % 2 == 0 ? plain : prepared);
    const WordLattice lattice = SearchLattice(graph, scores, 100);
    std::map<std::vector<Label>, double> expected, found;
    std::vector<Label> said;
    WalkPair(lexicon, words, scores, 0, {0, 0}, 0, said, &expected);
    ASSERT_FALSE(lattice.states.empty());
    Collect(lattice, 0, 0, 0, said, &found, scores.size());
    ASSERT_EQ(found.size(), expected.size()) << seed;
    for (const auto& [sequence, cost] : expected) {
      // What is paid in advance is rounded to 1/1024 and given back rounded.
      EXPECT_NEAR(found.at(sequence), cost, 6.0 / 1024) << seed;
    }
  }
}

// Whatever others have made already, and while compositions are dropped and begun anew.
TEST(CompositionCacheTest, ThreadsGetWhatTheyGetAlone) {
  const Fst lexicon = Lexicon(), words = Bigram();
  const ArcSums sums = SumArcs(ViewOf(words));
  const ReachClasses classes = ClassesOf(*lexicon.reachability);
  const LookAheadParts parts{.lexicon = ViewOf(lexicon),
                             .words = ViewOf(words),
                             .reach = ReachOf(lexicon, classes),
                             .sum_begins = sums.begins,
                             .sums = sums.sums,
                             .busiest_words = -1,
                             .busiest = {},
                             .disambiguation = {}};
  constexpr size_t kFrames = 8;
  constexpr uint64_t kSeeds = 6;
  std::vector<std::map<std::vector<Label>, double>> alone;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    CompositionCache cache(parts, 1 << 20);
    LookAheadGraph graph(cache);
    alone.push_back(Paths(SearchLattice(graph, RandomScores(seed, kFrames), 50), kFrames));
  }
  for (const size_t max_bytes : {size_t{0}, size_t{1} << 20}) {
    CompositionCache cache(parts, max_bytes);
    std::vector<std::map<std::vector<Label>, double>> together(kSeeds);
    std::vector<std::jthread> threads;
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
      threads.emplace_back([&, seed] {
        LookAheadGraph graph(cache);
        together[seed] = Paths(SearchLattice(graph, RandomScores(seed, kFrames), 50), kFrames);
      });
    }
    threads.clear();
    EXPECT_EQ(together, alone);
  }
}

TEST(LookAheadTest, OneWordLeftIsTold) {
  const Fst lexicon = Lexicon(), words = Bigram();
  const ArcSums sums = SumArcs(ViewOf(words));
  const ReachClasses classes = ClassesOf(*lexicon.reachability);
  const LookAhead ahead(ReachOf(lexicon, classes), ViewOf(words), sums.begins, sums.sums);
  const Ahead both = ahead.At(classes.class_of[1], 0);
  EXPECT_EQ(both.only, Ahead::kSeveral);
  EXPECT_NEAR(both.weight, -std::log(std::exp(-1.0) + std::exp(-2.0)), 1e-6);
  // Behind word 1 only word 2 has an arc.
  const Ahead one = ahead.At(classes.class_of[1], 1);
  ASSERT_GE(one.only, 0);
  EXPECT_EQ(ViewOf(words).ArcsOf(1)[static_cast<size_t>(one.only)].output, 2);
  EXPECT_EQ(ahead.At(classes.class_of[2], 0).only, Ahead::kNothing);
}

}  // namespace
}  // namespace ironscribe::decoding::wfst
