#include "decoding/wfst/boosted_graph.h"

#include <gtest/gtest.h>

#include "decoding/wfst/test_graphs.h"

namespace ironscribe::decoding::wfst {
namespace {

// What the phrases in a sequence of words are worth, looked for at each place.
double Gain(const std::vector<Label>& words, std::span<const WeightedPhrase> phrases) {
  double gain = 0;
  for (const WeightedPhrase& phrase : phrases) {
    for (size_t i = 0; i + phrase.words.size() <= words.size(); ++i) {
      if (std::equal(phrase.words.begin(), phrase.words.end(), words.begin() + i)) {
        gain += phrase.weight * static_cast<float>(phrase.words.size());
      }
    }
  }
  return gain;
}

std::vector<Label> RandomWords(Random& random, size_t count) {
  std::vector<Label> words;
  for (size_t i = 0; i < count; ++i) words.push_back(1 + static_cast<Label>(random.Next() % 3));
  return words;
}

// Phrases that begin, end and lie within each other among them.
std::vector<WeightedPhrase> RandomPhrases(Random& random) {
  std::map<std::vector<Label>, float> phrases;
  for (int i = 0; i < 5; ++i) {
    phrases[RandomWords(random, 1 + random.Next() % 4)] = Unit(random) - 1;
  }
  std::vector<WeightedPhrase> list;
  for (const auto& [words, weight] : phrases) list.push_back({words, weight});
  return list;
}

TEST(PhraseAutomatonTest, GainsAreThoseOfThePhrasesThatOccur) {
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    const auto phrases = RandomPhrases(random);
    const PhraseAutomaton automaton(phrases);
    const auto words = RandomWords(random, random.Next() % 12);
    int32_t state = PhraseAutomaton::kStart;
    double cost = 0;
    for (const Label word : words) {
      const PhraseAutomaton::Step step = automaton.Follow(state, word);
      cost += step.cost;
      state = step.next;
    }
    EXPECT_NEAR(cost + automaton.EndCost(state), -Gain(words, phrases), 1e-3) << round;
  }
}

TEST(PhraseAutomatonTest, APhraseIsPaidForAsItGoesOn) {
  const WeightedPhrase phrase{{1, 2, 3}, 2};
  const PhraseAutomaton automaton(std::span(&phrase, 1));
  auto step = automaton.Follow(PhraseAutomaton::kStart, 1);
  EXPECT_EQ(step.cost, -2);
  EXPECT_EQ(automaton.EndCost(step.next), 2);
  step = automaton.Follow(step.next, 2);
  EXPECT_EQ(step.cost, -2);
  const auto broken = automaton.Follow(step.next, 1);
  EXPECT_EQ(broken.cost, 4 - 2);  // The next one begins where it breaks off.
  step = automaton.Follow(step.next, 3);
  EXPECT_EQ(step.cost, -2);
  EXPECT_EQ(automaton.EndCost(step.next), 0);
}

TEST(PhraseAutomatonTest, TheLastOfTheSamePhrasesCountsAndEmptyOnesDoNot) {
  const WeightedPhrase phrases[] = {{{1}, 5}, {{}, 7}, {{1}, 2}};
  const PhraseAutomaton automaton(phrases);
  EXPECT_EQ(automaton.Follow(PhraseAutomaton::kStart, 1).cost, -2);
  EXPECT_EQ(automaton.Follow(PhraseAutomaton::kStart, 2).cost, 0);
  EXPECT_EQ(automaton.EndCost(PhraseAutomaton::kStart), 0);
}

// All sequences of words of a search have the costs of an exhaustive one less their gains.
TEST(BoostedGraphTest, SequencesCostWhatTheyCostLessTheirPhrases) {
  Random random(2);
  size_t num_changed = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Fst fst = RandomGraph(seed, 6);
    PutEpsilonsFirst(fst);
    const Scores scores = RandomScores(seed + 100, 5);
    const auto phrases = RandomPhrases(random);
    const PhraseAutomaton automaton(phrases);
    StaticGraph plain(ViewOf(fst));
    BoostedGraph graph(plain, automaton);
    constexpr float kBeam = 3;
    const auto found = Paths(SearchLattice(graph, scores, kBeam), scores.size());
    std::map<std::vector<Label>, double> expected;
    double best = kInfinity;
    for (const auto& [words, cost] : AllPaths(fst, scores)) {
      expected[words] = cost - Gain(words, phrases);
      best = std::min(best, expected[words]);
    }
    for (const auto& [words, cost] : expected) {
      if (cost > best + kBeam - 1e-3) continue;
      ASSERT_TRUE(found.contains(words)) << seed;
      EXPECT_NEAR(found.at(words), cost, 1e-3) << seed;
      num_changed += Gain(words, phrases) != 0;
    }
  }
  EXPECT_GT(num_changed, 20u);
}

// A second utterance over the same graph, as streams search one after another.
TEST(BoostedGraphTest, UtterancesDoNotChangeEachOther) {
  Fst fst = RandomGraph(3, 6);
  PutEpsilonsFirst(fst);
  const WeightedPhrase phrase{{1, 2}, 3};
  const PhraseAutomaton automaton(std::span(&phrase, 1));
  StaticGraph plain(ViewOf(fst));
  BoostedGraph graph(plain, automaton), fresh(plain, automaton);
  SearchLattice(graph, RandomScores(7, 5), 3);
  const Scores scores = RandomScores(8, 6);
  EXPECT_EQ(Paths(SearchLattice(graph, scores, 3), 6), Paths(SearchLattice(fresh, scores, 3), 6));
}

TEST(BoostedGraphTest, WithoutPhrasesNothingChanges) {
  Fst fst = RandomGraph(4, 6);
  PutEpsilonsFirst(fst);
  const PhraseAutomaton none({});
  StaticGraph plain(ViewOf(fst));
  BoostedGraph graph(plain, none);
  const Scores scores = RandomScores(9, 6);
  EXPECT_EQ(Paths(SearchLattice(graph, scores, 3), 6), Paths(SearchLattice(plain, scores, 3), 6));
  EXPECT_FALSE(Paths(SearchLattice(graph, scores, 3), 6).empty());
}

}  // namespace
}  // namespace ironscribe::decoding::wfst
