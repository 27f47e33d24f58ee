#include "decoding/wfst/word_alignment.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace ironscribe::decoding::wfst {
namespace {

// What has been read and not been written yet.
struct Pending {
  std::vector<int32_t> transitions;
  std::vector<Label> words;
  float graph_cost = 0;
  float acoustic_cost = 0;

  bool empty() const { return transitions.empty() && words.empty(); }
  auto Key() const { return std::tie(transitions, words, graph_cost, acoustic_cost); }
  bool operator<(const Pending& other) const { return Key() < other.Key(); }
};

class Aligner {
 public:
  Aligner(const WordLattice& lattice, std::span<const TransitionPlace> places)
      : lattice_(lattice), places_(places) {}

  WordLattice Run(size_t max_states);

 private:
  using Place = std::pair<int32_t, Pending>;  // State of the input; its number of states: the end.

  const TransitionPlace& At(int32_t transition) const {
    static constexpr TransitionPlace kUnknown;
    const auto index = static_cast<size_t>(transition);
    return index < places_.size() ? places_[index] : kUnknown;
  }
  size_t EndOfPhone(const std::vector<int32_t>& transitions, size_t begin) const;
  size_t EndOfWord(const Pending& pending) const;
  bool WriteWhole(Pending* pending, WordArc* arc) const;
  void WriteRest(Pending* pending, WordArc* arc) const;
  WordArc Take(Pending* pending, size_t num_transitions, Label word) const;
  int32_t StateOf(const Place& place);
  void Expand(const Place& place, int32_t state);
  void Advance(const Place& place, const WordArc& by, int32_t next_state, int32_t state);
  WordLattice WithoutEmptySteps() const;

  const WordLattice& lattice_;
  std::span<const TransitionPlace> places_;
  std::map<Place, int32_t> ids_;
  std::vector<Place> queue_;
  WordLattice result_;
  std::vector<std::vector<int32_t>> steps_;  // By state: states reached without writing.
};

// One behind the phone that starts at `begin` with its self-loops, or 0 where it may go on.
size_t Aligner::EndOfPhone(const std::vector<int32_t>& transitions, size_t begin) const {
  size_t i = begin;
  while (i < transitions.size() && !At(transitions[i]).final) ++i;
  if (i == transitions.size()) return 0;
  ++i;
  while (i < transitions.size() && At(transitions[i]).self_loop) ++i;
  return i == transitions.size() ? 0 : i;
}

size_t Aligner::EndOfWord(const Pending& pending) const {
  size_t i = EndOfPhone(pending.transitions, 0);
  if (i == 0) return 0;
  while (i < pending.transitions.size() && At(pending.transitions[i]).place != PhonePlace::kEnd) {
    ++i;
  }
  if (i == pending.transitions.size()) return 0;
  return EndOfPhone(pending.transitions, i);
}

WordArc Aligner::Take(Pending* pending, size_t num_transitions, Label word) const {
  const auto end = pending->transitions.begin() + static_cast<int64_t>(num_transitions);
  WordArc arc{.word = word,
              .graph_cost = pending->graph_cost,
              .acoustic_cost = pending->acoustic_cost,
              .transitions = {pending->transitions.begin(), end},
              .next = 0};
  pending->transitions.erase(pending->transitions.begin(), end);
  pending->graph_cost = pending->acoustic_cost = 0;
  return arc;
}

bool Aligner::WriteWhole(Pending* pending, WordArc* arc) const {
  if (pending->transitions.empty()) return false;
  const PhonePlace first = At(pending->transitions[0]).place;
  size_t end = 0;
  const bool is_word = first == PhonePlace::kBegin || first == PhonePlace::kSingleton;
  if (is_word && pending->words.empty()) return false;
  if (first == PhonePlace::kNonWord || first == PhonePlace::kSingleton) {
    end = EndOfPhone(pending->transitions, 0);
  } else if (first == PhonePlace::kBegin) {
    end = EndOfWord(*pending);
  }
  if (end == 0) return false;
  *arc = Take(pending, end, is_word ? pending->words[0] : 0);
  if (is_word) pending->words.erase(pending->words.begin());
  return true;
}

// At the end of the lattice, where words may be incomplete.
void Aligner::WriteRest(Pending* pending, WordArc* arc) const {
  if (pending->transitions.empty()) {  // Words that nothing was heard of.
    *arc = Take(pending, 0, 0);
    pending->words.clear();
    return;
  }
  const Label word = pending->words.empty() ? 0 : pending->words[0];
  *arc = Take(pending, pending->transitions.size(), word);
  if (!pending->words.empty()) pending->words.erase(pending->words.begin());
}

int32_t Aligner::StateOf(const Place& place) {
  const auto [found, is_new] = ids_.try_emplace(place, static_cast<int32_t>(result_.states.size()));
  if (is_new) {
    result_.states.emplace_back();
    steps_.emplace_back();
    queue_.push_back(place);
  }
  return found->second;
}

void Aligner::Advance(const Place& place, const WordArc& by, int32_t next_state, int32_t state) {
  Place next = place;
  next.first = next_state;
  next.second.graph_cost += by.graph_cost;
  next.second.acoustic_cost += by.acoustic_cost;
  next.second.transitions.insert(next.second.transitions.end(), by.transitions.begin(),
                                 by.transitions.end());
  if (by.word != 0) next.second.words.push_back(by.word);
  const int32_t to = StateOf(next);
  steps_[static_cast<size_t>(state)].push_back(to);
}

void Aligner::Expand(const Place& place, int32_t state) {
  const auto end = static_cast<int32_t>(lattice_.states.size());
  Place next = place;
  WordArc arc;
  const bool at_end = place.first == end;
  if (WriteWhole(&next.second, &arc) || (at_end && !place.second.empty())) {
    if (next.second.transitions == place.second.transitions) WriteRest(&next.second, &arc);
    arc.next = StateOf(next);
    result_.states[static_cast<size_t>(state)].arcs.push_back(std::move(arc));
    return;
  }
  if (at_end) {
    WordLattice::State& final = result_.states[static_cast<size_t>(state)];
    final.is_final = true;
    final.final.graph_cost = place.second.graph_cost;
    final.final.acoustic_cost = place.second.acoustic_cost;
    return;
  }
  const WordLattice::State& from = lattice_.states[static_cast<size_t>(place.first)];
  for (const WordArc& by : from.arcs) Advance(place, by, by.next, state);
  if (from.is_final) Advance(place, from.final, end, state);
}

// States that are reached by steps that write nothing give their arcs to where the steps begin.
WordLattice Aligner::WithoutEmptySteps() const {
  WordLattice without;
  without.states.resize(result_.states.size());
  for (size_t state = 0; state < result_.states.size(); ++state) {
    std::vector<int32_t> reached = {static_cast<int32_t>(state)};
    for (size_t i = 0; i < reached.size(); ++i) {
      for (const int32_t next : steps_[static_cast<size_t>(reached[i])]) {
        if (std::find(reached.begin(), reached.end(), next) == reached.end()) {
          reached.push_back(next);
        }
      }
    }
    WordLattice::State& to = without.states[state];
    for (const int32_t from : reached) {
      const WordLattice::State& source = result_.states[static_cast<size_t>(from)];
      to.arcs.insert(to.arcs.end(), source.arcs.begin(), source.arcs.end());
      if (!source.is_final) continue;
      const float old_cost = to.final.graph_cost + to.final.acoustic_cost;
      if (!to.is_final || source.final.graph_cost + source.final.acoustic_cost < old_cost) {
        to.final = source.final;
      }
      to.is_final = true;
    }
  }
  return SortStates(without);
}

WordLattice Aligner::Run(size_t max_states) {
  if (lattice_.states.empty()) return {};
  StateOf({0, {}});
  while (!queue_.empty() && (max_states == 0 || result_.states.size() < max_states)) {
    const Place place = std::move(queue_.back());
    queue_.pop_back();
    Expand(place, ids_.at(place));
  }
  return WithoutEmptySteps();
}

}  // namespace

WordLattice AlignWords(const WordLattice& lattice, std::span<const TransitionPlace> places,
                       size_t max_states) {
  return Aligner(lattice, places).Run(max_states);
}

}  // namespace ironscribe::decoding::wfst
