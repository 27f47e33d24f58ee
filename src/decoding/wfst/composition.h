// The composition of a lexicon (HCLr: transition-ids to words) with a language model (Gr), made
// state by state as searches reach it, and kept for all of them. The weight of what can still come
// is paid in advance and a word is written as soon as it is the only one left, so that the beam
// sees the language model early.
//
// The filters are OpenFst's for an output look-ahead: epsilons of the language model go before
// those of the lexicon, weights are pushed (and what was paid is kept rounded to 1/1024, as OpenFst
// does), labels are pushed over epsilons. So weights are those that Vosk searches with.
//
// Any number of threads. States are numbered in the order in which they are reached, which depends
// on who asks; arcs and their order do not. The views must outlive it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "decoding/wfst/graph.h"
#include "decoding/wfst/look_ahead.h"

namespace ironscribe::decoding::wfst {

struct LookAheadParts {
  GraphView lexicon;  // Arcs of each state sorted by output.
  GraphView words;    // An acceptor; arcs of each state sorted by input.
  ReachabilityView reach;
  std::span<const int32_t> sum_begins;  // Of SumArcs(words).
  std::span<const double> sums;
  StateId busiest_words = -1;             // Of LookFromBusiest; -1: not known.
  std::span<const Ahead> busiest;         // By class.
  std::span<const Label> disambiguation;  // Sorted; inputs that stand for nothing.
};

class Composition {
 public:
  explicit Composition(const LookAheadParts& parts);
  ~Composition();
  Composition(const Composition&) = delete;
  Composition& operator=(const Composition&) = delete;

  // Negative: an empty graph. Numbers that come from Start and from arcs may be asked about.
  StateId start() const { return start_; }
  StateArcs Arcs(StateId state);
  // Where an arc of that state leads to: most arcs are never followed, so what they lead to is made
  // when the first search asks for it.
  StateId Next(StateId state, const Arc& arc);
  // False where it certainly has none; says so without making the state's arcs.
  bool MayHaveEpsilons(StateId state) const;
  float Final(StateId state) const;

  size_t num_states() const { return num_states_.load(std::memory_order_relaxed); }
  size_t size_bytes() const { return size_bytes_.load(std::memory_order_relaxed); }

 private:
  struct State {
    StateId lexicon = 0;
    // Twice the state of the words; and 1: an epsilon of the lexicon was taken, those of the words
    // may not follow.
    uint32_t words_and_after = 0;
    Label pushed = 0;  // Written already, still to be read in the lexicon; 0: none.
    float ahead = 0;   // What was paid in advance, before it is rounded.

    StateId words() const { return static_cast<StateId>(words_and_after >> 1); }
    bool operator==(const State&) const = default;
  };
  struct Entry {
    State state;
    uint32_t num_epsilons = 0;
    uint32_t num_arcs = 0;
    std::atomic<const Arc*> arcs = nullptr;  // Null: not made yet. Set behind the counts.
  };
  // What was looked up last under its hash: two calls of five ask again for what one of the
  // neighbouring states has asked.
  struct Recent {
    int32_t reach_class = -1;
    StateId words = -1;
    Ahead ahead;
  };
  // 256 KiB, which stay in the second-level cache.
  static constexpr size_t kRecents = 1 << 14;
  struct Slot {
    uint32_t tag = 0;
    int32_t id = -1;
  };
  static constexpr size_t kChunkEntries = 4096;
  static constexpr size_t kMaxChunks = 1 << 14;

  Entry& At(StateId state) const {
    const auto index = static_cast<size_t>(state);
    return chunks_[index / kChunkEntries][index % kChunkEntries];
  }
  static uint64_t HashOf(const State& state);
  StateId IdOf(const State& state);
  StateId NewState(const State& state);
  void GrowSlots();
  Ahead AheadOf(int32_t reach_class, StateId words);
  void Expand(Entry& entry);
  uint32_t BehindEpsilon(const State& state) const;
  Ahead AheadOn(const State& state, StateId lexicon);
  StateId FollowEpsilon(const State& state, StateId lexicon);
  void Store(Entry& entry);
  void ExpandPushed(const State& state, std::span<const Arc> arcs);
  void ExpandEpsilon(const State& state, const Arc& arc);
  void ExpandWords(const State& state, std::span<const Arc> arcs);
  void Add(const Arc& lexicon_arc, Label word, float weight, StateId next);

  LookAheadParts parts_;
  LookAhead look_ahead_;
  StateId start_ = -1;
  std::array<std::unique_ptr<Entry[]>, kMaxChunks> chunks_;
  std::atomic<size_t> num_states_ = 0;
  std::atomic<size_t> size_bytes_ = 0;
  // Of those that make states.
  std::mutex mutex_;
  std::vector<Slot> slots_;  // Open addressing; a power of two of them.
  std::vector<Recent> recents_ = std::vector<Recent>(kRecents);
  std::deque<std::vector<Arc>> memory_;
  std::vector<Arc> made_;  // Of the state being expanded.
};

// The composition that streams share. It is dropped when it is full and no utterance that walks it
// goes on; those that begin meanwhile walk a new one. Any number of threads.
class CompositionCache {
 public:
  CompositionCache(const LookAheadParts& parts, size_t max_bytes)
      : parts_(parts), max_bytes_(max_bytes) {}

  std::shared_ptr<Composition> Current();

 private:
  const LookAheadParts parts_;
  const size_t max_bytes_;
  std::mutex mutex_;
  std::shared_ptr<Composition> current_;
};

}  // namespace ironscribe::decoding::wfst
