// A state of the result is a set of states of the lattice that the same words lead to, each with
// what it costs more than the cheapest of them and with the transitions that paths to it have
// beyond those that all have.
#include "decoding/wfst/determinize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <unordered_map>

#include "decoding/wfst/transition_sequences.h"

namespace ironscribe::decoding::wfst {
namespace {

struct Cost {
  float graph = 0;
  float acoustic = 0;

  float total() const { return graph + acoustic; }
  Cost operator+(const Cost& other) const {
    return {graph + other.graph, acoustic + other.acoustic};
  }
  Cost operator-(const Cost& other) const {
    return {graph - other.graph, acoustic - other.acoustic};
  }
  // Kaldi's order of lattice weights.
  bool operator<(const Cost& other) const {
    if (total() != other.total()) return total() < other.total();
    return graph - acoustic < other.graph - other.acoustic;
  }
};

struct Element {
  int32_t state = 0;
  int32_t sequence = TransitionSequences::kEmpty;
  Cost cost;
};
using Subset = std::vector<Element>;  // Sorted by state; each state once.

constexpr float kSameCost = 1.0f / 1024.0f;  // OpenFst's kDelta, which Kaldi's determinizer uses.

size_t HashOf(const Subset& subset) {
  uint64_t hash = subset.size();
  for (const Element& element : subset) {
    hash ^= static_cast<uint64_t>(static_cast<uint32_t>(element.state)) << 32 |
            static_cast<uint32_t>(element.sequence);
    hash *= 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
  }
  return hash;
}

// Subsets are one if their states and sequences are and their costs nearly.
bool Same(const Subset& a, const Subset& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Element& x, const Element& y) {
    return x.state == y.state && x.sequence == y.sequence &&
           std::abs(x.cost.total() - y.cost.total()) <= kSameCost;
  });
}

class Determinizer {
 public:
  // Requires: states in topological order.
  Determinizer(const Lattice& lattice, const DeterminizeOptions& options)
      : lattice_(lattice), options_(options) {}

  void Run();
  WordLattice Words() const;
  // With a state for each transition; labels from `first_phone` on are left out.
  Lattice Expanded(Label first_phone) const;

 private:
  struct Task {
    int32_t state;
    Label label;
    double best;  // Of a path through it.
    Subset subset;
  };
  struct Step {
    Label label = 0;
    int32_t next = 0;
    int32_t sequence = TransitionSequences::kEmpty;
    Cost cost;
  };
  struct State {
    Subset subset;
    double forward = 0;  // Least cost from the start.
    std::vector<Step> steps;
    bool is_final = false;
    Step final;
  };
  struct Worse {
    const std::vector<Task>* tasks;
    bool operator()(size_t a, size_t b) const { return (*tasks)[a].best > (*tasks)[b].best; }
  };

  void ComputeRemaining();
  bool Better(const Element& a, const Element& b) const;
  void Close(Subset* subset);
  void KeepSpeaking(Subset* subset) const;
  Element Normalize(Subset* subset);
  int32_t StateOf(Subset subset, double forward);
  int32_t AddState(Subset subset, double forward);
  void FindFinal(State* state);
  void QueueTasks(int32_t state);
  void Process(Task task);

  const Lattice& lattice_;
  const DeterminizeOptions& options_;
  TransitionSequences sequences_;
  std::vector<double> remaining_;  // Least cost from a state to an end.
  std::vector<uint8_t> speaks_;    // By state: is final or has an arc with a word.
  double cutoff_ = 0;
  std::vector<State> states_;
  std::unordered_multimap<size_t, int32_t> ids_;
  std::vector<Task> tasks_;
  std::priority_queue<size_t, std::vector<size_t>, Worse> queue_{Worse{&tasks_}};
  // Of Close: where the element of a state is, -1: none.
  std::vector<int32_t> places_;
};

void Determinizer::ComputeRemaining() {
  remaining_.assign(lattice_.num_states(), std::numeric_limits<double>::infinity());
  speaks_.assign(lattice_.num_states(), 0);
  for (size_t state = lattice_.num_states(); state-- > 0;) {
    double best = lattice_.final_costs[state];
    speaks_[state] = lattice_.final_costs[state] != kInfinity;
    for (const LatticeArc& arc : lattice_.arcs[state]) {
      best = std::min(best, static_cast<double>(arc.graph_cost) + arc.acoustic_cost +
                                remaining_[static_cast<size_t>(arc.next)]);
      if (arc.word != 0) speaks_[state] = 1;
    }
    remaining_[state] = best;
  }
}

bool Determinizer::Better(const Element& a, const Element& b) const {
  if (a.cost < b.cost) return true;
  return !(b.cost < a.cost) && a.sequence != b.sequence &&
         sequences_.Before(a.sequence, b.sequence);
}

// Adds everything that is reached without a word. States are taken in topological order, so that
// each is done when it is taken.
void Determinizer::Close(Subset* subset) {
  Subset all = std::move(*subset);
  std::priority_queue<int32_t, std::vector<int32_t>, std::greater<>> open;
  for (size_t i = 0; i < all.size(); ++i) {
    places_[static_cast<size_t>(all[i].state)] = static_cast<int32_t>(i);
    open.push(all[i].state);
  }
  while (!open.empty()) {
    const int32_t state = open.top();
    open.pop();
    const Element from = all[static_cast<size_t>(places_[static_cast<size_t>(state)])];
    for (const LatticeArc& arc : lattice_.arcs[static_cast<size_t>(state)]) {
      if (arc.word != 0) continue;
      const Element element{.state = arc.next,
                            .sequence = sequences_.Append(from.sequence, arc.transition),
                            .cost = from.cost + Cost{arc.graph_cost, arc.acoustic_cost}};
      int32_t& place = places_[static_cast<size_t>(arc.next)];
      if (place < 0) {
        place = static_cast<int32_t>(all.size());
        all.push_back(element);
        open.push(arc.next);
      } else if (Better(element, all[static_cast<size_t>(place)])) {
        all[static_cast<size_t>(place)] = element;
      }
    }
  }
  for (const Element& element : all) places_[static_cast<size_t>(element.state)] = -1;
  std::sort(all.begin(), all.end(),
            [](const Element& a, const Element& b) { return a.state < b.state; });
  *subset = std::move(all);
}

// States without words and end are only ways to others.
void Determinizer::KeepSpeaking(Subset* subset) const {
  std::erase_if(*subset, [this](const Element& element) {
    return speaks_[static_cast<size_t>(element.state)] == 0;
  });
}

// Takes out what all share and returns it.
Element Determinizer::Normalize(Subset* subset) {
  Element shared;
  if (subset->empty()) return shared;
  shared = subset->front();
  for (const Element& element : *subset) {
    if (element.cost < shared.cost) shared.cost = element.cost;
    shared.sequence = sequences_.CommonPrefix(shared.sequence, element.sequence);
  }
  for (Element& element : *subset) {
    element.cost = element.cost - shared.cost;
    if (shared.sequence == TransitionSequences::kEmpty) continue;
    element.sequence = sequences_.AppendAll(TransitionSequences::kEmpty,
                                            sequences_.Behind(element.sequence, shared.sequence));
  }
  return shared;
}

int32_t Determinizer::AddState(Subset subset, double forward) {
  const auto id = static_cast<int32_t>(states_.size());
  ids_.emplace(HashOf(subset), id);
  states_.push_back({.subset = std::move(subset), .forward = forward, .steps = {}, .final = {}});
  FindFinal(&states_.back());
  QueueTasks(id);
  return id;
}

int32_t Determinizer::StateOf(Subset subset, double forward) {
  const auto [begin, end] = ids_.equal_range(HashOf(subset));
  for (auto at = begin; at != end; ++at) {
    if (Same(states_[static_cast<size_t>(at->second)].subset, subset)) return at->second;
  }
  return AddState(std::move(subset), forward);
}

void Determinizer::FindFinal(State* state) {
  Element best;
  for (const Element& element : state->subset) {
    const float final_cost = lattice_.final_costs[static_cast<size_t>(element.state)];
    if (final_cost == kInfinity) continue;
    Element ending = element;
    ending.cost = element.cost + Cost{final_cost, 0};
    if (state->is_final && !Better(ending, best)) continue;
    best = ending;
    state->is_final = true;
  }
  if (static_cast<double>(best.cost.graph) + best.cost.acoustic + state->forward > cutoff_) {
    state->is_final = false;
  }
  state->final = {.sequence = best.sequence, .cost = best.cost};
}

// One task for each word that leaves the state.
void Determinizer::QueueTasks(int32_t id) {
  std::vector<std::pair<Label, Element>> all;
  for (const Element& element : states_[static_cast<size_t>(id)].subset) {
    for (const LatticeArc& arc : lattice_.arcs[static_cast<size_t>(element.state)]) {
      if (arc.word == 0) continue;
      all.push_back({arc.word,
                     {.state = arc.next,
                      .sequence = sequences_.Append(element.sequence, arc.transition),
                      .cost = element.cost + Cost{arc.graph_cost, arc.acoustic_cost}}});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second.state < b.second.state;
  });
  for (size_t begin = 0; begin < all.size();) {
    Task task{.state = id,
              .label = all[begin].first,
              .best = std::numeric_limits<double>::infinity(),
              .subset = {}};
    for (; begin < all.size() && all[begin].first == task.label; ++begin) {
      const Element& element = all[begin].second;
      task.best =
          std::min(task.best, static_cast<double>(element.cost.graph) + element.cost.acoustic +
                                  remaining_[static_cast<size_t>(element.state)]);
      if (task.subset.empty() || task.subset.back().state != element.state) {
        task.subset.push_back(element);
      } else if (Better(element, task.subset.back())) {
        task.subset.back() = element;
      }
    }
    task.best += states_[static_cast<size_t>(id)].forward;
    if (!(task.best <= cutoff_)) continue;
    tasks_.push_back(std::move(task));
    queue_.push(tasks_.size() - 1);
  }
}

void Determinizer::Process(Task task) {
  // The costs are taken out twice, as Kaldi does: the second time they are those of the states that
  // stay, and rounding is part of the result.
  const Element before = Normalize(&task.subset);
  Close(&task.subset);
  KeepSpeaking(&task.subset);
  if (task.subset.empty()) return;
  const Element behind = Normalize(&task.subset);
  const double forward = states_[static_cast<size_t>(task.state)].forward + before.cost.graph +
                         before.cost.acoustic + behind.cost.graph + behind.cost.acoustic;
  const int32_t next = StateOf(std::move(task.subset), forward);
  states_[static_cast<size_t>(task.state)].steps.push_back(
      {.label = task.label,
       .next = next,
       .sequence = sequences_.AppendAll(
           before.sequence, sequences_.Behind(behind.sequence, TransitionSequences::kEmpty)),
       .cost = before.cost + behind.cost});
}

void Determinizer::Run() {
  if (lattice_.empty()) return;
  ComputeRemaining();
  if (remaining_[0] == std::numeric_limits<double>::infinity()) return;
  cutoff_ = remaining_[0] + options_.beam;
  places_.assign(lattice_.num_states(), -1);
  Subset start = {{}};
  Close(&start);
  KeepSpeaking(&start);
  if (start.empty()) return;
  // What the start shares stays in it: there is no arc to carry it.
  AddState(std::move(start), 0);
  while (!queue_.empty() && states_.size() < options_.max_states) {
    const size_t next = queue_.top();
    queue_.pop();
    Process(std::move(tasks_[next]));
  }
}

WordLattice Determinizer::Words() const {
  const auto arc_of = [this](const Step& step) {
    return WordArc{.word = step.label,
                   .graph_cost = step.cost.graph,
                   .acoustic_cost = step.cost.acoustic,
                   .transitions = sequences_.Behind(step.sequence, TransitionSequences::kEmpty),
                   .next = step.next};
  };
  WordLattice result;
  for (const State& state : states_) {
    WordLattice::State& to = result.states.emplace_back();
    to.is_final = state.is_final;
    if (state.is_final) to.final = arc_of(state.final);
    for (const Step& step : state.steps) to.arcs.push_back(arc_of(step));
  }
  return SortStates(result);
}

Lattice Determinizer::Expanded(Label first_phone) const {
  Lattice result;
  for (size_t i = 0; i < states_.size(); ++i) result.AddState();
  const auto add = [&](size_t from, const Step& step, int32_t to) {
    const auto transitions = sequences_.Behind(step.sequence, TransitionSequences::kEmpty);
    for (size_t i = 0; i == 0 || i < transitions.size(); ++i) {
      const bool last = i + 1 >= transitions.size();
      const int32_t next = last ? to : result.AddState();
      result.arcs[from].push_back({.transition = transitions.empty() ? 0 : transitions[i],
                                   .word = i == 0 && step.label < first_phone ? step.label : 0,
                                   .graph_cost = i == 0 ? step.cost.graph : 0,
                                   .acoustic_cost = i == 0 ? step.cost.acoustic : 0,
                                   .next = next});
      from = static_cast<size_t>(next);
    }
  };
  for (size_t i = 0; i < states_.size(); ++i) {
    for (const Step& step : states_[i].steps) add(i, step, step.next);
    if (!states_[i].is_final) continue;
    const int32_t end = result.AddState();
    add(i, states_[i].final, end);
    result.final_costs[static_cast<size_t>(end)] = 0;
  }
  return SortStates(result);
}

// Phones become words, each where it begins; they do not where the start is left.
Lattice WithPhones(const Lattice& lattice, std::span<const int32_t> phone_begins,
                   Label first_phone) {
  Lattice result = lattice;
  for (size_t state = 1; state < lattice.num_states(); ++state) {
    for (size_t i = 0; i < lattice.arcs[state].size(); ++i) {
      const LatticeArc& arc = lattice.arcs[state][i];
      const auto transition = static_cast<size_t>(arc.transition);
      const int32_t phone = transition < phone_begins.size() ? phone_begins[transition] : 0;
      if (phone == 0) continue;
      if (arc.word == 0) {
        result.arcs[state][i].word = first_phone + phone;
        continue;
      }
      const int32_t between = result.AddState();
      result.arcs[static_cast<size_t>(between)].push_back(
          {.word = first_phone + phone, .next = arc.next});
      result.arcs[state][i].next = between;
    }
  }
  return SortStates(result);
}

}  // namespace

WordLattice Determinize(const Lattice& lattice, const DeterminizeOptions& options) {
  Lattice input = SortStates(lattice);
  if (!options.phone_begins.empty()) {
    Label first_phone = 0;
    for (const auto& arcs : input.arcs) {
      for (const LatticeArc& arc : arcs) first_phone = std::max(first_phone, arc.word);
    }
    ++first_phone;
    const Lattice with_phones = WithPhones(input, options.phone_begins, first_phone);
    Determinizer first(with_phones, options);
    first.Run();
    input = first.Expanded(first_phone);
  }
  Determinizer determinizer(input, options);
  determinizer.Run();
  return determinizer.Words();
}

}  // namespace ironscribe::decoding::wfst
