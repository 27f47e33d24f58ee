#include "decoding/wfst/lattice_search.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace ironscribe::decoding::wfst {
namespace {

// In one frame; searches of real graphs make some ten thousand.
constexpr int kMaxEpsilonVisits = 1 << 22;

constexpr int64_t kMaxStepsPerFrame = 1000;

// A transition that no pdf scores cannot be taken.
float Score(std::span<const float> scores, std::span<const int32_t> pdfs, int32_t transition) {
  const auto index = static_cast<size_t>(transition);
  return index < pdfs.size() ? scores[static_cast<size_t>(pdfs[index])] : -kInfinity;
}

}  // namespace

LatticeSearch::LatticeSearch(Graph& graph, const SearchOptions& options)
    : graph_(graph), options_(options) {}

LatticeSearch::~LatticeSearch() = default;

void LatticeSearch::Clear() {
  for (Frame& frame : frames_) {
    for (Token* token = frame.tokens; token != nullptr;) {
      Token* next = token->next_in_frame;
      FreeLinks(token);
      pool_.Free(token);
      token = next;
    }
  }
  frames_.clear();
  current_.MoveTo(previous_);
  final_costs_.clear();
  finished_ = false;
}

void LatticeSearch::Start() {
  Clear();
  graph_.Forget();
  frames_.emplace_back();
  const StateId start = graph_.Start();
  if (start < 0) return;
  FindOrAdd(start, 0, nullptr, nullptr);
  ProcessEpsilons(options_.beam);
}

void LatticeSearch::Advance(std::span<const float> scores, std::span<const int32_t> pdfs) {
  IRONSCRIBE_CHECK(!frames_.empty() && !finished_);
  if (num_frames() % options_.prune_interval_frames == 0) {
    PruneActive(options_.lattice_beam * options_.prune_scale);
  }
  ProcessEpsilons(ProcessEmitting(scores, pdfs));
}

Token* LatticeSearch::NewToken() {
  Token* token = pool_.NewToken();
  token->serial = next_serial_++;
  token->next_in_frame = frames_.back().tokens;
  frames_.back().tokens = token;
  return token;
}

Token* LatticeSearch::FindOrAdd(StateId state, float cost, Token* from, bool* changed) {
  Token* token = current_.Find(state);
  const bool better = token == nullptr || token->cost > cost;
  if (token == nullptr) {
    token = NewToken();
    current_.Insert(state, token);
  }
  if (better) {
    token->cost = cost;
    token->back = from;
  }
  if (changed != nullptr) *changed = better;
  return token;
}

void LatticeSearch::Link(Token* from, Token* to, const Arc& arc, float acoustic_cost) {
  ForwardLink* link = pool_.NewLink();
  *link = {.next = to,
           .sibling = from->links,
           .transition = arc.input,
           .word = arc.output,
           .graph_cost = arc.weight,
           .acoustic_cost = acoustic_cost};
  from->links = link;
}

void LatticeSearch::FreeLinks(Token* token) {
  for (ForwardLink* link = token->links; link != nullptr;) {
    ForwardLink* next = link->sibling;
    pool_.Free(link);
    link = next;
  }
  token->links = nullptr;
}

LatticeSearch::Cutoff LatticeSearch::FindCutoff() {
  Cutoff cutoff{.cost = kInfinity, .beam = options_.beam, .best = nullptr};
  costs_.clear();
  float best = kInfinity;
  for (const TokenMap::Entry& entry : previous_) {
    costs_.push_back(entry.token->cost);
    if (entry.token->cost < best) {
      best = entry.token->cost;
      cutoff.best = entry.token;
    }
  }
  const auto nth = [this](int n) {
    std::nth_element(costs_.begin(), costs_.begin() + n, costs_.end());
    return costs_[static_cast<size_t>(n)];
  };
  const float by_beam = best + options_.beam;
  const auto count = static_cast<int64_t>(costs_.size());
  if (count > options_.max_active) {
    const float by_count = nth(options_.max_active);
    if (by_count < by_beam) {
      cutoff.beam = by_count - best + options_.beam_delta;
      cutoff.cost = by_count;
      return cutoff;
    }
  }
  cutoff.cost = by_beam;
  if (count > options_.min_active && options_.min_active > 0) {
    const float by_count = nth(options_.min_active);
    if (by_count > by_beam) {
      cutoff.beam = by_count - best + options_.beam_delta;
      cutoff.cost = by_count;
    }
  }
  return cutoff;
}

// What the best token leads to bounds what is worth keeping.
float LatticeSearch::FirstNextCutoff(const Cutoff& cutoff, float offset,
                                     std::span<const float> scores, std::span<const int32_t> pdfs) {
  float next_cutoff = kInfinity;
  for (const TokenMap::Entry& entry : previous_) {
    if (entry.token != cutoff.best) continue;
    for (const Arc& arc : graph_.Arcs(entry.state).emitting()) {
      const float cost = arc.weight + offset - Score(scores, pdfs, arc.input) + entry.token->cost;
      next_cutoff = std::min(next_cutoff, cost + cutoff.beam);
    }
  }
  return next_cutoff;
}

// Returns the cutoff for the epsilons behind.
float LatticeSearch::ProcessEmitting(std::span<const float> scores, std::span<const int32_t> pdfs) {
  current_.MoveTo(previous_);
  const Cutoff cutoff = FindCutoff();
  const float offset = cutoff.best == nullptr ? 0 : -cutoff.best->cost;
  frames_.back().cost_offset = offset;
  frames_.emplace_back();
  float next_cutoff = FirstNextCutoff(cutoff, offset, scores, pdfs);
  for (const TokenMap::Entry& entry : previous_) {
    Token* token = entry.token;
    if (token->cost > cutoff.cost) continue;
    for (const Arc& arc : graph_.Arcs(entry.state).emitting()) {
      const float acoustic = offset - Score(scores, pdfs, arc.input);
      const float cost = token->cost + acoustic + arc.weight;
      if (!(cost < next_cutoff)) continue;
      next_cutoff = std::min(next_cutoff, cost + cutoff.beam);
      const StateId next = graph_.Next(entry.state, arc);
      Link(token, FindOrAdd(next, cost, token, nullptr), arc, acoustic);
    }
  }
  return next_cutoff;
}

void LatticeSearch::ProcessEpsilons(float cutoff) {
  queue_.clear();
  for (const TokenMap::Entry& entry : current_.entries()) {
    if (graph_.MayHaveEpsilons(entry.state)) queue_.push_back(entry.state);
  }
  // A broken graph may have epsilon arcs that lead round at ever lower cost.
  for (int visits = 0; !queue_.empty() && visits < kMaxEpsilonVisits; ++visits) {
    const StateId state = queue_.back();
    queue_.pop_back();
    Token* token = current_.Find(state);
    if (token->cost >= cutoff) continue;
    FreeLinks(token);  // Of an earlier visit at a higher cost.
    for (const Arc& arc : graph_.Arcs(state).epsilons()) {
      const float cost = token->cost + arc.weight;
      if (!(cost < cutoff)) continue;
      bool changed = false;
      const StateId next = graph_.Next(state, arc);
      Link(token, FindOrAdd(next, cost, token, &changed), arc, 0);
      if (changed && graph_.MayHaveEpsilons(next)) queue_.push_back(next);
    }
  }
}

void LatticeSearch::TraceBack(const std::function<bool(const Step&)>& visit) const {
  const Token* best = nullptr;
  for (const Token* token = frames_.back().tokens; token != nullptr; token = token->next_in_frame) {
    if (best == nullptr || token->cost < best->cost) best = token;
  }
  int64_t frame = num_frames() - 1;
  for (const Token* token = best; token != nullptr && token->back != nullptr; token = token->back) {
    const ForwardLink* taken = nullptr;
    for (const ForwardLink* link = token->back->links; link != nullptr; link = link->sibling) {
      if (link->next != token) continue;
      const float cost = link->graph_cost + link->acoustic_cost;
      if (taken == nullptr || cost < taken->graph_cost + taken->acoustic_cost) taken = link;
    }
    if (taken == nullptr) return;
    if (!visit({.frame = frame,
                .token = token->back->serial,
                .transition = taken->transition,
                .word = taken->word})) {
      return;
    }
    if (taken->transition != 0 && --frame < -1) return;
  }
}

}  // namespace ironscribe::decoding::wfst
