// The part of LatticeSearch that keeps of the past only what may be in the lattice.
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "decoding/wfst/lattice_search.h"

namespace ironscribe::decoding::wfst {

// Drops links that are not on any path within the lattice beam. Returns the token's new extra cost.
float LatticeSearch::PruneLinksOf(Token* token, bool* links_pruned) {
  float extra_cost = kInfinity;
  ForwardLink** place = &token->links;
  while (ForwardLink* link = *place) {
    float link_extra = link->next->extra_cost +
                       ((token->cost + link->acoustic_cost + link->graph_cost) - link->next->cost);
    if (!(link_extra <= options_.lattice_beam)) {
      *place = link->sibling;
      pool_.Free(link);
      *links_pruned = true;
      continue;
    }
    extra_cost = std::min(extra_cost, std::max(link_extra, 0.0f));
    place = &link->sibling;
  }
  return extra_cost;
}

// Returns whether an extra cost changed by more than delta.
bool LatticeSearch::PruneLinks(size_t frame, float delta, bool* links_pruned) {
  bool any_change = false;
  // Epsilon links lead within the frame and are in no order: again until nothing changes.
  for (bool changed = true; changed;) {
    changed = false;
    for (Token* token = frames_[frame].tokens; token != nullptr; token = token->next_in_frame) {
      const float extra_cost = PruneLinksOf(token, links_pruned);
      // Of two infinities the difference is no number, which compares false.
      if (std::abs(extra_cost - token->extra_cost) > delta) changed = true;
      token->extra_cost = extra_cost;
    }
    any_change = any_change || changed;
  }
  return any_change;
}

void LatticeSearch::PruneTokens(size_t frame) {
  Token** place = &frames_[frame].tokens;
  while (Token* token = *place) {
    if (token->extra_cost == kInfinity) {
      *place = token->next_in_frame;
      FreeLinks(token);
      pool_.Free(token);
    } else {
      place = &token->next_in_frame;
    }
  }
}

void LatticeSearch::PruneActive(float delta) {
  const size_t newest = frames_.size() - 1;
  for (size_t frame = newest; frame-- > 0;) {
    if (frames_[frame].prune_links) {
      bool links_pruned = false;
      if (PruneLinks(frame, delta, &links_pruned) && frame > 0) {
        frames_[frame - 1].prune_links = true;
      }
      if (links_pruned) frames_[frame].prune_tokens = true;
      frames_[frame].prune_links = false;
    }
    if (frame + 1 < newest && frames_[frame + 1].prune_tokens) {
      PruneTokens(frame + 1);
      frames_[frame + 1].prune_tokens = false;
    }
  }
}

void LatticeSearch::ComputeFinalCosts() {
  final_costs_.clear();
  best_cost_ = best_final_cost_ = kInfinity;
  for (const TokenMap::Entry& entry : current_.entries()) {
    const float final_cost = graph_.Final(entry.state);
    best_cost_ = std::min(best_cost_, entry.token->cost);
    best_final_cost_ = std::min(best_final_cost_, entry.token->cost + final_cost);
    if (final_cost != kInfinity) final_costs_[entry.token] = final_cost;
  }
}

float LatticeSearch::FinalRelativeCost() {
  if (!finished_) ComputeFinalCosts();
  return best_final_cost_ == kInfinity ? kInfinity : best_final_cost_ - best_cost_;
}

void LatticeSearch::PruneFinalLinks() {
  constexpr float kDelta = 1e-5f;  // Relative, as in Kaldi.
  const float best = best_final_cost_ != kInfinity ? best_final_cost_ : best_cost_;
  for (bool changed = true; changed;) {
    changed = false;
    for (Token* token = frames_.back().tokens; token != nullptr; token = token->next_in_frame) {
      float final_cost = 0;
      if (!final_costs_.empty()) {
        const auto found = final_costs_.find(token);
        final_cost = found == final_costs_.end() ? kInfinity : found->second;
      }
      bool links_pruned = false;
      float extra_cost =
          std::min(token->cost + final_cost - best, PruneLinksOf(token, &links_pruned));
      if (!(extra_cost <= options_.lattice_beam)) extra_cost = kInfinity;
      const bool same = extra_cost == token->extra_cost ||
                        std::abs(extra_cost - token->extra_cost) <=
                            kDelta * (std::abs(extra_cost) + std::abs(token->extra_cost));
      if (!same) changed = true;
      token->extra_cost = extra_cost;
    }
  }
}

void LatticeSearch::Finish() {
  ComputeFinalCosts();
  PruneFinalLinks();
  finished_ = true;
  for (size_t frame = frames_.size() - 1; frame-- > 0;) {
    bool links_pruned = false;
    PruneLinks(frame, 0, &links_pruned);
    PruneTokens(frame + 1);
  }
  PruneTokens(0);
}

namespace {

// The tokens of a frame so that epsilon links lead forward. Links within a frame make no cycle: all
// that remain are on paths of finite length, as graphs have no cycles of epsilons.
void AppendInOrder(const Token* token, std::unordered_map<const Token*, int32_t>* visited,
                   std::vector<const Token*>* reversed) {
  if (!visited->emplace(token, 0).second) return;
  std::vector<std::pair<const Token*, const ForwardLink*>> stack = {{token, token->links}};
  while (!stack.empty()) {
    auto& [at, link] = stack.back();
    while (link != nullptr && (link->transition != 0 || visited->contains(link->next))) {
      link = link->sibling;
    }
    if (link == nullptr) {
      reversed->push_back(at);
      stack.pop_back();
      continue;
    }
    const Token* next = link->next;
    link = link->sibling;
    visited->emplace(next, 0);
    stack.emplace_back(next, next->links);
  }
}

}  // namespace

int64_t LatticeSearch::FewestTokensFrame(int64_t first) {
  PruneActive(options_.lattice_beam * options_.prune_scale);
  const int64_t newest = num_frames();
  int64_t best = newest;
  size_t fewest = std::numeric_limits<size_t>::max();
  for (int64_t frame = newest; frame >= std::min(first, newest); --frame) {
    size_t count = 0;
    for (const Token* token = frames_[static_cast<size_t>(frame)].tokens; token != nullptr;
         token = token->next_in_frame) {
      ++count;
    }
    if (count >= fewest) continue;
    fewest = count;
    best = frame;
  }
  return best;
}

std::vector<std::pair<uint64_t, float>> LatticeSearch::FinalCosts() const {
  std::vector<std::pair<uint64_t, float>> costs;
  for (const Token* token = frames_.back().tokens; token != nullptr; token = token->next_in_frame) {
    const auto found = final_costs_.find(token);
    if (found != final_costs_.end()) costs.emplace_back(token->serial, found->second);
  }
  return costs;
}

// Of a token at the end of a piece: what the rest of a path will cost, as far as that is known.
float LatticeSearch::EndCost(const Token* token) const {
  if (!finished_) return token->extra_cost - token->cost;
  if (final_costs_.empty()) return 0;
  const auto found = final_costs_.find(token);
  return found == final_costs_.end() ? kInfinity : found->second;
}

LatticeSearch::Piece LatticeSearch::PieceBetween(int64_t begin, int64_t end) const {
  Piece piece;
  std::unordered_map<const Token*, int32_t> state_of;
  std::vector<std::pair<const Token*, size_t>> ordered;  // With their frames.
  for (auto frame = static_cast<size_t>(begin); frame <= static_cast<size_t>(end); ++frame) {
    std::vector<const Token*> tokens, reversed;
    for (Token* token = frames_[frame].tokens; token != nullptr; token = token->next_in_frame) {
      tokens.push_back(token);
    }
    // The first token is the oldest, and in the first frame the start.
    std::reverse(tokens.begin(), tokens.end());
    for (const Token* token : tokens) {
      // The first frame's are reached from the start or are on no path.
      if (frame == 0 && token->back != nullptr) continue;
      AppendInOrder(token, &state_of, &reversed);
    }
    for (size_t i = reversed.size(); i-- > 0;) ordered.emplace_back(reversed[i], frame);
    if (frame == static_cast<size_t>(begin)) piece.num_first = ordered.size();
  }
  if (ordered.empty() || frames_[0].tokens == nullptr) return piece;
  for (size_t i = 0; i < ordered.size(); ++i) state_of[ordered[i].first] = static_cast<int32_t>(i);
  for (const auto& [token, frame] : ordered) {
    piece.tokens.push_back(token->serial);
    auto& arcs = piece.lattice.arcs.emplace_back();
    for (const ForwardLink* link = token->links; link != nullptr; link = link->sibling) {
      const auto next = state_of.find(link->next);
      if (next == state_of.end()) continue;
      const float offset = link->transition != 0 ? frames_[frame].cost_offset : 0;
      arcs.push_back({.transition = link->transition,
                      .word = link->word,
                      .graph_cost = link->graph_cost,
                      .acoustic_cost = link->acoustic_cost - offset,
                      .next = next->second});
    }
    piece.lattice.final_costs.push_back(frame == static_cast<size_t>(end) ? EndCost(token)
                                                                          : kInfinity);
  }
  return piece;
}

}  // namespace ironscribe::decoding::wfst
