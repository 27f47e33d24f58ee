#include "decoding/wfst/look_ahead_graph.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ironscribe::decoding::wfst {
namespace {

// Arcs are put into blocks of this many; a state's arcs never cross blocks.
constexpr size_t kBlockArcs = 1 << 14;
// What is kept from utterance to utterance at most.
constexpr size_t kMaxKeptStates = 1 << 20;
// A state to show that there are no arcs.
constexpr Arc kNoArcs[1] = {};

// OpenFst rounds weights that are part of states, so that nearly equal ones are one.
float Rounded(float weight) {
  constexpr float kDelta = 1.0f / 1024.0f;
  if (!std::isfinite(weight)) return weight;
  return std::floor(weight / kDelta + 0.5f) * kDelta;
}

std::span<const Arc> WithOutput(std::span<const Arc> arcs, Label output) {
  const auto range =
      std::equal_range(arcs.begin(), arcs.end(), Arc{.output = output},
                       [](const Arc& a, const Arc& b) { return a.output < b.output; });
  return {range.first, range.second};
}

std::span<const Arc> WithInput(std::span<const Arc> arcs, Label input) {
  const auto range = std::equal_range(arcs.begin(), arcs.end(), Arc{.input = input},
                                      [](const Arc& a, const Arc& b) { return a.input < b.input; });
  return {range.first, range.second};
}

}  // namespace

LookAheadGraph::LookAheadGraph(const LookAheadParts& parts)
    : parts_(parts), look_ahead_(parts.reach, parts.words, parts.sum_begins, parts.sums) {}

size_t LookAheadGraph::StateHash::operator()(const State& state) const {
  uint64_t hash = static_cast<uint32_t>(state.lexicon);
  const auto mix = [&hash](uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
  };
  mix(static_cast<uint64_t>(static_cast<uint32_t>(state.words)) << 1 | state.after);
  mix(static_cast<uint64_t>(static_cast<uint32_t>(state.pushed)) << 32 |
      std::bit_cast<uint32_t>(state.paid));
  return hash;
}

StateId LookAheadGraph::IdOf(const State& state) {
  const auto [found, is_new] = ids_.try_emplace(state, static_cast<StateId>(states_.size()));
  if (is_new) {
    states_.push_back(state);
    arcs_.emplace_back();
  }
  return found->second;
}

StateId LookAheadGraph::Start() {
  if (parts_.lexicon.start < 0 || parts_.words.start < 0) return -1;
  return IdOf({.lexicon = parts_.lexicon.start,
               .words = parts_.words.start,
               .pushed = 0,
               .paid = 0,
               .after = 0});
}

StateArcs LookAheadGraph::Arcs(StateId state) {
  const auto index = static_cast<size_t>(state);
  if (arcs_[index].begin == nullptr) Expand(state);
  return arcs_[index];
}

float LookAheadGraph::Final(StateId id) {
  const State& state = states_[static_cast<size_t>(id)];
  if (state.pushed != 0) return kInfinity;
  return parts_.lexicon.Final(state.lexicon) - state.paid + parts_.words.Final(state.words);
}

void LookAheadGraph::Forget() {
  if (states_.size() < kMaxKeptStates) return;
  states_.clear();
  ids_.clear();
  arcs_.clear();
  memory_.clear();
}

void LookAheadGraph::Add(const Arc& lexicon_arc, Label word, float weight, const State& next) {
  const bool nothing = std::binary_search(parts_.disambiguation.begin(),
                                          parts_.disambiguation.end(), lexicon_arc.input);
  made_.push_back({.input = nothing ? 0 : lexicon_arc.input,
                   .output = word,
                   .weight = lexicon_arc.weight + weight,
                   .next = IdOf(next)});
}

void LookAheadGraph::Expand(StateId id) {
  const State state = states_[static_cast<size_t>(id)];
  const std::span<const Arc> arcs = parts_.lexicon.ArcsOf(state.lexicon);
  made_.clear();
  if (state.pushed != 0) {
    ExpandPushed(state, arcs);
  } else {
    const std::span<const Arc> word_arcs = parts_.words.ArcsOf(state.words);
    const size_t backoffs = WithInput(word_arcs, 0).size();
    const bool only_backoffs =
        backoffs == word_arcs.size() && parts_.words.Final(state.words) == kInfinity;
    State behind = state;
    behind.after = backoffs == 0 ? 0 : 1;
    if (!only_backoffs) {
      for (const Arc& arc : WithOutput(arcs, 0)) ExpandEpsilon(behind, arc);
    }
    ExpandWords(state, arcs);
  }
  std::stable_partition(made_.begin(), made_.end(), [](const Arc& arc) { return arc.input == 0; });
  StateArcs& to = arcs_[static_cast<size_t>(id)];
  to = {.begin = kNoArcs,
        .num_epsilons = static_cast<uint32_t>(std::count_if(
            made_.begin(), made_.end(), [](const Arc& arc) { return arc.input == 0; })),
        .num_arcs = static_cast<uint32_t>(made_.size())};
  if (made_.empty()) return;
  if (memory_.empty() || memory_.back().size() + made_.size() > memory_.back().capacity()) {
    memory_.emplace_back();
    memory_.back().reserve(std::max(kBlockArcs, made_.size()));
  }
  std::vector<Arc>& block = memory_.back();
  to.begin = block.data() + block.size();
  block.insert(block.end(), made_.begin(), made_.end());
}

// The word is written; only paths of the lexicon that lead to it go on.
void LookAheadGraph::ExpandPushed(const State& state, std::span<const Arc> arcs) {
  for (const Arc& arc : WithOutput(arcs, 0)) {
    if (arcs.size() > 1 && !look_ahead_.Reaches(arc.next, state.pushed)) continue;
    State next = state;
    next.lexicon = arc.next;
    Add(arc, 0, 0, next);
  }
  for (const Arc& arc : WithOutput(arcs, state.pushed)) {
    Add(arc, 0, 0, {.lexicon = arc.next, .words = state.words, .pushed = 0, .paid = 0, .after = 0});
  }
}

// The lexicon goes on by an arc that writes nothing. `state`: with `after` as it will be.
void LookAheadGraph::ExpandEpsilon(const State& state, const Arc& arc) {
  const LookAhead::Result ahead = look_ahead_.At(arc.next, state.words);
  if (!ahead.reaches || ahead.weight == kInfinity) return;
  State next = state;
  next.lexicon = arc.next;
  next.paid = Rounded(ahead.weight);
  float weight = ahead.weight - state.paid;
  if (ahead.only == nullptr) return Add(arc, 0, weight, next);
  weight += ahead.only->weight;
  next.words = ahead.only->next;
  next.pushed = ahead.only->input;
  Add(arc, ahead.only->output, weight, next);
}

void LookAheadGraph::ExpandWords(const State& state, std::span<const Arc> arcs) {
  const std::span<const Arc> word_arcs = parts_.words.ArcsOf(state.words);
  if (state.after == 0) {
    for (const Arc& word : WithInput(word_arcs, 0)) {
      Add({.input = 0, .output = 0, .weight = 0, .next = state.lexicon}, word.output,
          word.weight - state.paid,
          {.lexicon = state.lexicon, .words = word.next, .pushed = 0, .paid = 0, .after = 0});
    }
  }
  const auto match = [&](const Arc& arc, const Arc& word) {
    Add(arc, word.output, word.weight - state.paid,
        {.lexicon = arc.next, .words = word.next, .pushed = 0, .paid = 0, .after = 0});
  };
  // Search on the side where there is more to search in.
  if (arcs.size() <= word_arcs.size()) {
    for (const Arc& arc : arcs) {
      if (arc.output == 0) continue;
      for (const Arc& word : WithInput(word_arcs, arc.output)) match(arc, word);
    }
    return;
  }
  for (const Arc& word : word_arcs) {
    if (word.input == 0) continue;
    for (const Arc& arc : WithOutput(arcs, word.input)) match(arc, word);
  }
}

}  // namespace ironscribe::decoding::wfst
