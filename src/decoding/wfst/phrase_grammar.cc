#include "decoding/wfst/phrase_grammar.h"

#include <cmath>
#include <map>

namespace ironscribe::decoding::wfst {

using formats::openfst::Fst;
using formats::openfst::Label;
using formats::openfst::StateId;

namespace {

constexpr Label kEnd = 0;          // Of a phrase.
constexpr float kDiscount = 0.5f;  // Vosk's.

// Of what followed a word, or anything.
struct Counts {
  std::map<Label, int64_t> of;
  int64_t total = 0;

  void Add(Label word, int64_t count) {
    of[word] += count;
    total += count;
  }
};

float CostOf(int64_t count, int64_t total) {
  return -std::log(static_cast<float>(count) * kDiscount / static_cast<float>(total));
}

}  // namespace

Fst PhraseGrammar(std::span<const std::vector<Label>> phrases) {
  Counts any;
  std::map<Label, Counts> after;
  for (const std::vector<Label>& phrase : phrases) {
    Counts* seen = &any;
    for (const Label word : phrase) {
      seen->Add(word, 1);
      seen = &after[word];
    }
    seen->Add(kEnd, 1);
  }
  std::map<Label, StateId> state_of;
  for (const auto& [word, counts] : after) {
    for (const auto& [next, count] : counts.of) any.Add(next, count);
    state_of[word] = static_cast<StateId>(state_of.size()) + 1;
  }
  Fst fst;
  fst.start = 0;
  const auto add_state = [&](const Counts& counts, bool backs_off) {
    fst.arc_begins.push_back(static_cast<uint32_t>(fst.arcs.size()));
    fst.finals.push_back(formats::openfst::kNotFinal);
    if (backs_off) fst.arcs.push_back({0, 0, -std::log(1 - kDiscount), 0});
    for (const auto& [word, count] : counts.of) {
      const float cost = CostOf(count, counts.total);
      if (word == kEnd) {
        fst.finals.back() = cost;
      } else {
        fst.arcs.push_back({word, word, cost, state_of.at(word)});
      }
    }
  };
  add_state(any, false);
  for (const auto& [word, counts] : after) add_state(counts, true);
  fst.arc_begins.push_back(static_cast<uint32_t>(fst.arcs.size()));
  return fst;
}

}  // namespace ironscribe::decoding::wfst
