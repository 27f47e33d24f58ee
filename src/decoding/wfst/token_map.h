// Memory of a search: tokens, links between them, and the tokens of a frame by state.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "decoding/wfst/graph.h"

namespace ironscribe::decoding::wfst {

struct Token;

struct ForwardLink {
  Token* next = nullptr;
  ForwardLink* sibling = nullptr;
  int32_t transition = 0;
  Label word = 0;
  float graph_cost = 0;
  float acoustic_cost = 0;
};

struct Token {
  float cost = 0;        // Of the best path to here.
  float extra_cost = 0;  // By which the best path through here is worse than the best of all.
  ForwardLink* links = nullptr;
  Token* next_in_frame = nullptr;
  Token* back = nullptr;
  uint64_t serial = 0;
};

// Tokens and links, reused after Free. Addresses stay.
class TokenPool {
 public:
  Token* NewToken() { return Take(tokens_, free_tokens_); }
  ForwardLink* NewLink() { return Take(links_, free_links_); }
  void Free(Token* token) { free_tokens_.push_back(token); }
  void Free(ForwardLink* link) { free_links_.push_back(link); }

 private:
  template <typename T>
  static T* Take(std::deque<T>& all, std::vector<T*>& free) {
    if (free.empty()) return &all.emplace_back();
    T* taken = free.back();
    free.pop_back();
    *taken = T();
    return taken;
  }

  std::deque<Token> tokens_;
  std::deque<ForwardLink> links_;
  std::vector<Token*> free_tokens_;
  std::vector<ForwardLink*> free_links_;
};

// Open addressing; entries stand in the order in which they came.
class TokenMap {
 public:
  struct Entry {
    StateId state;
    Token* token;
  };

  // Null where the state has none.
  Token* Find(StateId state) const {
    if (entries_.empty()) return nullptr;
    for (size_t slot = Slot(state);; slot = (slot + 1) & (slots_.size() - 1)) {
      const int32_t index = slots_[slot];
      if (index < 0) return nullptr;
      if (entries_[static_cast<size_t>(index)].state == state) {
        return entries_[static_cast<size_t>(index)].token;
      }
    }
  }

  // Requires: Find(state) is null.
  void Insert(StateId state, Token* token) {
    if (2 * (entries_.size() + 1) > slots_.size()) Grow();
    entries_.push_back({state, token});
    Place(static_cast<int32_t>(entries_.size()) - 1);
  }

  std::span<const Entry> entries() const { return entries_; }

  // Empties the map into `entries`.
  void MoveTo(std::vector<Entry>& entries) {
    for (const Entry& entry : entries_) {
      size_t slot = Slot(entry.state);
      // All of the chain may go: every one of its entries does.
      while (slots_[slot] >= 0) {
        slots_[slot] = -1;
        slot = (slot + 1) & (slots_.size() - 1);
      }
    }
    entries.swap(entries_);
    entries_.clear();
  }

 private:
  static constexpr size_t kFirstSlots = 1024;

  size_t Slot(StateId state) const {
    return (static_cast<uint64_t>(static_cast<uint32_t>(state)) * 0x9e3779b97f4a7c15u >> 32) &
           (slots_.size() - 1);
  }
  void Place(int32_t index) {
    size_t slot = Slot(entries_[static_cast<size_t>(index)].state);
    while (slots_[slot] >= 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = index;
  }
  void Grow() {
    slots_.assign(slots_.empty() ? kFirstSlots : 2 * slots_.size(), -1);
    for (size_t i = 0; i < entries_.size(); ++i) Place(static_cast<int32_t>(i));
  }

  std::vector<int32_t> slots_;  // Indices of entries; -1: free. A power of two of them.
  std::vector<Entry> entries_;
};

}  // namespace ironscribe::decoding::wfst
