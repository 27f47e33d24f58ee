#include "decoding/wfst/phrase_grammar.h"

#include <gtest/gtest.h>

#include <cmath>

#include "decoding/wfst/graph.h"

namespace ironscribe::decoding::wfst {
namespace {

const Arc* ArcTo(const formats::openfst::Fst& fst, StateId state, Label word) {
  for (const Arc& arc : fst.ArcsOf(state)) {
    if (arc.input == word) return &arc;
  }
  return nullptr;
}

// "1 2" and "1 3": 1 comes twice among six of anything, 2 once of two behind 1.
TEST(PhraseGrammarTest, HalfOfEachProbabilityIsLeftForBackingOff) {
  const std::vector<Label> phrases[] = {{1, 2}, {1, 3}};
  const auto fst = PhraseGrammar(phrases);
  ASSERT_EQ(fst.num_states(), 4);
  ASSERT_EQ(fst.start, 0);
  const Arc* first = ArcTo(fst, 0, 1);
  ASSERT_NE(first, nullptr);
  EXPECT_NEAR(first->weight, -std::log(0.5 * 2 / 6), 1e-6);
  EXPECT_EQ(first->output, 1);
  EXPECT_NEAR(fst.finals[0], -std::log(0.5 * 2 / 6), 1e-6);
  EXPECT_EQ(ArcTo(fst, 0, 0), nullptr);
  const Arc* second = ArcTo(fst, first->next, 2);
  ASSERT_NE(second, nullptr);
  EXPECT_NEAR(second->weight, -std::log(0.5 / 2), 1e-6);
  EXPECT_EQ(fst.finals[static_cast<size_t>(first->next)], formats::openfst::kNotFinal);
  EXPECT_NEAR(fst.finals[static_cast<size_t>(second->next)], -std::log(0.5), 1e-6);
  const Arc* back = ArcTo(fst, first->next, 0);
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(back->next, 0);
  EXPECT_NEAR(back->weight, -std::log(0.5), 1e-6);
}

TEST(PhraseGrammarTest, ArcsAreSortedAndTheBackOffIsFirst) {
  const std::vector<Label> phrases[] = {{9, 4, 7}, {9, 2}, {3}, {}};
  const auto fst = PhraseGrammar(phrases);
  for (StateId state = 0; state < fst.num_states(); ++state) {
    const auto arcs = fst.ArcsOf(state);
    for (size_t i = 1; i < arcs.size(); ++i) EXPECT_LT(arcs[i - 1].input, arcs[i].input);
    EXPECT_EQ(!arcs.empty() && arcs[0].input == 0, state != fst.start);
  }
}

TEST(PhraseGrammarTest, WithoutPhrasesNothingCanBeSaid) {
  const auto fst = PhraseGrammar({});
  ASSERT_EQ(fst.num_states(), 1);
  EXPECT_TRUE(fst.arcs.empty());
  EXPECT_EQ(fst.finals[0], formats::openfst::kNotFinal);
}

}  // namespace
}  // namespace ironscribe::decoding::wfst
