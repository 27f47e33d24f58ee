// Zhehuai Chen, Daniel Povey: kaldi/src/decoder/lattice-incremental-decoder.h describes the method.
#include "decoding/wfst/incremental_lattice.h"

#include <algorithm>

namespace ironscribe::decoding::wfst {
namespace {

// States and tokens pass through determinisation as words with these numbers; vocabularies are
// smaller.
constexpr Label kStateLabel = 100'000'000;
constexpr Label kTokenLabel = 200'000'000;

bool IsStateLabel(Label label) { return label >= kStateLabel && label < kTokenLabel; }

float CostOf(const WordArc& arc) { return arc.graph_cost + arc.acoustic_cost; }

// `first` and then `second`, with the word of `first`.
WordArc Joined(const WordArc& first, const WordArc& second) {
  WordArc joined = first;
  joined.graph_cost += second.graph_cost;
  joined.acoustic_cost += second.acoustic_cost;
  joined.transitions.insert(joined.transitions.end(), second.transitions.begin(),
                            second.transitions.end());
  return joined;
}

// Kaldi's order of lattice weights.
bool IsBetter(const WordArc& a, const WordArc& b) {
  if (CostOf(a) != CostOf(b)) return CostOf(a) < CostOf(b);
  return a.graph_cost - a.acoustic_cost < b.graph_cost - b.acoustic_cost;
}

}  // namespace

struct IncrementalLattice::Raw {
  Lattice lattice;
  std::unordered_map<Label, int32_t> state_of_token;  // At the piece's begin.
  std::unordered_map<Label, float> end_costs;         // At its end, by label.

  void AddPath(int32_t from, const WordArc& arc, Label word, int32_t to);
};

void IncrementalLattice::Raw::AddPath(int32_t from, const WordArc& arc, Label word, int32_t to) {
  const size_t count = std::max<size_t>(1, arc.transitions.size());
  for (size_t i = 0; i < count; ++i) {
    const int32_t next = i + 1 == count ? to : lattice.AddState();
    lattice.arcs[static_cast<size_t>(from)].push_back(
        {.transition = arc.transitions.empty() ? 0 : arc.transitions[i],
         .word = i == 0 ? word : 0,
         .graph_cost = i == 0 ? arc.graph_cost : 0,
         .acoustic_cost = i == 0 ? arc.acoustic_cost : 0,
         .next = next});
    from = next;
  }
}

void IncrementalLattice::Start() {
  states_.clear();
  open_arcs_.clear();
  open_states_.clear();
  token_labels_.clear();
  frames_done_ = 0;
  next_token_label_ = kTokenLabel;
}

void IncrementalLattice::Update(LatticeSearch& search) {
  if (search.num_frames() - frames_done_ < pieces_.max_delay_frames) return;
  TakePiece(search, search.FewestTokensFrame(frames_done_ + pieces_.min_piece_frames));
}

WordLattice IncrementalLattice::Finish(LatticeSearch& search) {
  if (search.num_frames() > frames_done_) TakePiece(search, search.num_frames());
  std::unordered_map<Label, float> costs;
  for (const auto& [token, cost] : search.FinalCosts()) {
    const auto found = token_labels_.find(token);
    if (found != token_labels_.end()) costs[found->second] = cost;
  }
  SetFinals(costs.empty() ? nullptr : &costs);
  WordLattice whole;
  for (State& state : states_) {
    whole.states.push_back({.arcs = std::move(state.arcs),
                            .is_final = state.is_final,
                            .final = std::move(state.final)});
  }
  Start();
  return SortStates(whole);
}

void IncrementalLattice::TakePiece(LatticeSearch& search, int64_t end) {
  if (frames_done_ > 0 && states_.empty()) {  // No path was left; none will come.
    frames_done_ = end;
    return;
  }
  // The start cannot be open, as nothing leads to it; then all is done again.
  if (!states_.empty() && states_[0].is_final) {
    const Label next = next_token_label_;
    Start();
    next_token_label_ = next;
  }
  Raw raw;
  if (frames_done_ > 0) AddOpenStates(&raw);
  AddTokens(search, end, &raw);
  Append(Determinize(raw.lattice, options_), raw);
  frames_done_ = end;
  SetFinals(nullptr);
}

// The open states with their arcs, which are taken from them, behind a start that leads to each.
void IncrementalLattice::AddOpenStates(Raw* raw) {
  Lattice& lattice = raw->lattice;
  const int32_t start = lattice.AddState();
  std::unordered_map<int32_t, int32_t> raw_of;
  for (const int32_t state : open_states_) raw_of[state] = lattice.AddState();
  for (const int32_t id : open_states_) {
    State& state = states_[static_cast<size_t>(id)];
    for (const WordArc& arc : state.arcs) {
      raw->AddPath(raw_of[id], arc, arc.word, raw_of.at(arc.next));
    }
    state.arcs.clear();
    state.is_final = false;
    // What it costs to get there guides the pruning; Redirect takes it off again.
    lattice.arcs[static_cast<size_t>(start)].push_back(
        {.word = kStateLabel + id, .graph_cost = state.forward, .next = raw_of[id]});
  }
  for (const OpenArc& open : open_arcs_) {
    if (!raw_of.contains(open.from)) continue;
    const auto [found, is_new] = raw->state_of_token.try_emplace(open.token_label, 0);
    if (is_new) found->second = lattice.AddState();
    raw->AddPath(raw_of[open.from], open.arc, 0, found->second);
  }
}

void IncrementalLattice::AddTokens(const LatticeSearch& search, int64_t end, Raw* raw) {
  const LatticeSearch::Piece piece = search.PieceBetween(frames_done_, end);
  Lattice& lattice = raw->lattice;
  std::vector<int32_t> raw_of;
  for (size_t i = 0; i < piece.lattice.num_states(); ++i) {
    const auto label = frames_done_ > 0 && i < piece.num_first ? token_labels_.find(piece.tokens[i])
                                                               : token_labels_.end();
    const auto known = label != token_labels_.end() ? raw->state_of_token.find(label->second)
                                                    : raw->state_of_token.end();
    raw_of.push_back(known != raw->state_of_token.end() ? known->second : lattice.AddState());
  }
  token_labels_.clear();
  for (size_t i = 0; i < piece.lattice.num_states(); ++i) {
    auto& arcs = lattice.arcs[static_cast<size_t>(raw_of[i])];
    for (LatticeArc arc : piece.lattice.arcs[i]) {
      arc.next = raw_of[static_cast<size_t>(arc.next)];
      arcs.push_back(arc);
    }
    const float end_cost = piece.lattice.final_costs[i];
    if (end_cost == kInfinity) continue;
    const Label label = next_token_label_++;
    token_labels_[piece.tokens[i]] = label;
    raw->end_costs[label] = end_cost;
    const int32_t behind = lattice.AddState();
    lattice.arcs[static_cast<size_t>(raw_of[i])].push_back({.word = label, .next = behind});
    lattice.final_costs[static_cast<size_t>(behind)] = end_cost;
  }
}

void IncrementalLattice::AddArc(int32_t from, WordArc arc) {
  State& state = states_[static_cast<size_t>(from)];
  const float forward = state.forward + CostOf(arc);
  if (forward == kInfinity) return;
  State& next = states_[static_cast<size_t>(arc.next)];
  next.arcs_in.emplace_back(from, state.arcs.size());
  next.forward = std::min(next.forward, forward);
  state.arcs.push_back(std::move(arc));
}

// All arcs into `state` lead to `to` from now on, with what the new piece adds to them.
void IncrementalLattice::Redirect(int32_t state, int32_t to, const WordArc& extra) {
  State& from = states_[static_cast<size_t>(state)];
  from.forward = kInfinity;
  const auto arcs_in = std::move(from.arcs_in);
  from.arcs_in.clear();
  for (const auto& [source_id, index] : arcs_in) {
    State& source = states_[static_cast<size_t>(source_id)];
    // Those from open states went into the piece and come back with it.
    if (index >= source.arcs.size() || source.arcs[index].next != state) continue;
    WordArc& arc = source.arcs[index];
    arc = Joined(arc, extra);
    arc.next = to;
    State& target = states_[static_cast<size_t>(to)];
    target.forward = std::min(target.forward, source.forward + CostOf(arc));
    target.arcs_in.emplace_back(source_id, index);
  }
}

// Which states of ours those of the piece are that its start leads to. Returns false for a first
// piece, whose start is the lattice's.
bool IncrementalLattice::MapOpenStates(const WordLattice& piece, std::vector<int32_t>* state_of) {
  for (const WordArc& arc : piece.states[0].arcs) {
    if (!IsStateLabel(arc.word)) return false;
    const int32_t state = arc.word - kStateLabel;
    int32_t& mapped = (*state_of)[static_cast<size_t>(arc.next)];
    // Two may have become one: the first stands for both.
    if (mapped < 0) mapped = state;
    WordArc extra = arc;
    extra.graph_cost -= states_[static_cast<size_t>(state)].forward;
    Redirect(state, mapped, extra);
  }
  return true;
}

void IncrementalLattice::Append(const WordLattice& piece, const Raw& raw) {
  open_arcs_.clear();
  if (piece.states.empty()) {
    states_.clear();
    open_states_.clear();
    return;
  }
  std::vector<bool> is_token(piece.states.size());
  for (const WordLattice::State& state : piece.states) {
    for (const WordArc& arc : state.arcs) {
      if (arc.word >= kTokenLabel) is_token[static_cast<size_t>(arc.next)] = true;
    }
  }
  std::vector<int32_t> state_of(piece.states.size(), -1);
  const size_t first = MapOpenStates(piece, &state_of) && frames_done_ > 0 ? 1 : 0;
  for (size_t i = first; i < piece.states.size(); ++i) {
    if (is_token[i] || state_of[i] >= 0) continue;
    state_of[i] = static_cast<int32_t>(states_.size());
    states_.emplace_back();
  }
  if (first == 0) states_[static_cast<size_t>(state_of[0])].forward = 0;
  for (size_t i = first; i < piece.states.size(); ++i) {
    if (state_of[i] < 0) continue;
    for (const WordArc& from : piece.states[i].arcs) {
      WordArc arc = from;
      const auto next = static_cast<size_t>(arc.next);
      if (!is_token[next]) {
        arc.next = state_of[next];
        AddArc(state_of[i], std::move(arc));
        continue;
      }
      arc = Joined(arc, piece.states[next].final);
      arc.graph_cost -= raw.end_costs.at(arc.word);
      open_arcs_.push_back({.from = state_of[i], .token_label = arc.word, .arc = std::move(arc)});
    }
  }
  FindOpenStates();
}

// Those with an open arc and all that they lead to.
void IncrementalLattice::FindOpenStates() {
  for (const int32_t state : open_states_) states_[static_cast<size_t>(state)].is_open = false;
  open_states_.clear();
  const auto open = [this](int32_t id) {
    State& state = states_[static_cast<size_t>(id)];
    if (state.is_open) return;
    state.is_open = true;
    open_states_.push_back(id);
  };
  for (const OpenArc& arc : open_arcs_) {
    if (states_[static_cast<size_t>(arc.from)].forward != kInfinity) open(arc.from);
  }
  for (size_t i = 0; i < open_states_.size(); ++i) {
    for (const WordArc& arc : states_[static_cast<size_t>(open_states_[i])].arcs) open(arc.next);
  }
}

void IncrementalLattice::SetFinals(const std::unordered_map<Label, float>* costs) {
  for (const OpenArc& open : open_arcs_) {
    states_[static_cast<size_t>(open.from)].is_final = false;
  }
  for (const OpenArc& open : open_arcs_) {
    WordArc final = open.arc;
    final.word = 0;
    if (costs != nullptr) {
      const auto found = costs->find(open.token_label);
      if (found == costs->end()) continue;
      final.graph_cost += found->second;
    }
    State& state = states_[static_cast<size_t>(open.from)];
    if (state.is_final && !IsBetter(final, state.final)) continue;
    state.is_final = true;
    state.final = std::move(final);
  }
}

}  // namespace ironscribe::decoding::wfst
