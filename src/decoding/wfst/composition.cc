#include "decoding/wfst/composition.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "base/check.h"

namespace ironscribe::decoding::wfst {
namespace {

// Arcs are put into blocks of this many; a state's arcs never cross blocks.
constexpr size_t kBlockArcs = 1 << 14;
constexpr size_t kFirstSlots = 1 << 12;
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

// Those that write nothing are the first and most of a state's arcs.
std::span<const Arc> WithoutOutput(std::span<const Arc> arcs) {
  size_t count = 0;
  while (count < arcs.size() && arcs[count].output == 0) ++count;
  return arcs.first(count);
}

std::span<const Arc> WithInput(std::span<const Arc> arcs, Label input) {
  const auto range = std::equal_range(arcs.begin(), arcs.end(), Arc{.input = input},
                                      [](const Arc& a, const Arc& b) { return a.input < b.input; });
  return {range.first, range.second};
}

// Back-offs.
std::span<const Arc> WithoutInput(std::span<const Arc> arcs) {
  size_t count = 0;
  while (count < arcs.size() && arcs[count].input == 0) ++count;
  return arcs.first(count);
}

}  // namespace

Composition::Composition(const LookAheadParts& parts)
    : parts_(parts),
      look_ahead_(parts.reach, parts.words, parts.sum_begins, parts.sums),
      slots_(kFirstSlots) {
  if (parts_.lexicon.start < 0 || parts_.words.start < 0) return;
  const std::lock_guard lock(mutex_);
  start_ = IdOf({.lexicon = parts_.lexicon.start,
                 .words_and_after = static_cast<uint32_t>(parts_.words.start) << 1});
}

Composition::~Composition() = default;

uint64_t Composition::HashOf(const State& state) {
  uint64_t hash =
      static_cast<uint64_t>(static_cast<uint32_t>(state.lexicon)) << 32 | state.words_and_after;
  hash *= 0x9e3779b97f4a7c15u;
  hash ^= hash >> 32;
  hash ^= static_cast<uint64_t>(static_cast<uint32_t>(state.pushed)) << 32 |
          std::bit_cast<uint32_t>(state.ahead);
  hash *= 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

StateId Composition::NewState(const State& state) {
  const size_t index = num_states_.load(std::memory_order_relaxed);
  // 67 million states are far more than any cache is given memory for.
  IRONSCRIBE_CHECK(index < kMaxChunks * kChunkEntries);
  if (index % kChunkEntries == 0) {
    chunks_[index / kChunkEntries] = std::make_unique<Entry[]>(kChunkEntries);
    size_bytes_ += kChunkEntries * sizeof(Entry);
  }
  const auto id = static_cast<StateId>(index);
  At(id).state = state;
  num_states_.store(index + 1, std::memory_order_relaxed);
  return id;
}

void Composition::GrowSlots() {
  std::vector<Slot> old = std::move(slots_);
  slots_.assign(2 * old.size(), {});
  size_bytes_ += old.size() * sizeof(Slot);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.id < 0) continue;
    size_t place = HashOf(At(slot.id).state) & mask;
    while (slots_[place].id >= 0) place = (place + 1) & mask;
    slots_[place] = slot;
  }
}

StateId Composition::IdOf(const State& state) {
  const uint64_t hash = HashOf(state);
  const auto tag = static_cast<uint32_t>(hash >> 32);
  const size_t mask = slots_.size() - 1;
  size_t place = hash & mask;
  for (; slots_[place].id >= 0; place = (place + 1) & mask) {
    if (slots_[place].tag == tag && At(slots_[place].id).state == state) return slots_[place].id;
  }
  const StateId id = NewState(state);
  slots_[place] = {.tag = tag, .id = id};
  if (2 * num_states() > slots_.size()) GrowSlots();
  return id;
}

StateArcs Composition::Arcs(StateId state) {
  Entry& entry = At(state);
  const Arc* arcs = entry.arcs.load(std::memory_order_acquire);
  if (arcs == nullptr) {
    Expand(entry);
    arcs = entry.arcs.load(std::memory_order_acquire);
  }
  return {.begin = arcs, .num_epsilons = entry.num_epsilons, .num_arcs = entry.num_arcs};
}

bool Composition::MayHaveEpsilons(StateId id) const {
  const Entry& entry = At(id);
  if (entry.arcs.load(std::memory_order_acquire) != nullptr) return entry.num_epsilons > 0;
  const State& state = entry.state;
  if (state.pushed == 0 && (state.words_and_after & 1) == 0) {
    const std::span<const Arc> words = parts_.words.ArcsOf(state.words());
    if (!words.empty() && words[0].input == 0) return true;
  }
  if (parts_.disambiguation.empty()) return false;
  for (const Arc& arc : parts_.lexicon.ArcsOf(state.lexicon)) {
    if (arc.input >= parts_.disambiguation.front() || arc.input == 0) return true;
  }
  return false;
}

float Composition::Final(StateId id) const {
  const State& state = At(id).state;
  if (state.pushed != 0) return kInfinity;
  return parts_.lexicon.Final(state.lexicon) - Rounded(state.ahead) +
         parts_.words.Final(state.words());
}

void Composition::Add(const Arc& lexicon_arc, Label word, float weight, StateId next) {
  const bool nothing = std::binary_search(parts_.disambiguation.begin(),
                                          parts_.disambiguation.end(), lexicon_arc.input);
  made_.push_back({.input = nothing ? 0 : lexicon_arc.input,
                   .output = word,
                   .weight = lexicon_arc.weight + weight,
                   .next = next});
}

StateId Composition::Next(StateId state, const Arc& arc) {
  // The arc is ours, and nothing else of it ever changes.
  const std::atomic_ref<StateId> next(const_cast<Arc&>(arc).next);
  const StateId known = next.load(std::memory_order_acquire);
  if (known >= 0) return known;
  const std::lock_guard lock(mutex_);
  const StateId now = next.load(std::memory_order_relaxed);
  if (now >= 0) return now;
  const StateId made = FollowEpsilon(At(state).state, ~now);
  next.store(made, std::memory_order_release);
  return made;
}

void Composition::Expand(Entry& entry) {
  const std::lock_guard lock(mutex_);
  if (entry.arcs.load(std::memory_order_relaxed) != nullptr) return;
  const State state = entry.state;
  const std::span<const Arc> arcs = parts_.lexicon.ArcsOf(state.lexicon);
  made_.clear();
  if (state.pushed != 0) {
    ExpandPushed(state, arcs);
  } else {
    const std::span<const Arc> word_arcs = parts_.words.ArcsOf(state.words());
    const size_t backoffs = WithoutInput(word_arcs).size();
    const bool only_backoffs =
        backoffs == word_arcs.size() && parts_.words.Final(state.words()) == kInfinity;
    if (!only_backoffs) {
      for (const Arc& arc : WithoutOutput(arcs)) ExpandEpsilon(state, arc);
    }
    ExpandWords(state, arcs);
  }
  Store(entry);
}

// Moves made_ to where it stays.
void Composition::Store(Entry& entry) {
  const auto reads = [](const Arc& arc) { return arc.input != 0; };
  entry.num_arcs = static_cast<uint32_t>(made_.size());
  entry.num_epsilons =
      entry.num_arcs - static_cast<uint32_t>(std::count_if(made_.begin(), made_.end(), reads));
  if (entry.num_epsilons > 0) {
    std::stable_partition(made_.begin(), made_.end(), std::not_fn(reads));
  }
  if (made_.empty()) {
    entry.arcs.store(kNoArcs, std::memory_order_release);
    return;
  }
  if (memory_.empty() || memory_.back().size() + made_.size() > memory_.back().capacity()) {
    memory_.emplace_back().reserve(std::max(kBlockArcs, made_.size()));
    size_bytes_ += memory_.back().capacity() * sizeof(Arc);
  }
  std::vector<Arc>& block = memory_.back();
  const Arc* begin = block.data() + block.size();
  block.insert(block.end(), made_.begin(), made_.end());
  entry.arcs.store(begin, std::memory_order_release);
}

// The word is written; only paths of the lexicon that lead to it go on.
void Composition::ExpandPushed(const State& state, std::span<const Arc> arcs) {
  for (const Arc& arc : WithoutOutput(arcs)) {
    const int32_t next_class = parts_.reach.class_of[static_cast<size_t>(arc.next)];
    if (arcs.size() > 1 && !look_ahead_.Reaches(next_class, state.pushed)) continue;
    State next = state;
    next.lexicon = arc.next;
    Add(arc, 0, 0, IdOf(next));
  }
  for (const Arc& arc : WithOutput(arcs, state.pushed)) {
    Add(arc, 0, 0, IdOf({.lexicon = arc.next, .words_and_after = state.words_and_after & ~1u}));
  }
}

Ahead Composition::AheadOf(int32_t reach_class, StateId words) {
  if (words == parts_.busiest_words) return parts_.busiest[static_cast<size_t>(reach_class)];
  const uint64_t key = static_cast<uint64_t>(static_cast<uint32_t>(words)) << 32 |
                       static_cast<uint32_t>(reach_class);
  Recent& recent = recents_[key * 0x9e3779b97f4a7c15u >> 50];  // The upper 14 bits.
  if (recent.reach_class != reach_class || recent.words != words) {
    recent = {reach_class, words, look_ahead_.At(reach_class, words)};
  }
  return recent.ahead;
}

// The state of the words when the lexicon has gone on by an epsilon.
uint32_t Composition::BehindEpsilon(const State& state) const {
  const std::span<const Arc> words = parts_.words.ArcsOf(state.words());
  const bool backs_off = !words.empty() && words[0].input == 0;
  return (state.words_and_after & ~1u) | (backs_off ? 1 : 0);
}

// What is ahead where the lexicon goes on to.
Ahead Composition::AheadOn(const State& state, StateId lexicon) {
  const auto& class_of = parts_.reach.class_of;
  const int32_t next_class = class_of[static_cast<size_t>(lexicon)];
  // Within a phone, and within a word where it does not branch, it stays the same.
  if (state.ahead != 0 && next_class == class_of[static_cast<size_t>(state.lexicon)]) {
    return {.weight = state.ahead, .only = Ahead::kSeveral};
  }
  return AheadOf(next_class, state.words());
}

StateId Composition::FollowEpsilon(const State& state, StateId lexicon) {
  const float ahead = AheadOn(state, lexicon).weight;
  return IdOf({.lexicon = lexicon,
               .words_and_after = BehindEpsilon(state),
               .pushed = 0,
               // States that paid what rounds to nothing are those that paid nothing.
               .ahead = Rounded(ahead) == 0 ? 0 : ahead});
}

// The lexicon goes on by an arc that writes nothing.
void Composition::ExpandEpsilon(const State& state, const Arc& arc) {
  const Ahead ahead = AheadOn(state, arc.next);
  if (ahead.only == Ahead::kNothing || ahead.weight == kInfinity) return;
  const float weight = ahead.weight - Rounded(state.ahead);
  if (ahead.only == Ahead::kSeveral) return Add(arc, 0, weight, ~arc.next);
  const Arc& only = parts_.words.ArcsOf(state.words())[static_cast<size_t>(ahead.only)];
  Add(arc, only.output, weight + only.weight,
      IdOf({.lexicon = arc.next,
            .words_and_after = static_cast<uint32_t>(only.next) << 1 | (BehindEpsilon(state) & 1),
            .pushed = only.input,
            .ahead = 0}));
}

void Composition::ExpandWords(const State& state, std::span<const Arc> arcs) {
  const std::span<const Arc> word_arcs = parts_.words.ArcsOf(state.words());
  const float paid = Rounded(state.ahead);
  if ((state.words_and_after & 1) == 0) {
    for (const Arc& word : WithoutInput(word_arcs)) {
      Add({.input = 0, .output = 0, .weight = 0, .next = state.lexicon}, word.output,
          word.weight - paid,
          IdOf({.lexicon = state.lexicon,
                .words_and_after = static_cast<uint32_t>(word.next) << 1}));
    }
  }
  if (arcs.empty() || arcs.back().output == 0) return;
  const auto match = [&](const Arc& arc, const Arc& word) {
    Add(arc, word.output, word.weight - paid,
        IdOf({.lexicon = arc.next, .words_and_after = static_cast<uint32_t>(word.next) << 1}));
  };
  // Search on the side where there is more to search in.
  if (arcs.size() <= word_arcs.size()) {
    for (const Arc& arc : arcs.subspan(WithoutOutput(arcs).size())) {
      for (const Arc& word : WithInput(word_arcs, arc.output)) match(arc, word);
    }
    return;
  }
  for (const Arc& word : word_arcs) {
    if (word.input == 0) continue;
    for (const Arc& arc : WithOutput(arcs, word.input)) match(arc, word);
  }
}

std::shared_ptr<Composition> CompositionCache::Current() {
  const std::lock_guard lock(mutex_);
  // Only the cache holds one that no utterance walks.
  if (current_ == nullptr || current_->size_bytes() > max_bytes_) {
    current_ = std::make_shared<Composition>(parts_);
  }
  return current_;
}

}  // namespace ironscribe::decoding::wfst
