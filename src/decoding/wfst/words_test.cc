#include <gtest/gtest.h>

#include <cmath>

#include "decoding/wfst/bayes_risk.h"
#include "decoding/wfst/word_alignment.h"

namespace ironscribe::decoding::wfst {
namespace {

WordArc Say(Label word, float cost, std::vector<int32_t> transitions, int32_t next) {
  return {.word = word,
          .graph_cost = cost,
          .acoustic_cost = 0,
          .transitions = std::move(transitions),
          .next = next};
}

WordLattice::State End() {
  WordLattice::State state;
  state.is_final = true;
  return state;
}

// "1 2", "1 3" and "4 3" with probabilities 0.4, 0.35 and 0.25: the best path is "1 2", but "3" is
// the likelier second word.
TEST(MinimumBayesRiskTest, LikelyWordsBeforeTheBestPath) {
  WordLattice lattice;
  lattice.states.resize(3);
  lattice.states[0].arcs = {Say(1, -std::log(0.75f), {1, 1}, 1),
                            Say(4, -std::log(0.25f), {1, 1}, 2)};
  lattice.states[1].arcs = {Say(2, -std::log(0.4f / 0.75f), {1, 1, 1}, 3),
                            Say(3, -std::log(0.35f / 0.75f), {1, 1, 1}, 3)};
  lattice.states[2].arcs = {Say(3, 0, {1, 1, 1}, 3)};
  lattice.states.push_back(End());
  const auto words = MinimumBayesRisk(lattice, 1);
  ASSERT_EQ(words.size(), 2u);
  EXPECT_EQ(words[0].word, 1);
  EXPECT_NEAR(words[0].confidence, 0.75, 1e-4);
  EXPECT_EQ(words[1].word, 3);
  EXPECT_NEAR(words[1].confidence, 0.6, 1e-4);
  EXPECT_NEAR(words[1].begin_frames, 2, 1e-5);
  EXPECT_NEAR(words[1].end_frames, 5, 1e-5);
}

TEST(MinimumBayesRiskTest, NothingSaid) {
  EXPECT_TRUE(MinimumBayesRisk({}, 1).empty());
  WordLattice silence;
  silence.states = {End()};
  EXPECT_TRUE(MinimumBayesRisk(silence, 1).empty());
}

// Transitions: 1 and 2 silence (way out, self-loop), 3 and 4 the begin, 5 and 6 the end of a word.
std::vector<TransitionPlace> Places() {
  using enum PhonePlace;
  std::vector<TransitionPlace> places(7);
  const PhonePlace kinds[] = {kNonWord, kBegin, kEnd};
  for (int phone = 0; phone < 3; ++phone) {
    places[static_cast<size_t>(2 * phone + 1)] = {phone + 1, kinds[phone], false, true};
    places[static_cast<size_t>(2 * phone + 2)] = {phone + 1, kinds[phone], true, false};
  }
  return places;
}

TEST(AlignWordsTest, WordsStandWhereTheyAreSpoken) {
  // Silence, a word, silence, a word; both words are written at the very beginning.
  WordLattice lattice;
  lattice.states.resize(2);
  lattice.states[0].arcs = {Say(7, 1, {1, 2}, 1)};
  lattice.states[1].arcs = {Say(8, 2, {3, 4, 5, 1, 2}, 2)};
  lattice.states.push_back(End());
  lattice.states[2].final.transitions = {3, 5, 6};
  const WordLattice aligned = AlignWords(lattice, Places(), 0);
  std::vector<std::pair<Label, size_t>> said;
  float cost = 0;
  size_t state = 0;
  for (; !aligned.states[state].arcs.empty();) {
    ASSERT_EQ(aligned.states[state].arcs.size(), 1u);
    const WordArc& arc = aligned.states[state].arcs[0];
    said.emplace_back(arc.word, arc.transitions.size());
    cost += arc.graph_cost;
    state = static_cast<size_t>(arc.next);
  }
  EXPECT_TRUE(aligned.states[state].is_final);
  EXPECT_EQ(said, (std::vector<std::pair<Label, size_t>>{{0, 2}, {7, 3}, {0, 2}, {8, 3}}));
  EXPECT_FLOAT_EQ(cost, 3);
}

TEST(AlignWordsTest, ABrokenOffWordIsKept) {
  WordLattice lattice;
  lattice.states.resize(1);
  lattice.states[0].arcs = {Say(7, 0, {3, 4}, 1)};
  lattice.states.push_back(End());
  const WordLattice aligned = AlignWords(lattice, Places(), 0);
  ASSERT_FALSE(aligned.states.empty());
  ASSERT_EQ(aligned.states[0].arcs.size(), 1u);
  EXPECT_EQ(aligned.states[0].arcs[0].word, 7);
}

}  // namespace
}  // namespace ironscribe::decoding::wfst
