#include "decoding/wfst/phrase_automaton.h"

#include <algorithm>
#include <map>

namespace ironscribe::decoding::wfst {

PhraseAutomaton::PhraseAutomaton(std::span<const WeightedPhrase> phrases) : states_(1) {
  struct Edge {
    int32_t from;
    Label word;
    int32_t to;
  };
  // A parent is made before its children, but levels mix: fallbacks need them level by level.
  std::vector<std::vector<Edge>> levels;
  std::map<std::vector<Label>, float> weights;
  for (const WeightedPhrase& phrase : phrases) weights[phrase.words] = phrase.weight;
  for (const auto& [words, weight] : weights) {
    int32_t state = kStart;
    if (levels.size() < words.size()) levels.resize(words.size());
    for (size_t i = 0; i < words.size(); ++i) {
      const auto depth = static_cast<float>(i);
      At(state).paid = std::max(At(state).paid, weight * depth);
      const auto [child, is_new] =
          children_.try_emplace(KeyOf(state, words[i]), static_cast<int32_t>(states_.size()));
      if (is_new) {
        levels[i].push_back({state, words[i], child->second});
        states_.emplace_back();
      }
      state = child->second;
    }
    At(state).ended += weight * static_cast<float>(words.size());
  }
  for (const std::vector<Edge>& level : levels) {
    for (const Edge& edge : level) {
      State& state = At(edge.to);
      if (edge.from != kStart) state.fallback = StepTo(At(edge.from).fallback, edge.word);
      state.ended += At(state.fallback).ended;
    }
  }
}

int32_t PhraseAutomaton::StepTo(int32_t state, Label word) const {
  while (true) {
    const auto child = children_.find(KeyOf(state, word));
    if (child != children_.end()) return child->second;
    if (state == kStart) return kStart;
    state = At(state).fallback;
  }
}

PhraseAutomaton::Step PhraseAutomaton::Follow(int32_t state, Label word) const {
  const int32_t next = StepTo(state, word);
  return {next, At(state).paid - At(next).paid - At(next).ended};
}

}  // namespace ironscribe::decoding::wfst
