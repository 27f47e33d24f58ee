#include "service/fair_queue.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/check.h"

namespace ironscribe::service {
namespace {

// Of ten places nine go by urgency: what is urgent hardly notices, what is not gets a tenth.
constexpr uint64_t kOtherTurn = 10;
// What a request costs at least: it takes a window however short it is.
constexpr double kLeastSeconds = 1;
// Assumed until something was measured: an utterance, at the speed it is spoken.
constexpr double kAssumedSeconds = 10;
constexpr double kAssumedSpeed = 1;
// Of the past in a measured mean, for each new value: some twenty count.
constexpr double kFading = 0.95;
// Beyond, what idle keys owe is forgotten.
constexpr size_t kMostKeys = 4096;
constexpr int kMostRetrySeconds = 300;

double SecondsBetween(TimePoint from, TimePoint to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

std::string_view PriorityName(Priority priority) {
  constexpr std::string_view kNames[] = {"live", "interactive", "batch"};
  return kNames[static_cast<size_t>(priority)];
}

std::string_view RefusalReasonName(RefusalReason reason) {
  constexpr std::string_view kNames[] = {"queue_full", "key_queue_full", "deadline", "displaced",
                                         "draining"};
  return kNames[static_cast<size_t>(reason)];
}

FairQueue::FairQueue(FairQueueOptions options)
    : options_(options), typical_seconds_(kAssumedSeconds) {}

FairQueue::Lane& FairQueue::LaneOf(std::string_view model) {
  const auto found = lanes_.find(model);
  if (found != lanes_.end()) return found->second;
  Lane& lane = lanes_[std::string(model)];
  lane.places = std::max(1, options_.running);
  return lane;
}

void FairQueue::SetRunning(std::string_view model, int places, TimePoint now) {
  Lane& lane = LaneOf(model);
  lane.places = std::max(1, places);
  Dispatch(lane, now);
}

FairQueue::Keys::iterator FairQueue::KeyOf(const EntryRequest& request) {
  if (keys_.size() >= kMostKeys) {
    std::erase_if(keys_, [](const auto& key) { return key.second.items == 0; });
  }
  const auto key = keys_.try_emplace(request.key).first;
  key->second.weight = std::max(request.weight, 1e-3);
  return key;
}

void FairQueue::ForgetKey(Keys::iterator key) {
  const Key& value = key->second;
  if (value.items == 0 && value.served <= virtual_time_) keys_.erase(key);
}

double FairQueue::CostOf(double audio_seconds) const {
  const bool known = audio_seconds > 0 && std::isfinite(audio_seconds);
  return std::max(kLeastSeconds, known ? audio_seconds : typical_seconds_);
}

double FairQueue::SecondsFor(const Lane& lane, double audio_seconds) const {
  const double speed =
      lane.place_seconds > 0 ? lane.audio_seconds / lane.place_seconds : kAssumedSpeed;
  return audio_seconds / (std::max(speed, 1e-6) * lane.places);
}

// --- Entering ------------------------------------------------------------------------------------

std::variant<FairQueue::Id, Refusal> FairQueue::TryEnter(const EntryRequest& request,
                                                         TimePoint now) {
  Lane& lane = LaneOf(request.model);
  const Keys::iterator key = KeyOf(request);
  const double tag = std::max(key->second.served, virtual_time_);
  const auto refuse = [&](RefusalReason reason) {
    ForgetKey(key);
    return Refuse(reason, request);
  };
  if (request.deadline) {
    const bool measured = lane.place_seconds > 0;
    const QueueOutlook outlook = Ahead(lane, request.priority, {tag, last_id_ + 1});
    const double wait_seconds = measured ? outlook.wait_seconds : 0;
    if (SecondsBetween(now, *request.deadline) <= wait_seconds) {
      return refuse(RefusalReason::kDeadline);
    }
  }
  const int most = request.max_waiting.value_or(options_.max_waiting_per_key);
  if (key->second.waiting >= std::min(most, options_.max_waiting_per_key)) {
    return refuse(RefusalReason::kKeyQueueFull);
  }
  if (waiting_ >= options_.max_waiting) {
    Item* const victim = MakeRoom(request, key->second);
    if (victim == nullptr) return refuse(RefusalReason::kQueueFull);
    Lose(*victim, RefusalReason::kDisplaced);
  }
  Item& item = items_[++last_id_];
  item = {.id = last_id_,
          .lane = &lane,
          .key = key,
          .request = request,
          .cost_seconds = CostOf(request.audio_seconds),
          .entered = now};
  ++key->second.items;
  ++key->second.waiting;
  ++waiting_;
  return item.id;
}

FairQueue::Item* FairQueue::MakeRoom(const EntryRequest& request, const Key& key) {
  Item* victim = nullptr;
  const auto less_worthy = [](const Item& a, const Item& b) {
    const auto rank = [](const Item& item) {
      return std::tuple(item.request.priority, item.key->second.waiting, item.id);
    };
    return rank(a) > rank(b);
  };
  for (auto& [id, item] : items_) {
    if (item.state != State::kReserved && item.state != State::kQueued) continue;
    if (victim == nullptr || less_worthy(item, *victim)) victim = &item;
  }
  if (victim == nullptr || victim->request.priority < request.priority) return nullptr;
  if (victim->request.priority > request.priority) return victim;
  return victim->key->second.waiting >= key.waiting + 2 ? victim : nullptr;
}

void FairQueue::Queue(Id id, TimePoint now) {
  Item& item = items_.at(id);
  if (item.state != State::kReserved) return;
  Key& key = item.key->second;
  if (key.queued == 0) key.served = std::max(key.served, virtual_time_);
  ++key.queued;
  item.state = State::kQueued;
  item.lane->lines[static_cast<size_t>(item.request.priority)][&key].push_back(&item);
  Dispatch(*item.lane, now);
}

// --- Starting ------------------------------------------------------------------------------------

bool FairQueue::MayRun(const Lane& lane, const Key& key, const EntryRequest& request) const {
  const int most = std::max(1, lane.places - 1);
  const auto found = lane.running_by_key.find(&key);
  if (found != lane.running_by_key.end() && found->second >= most) return false;
  if (request.priority == Priority::kBatch && lane.running_batch >= most) return false;
  return !request.max_running || key.running < *request.max_running;
}

FairQueue::Item* FairQueue::NextOfClass(Lane& lane, int priority, TimePoint now) {
  Item* best = nullptr;
  Lines& lines = lane.lines[priority];
  for (auto at = lines.begin(); at != lines.end();) {
    auto& [key, line] = *at++;  // Losing the last of a line removes it.
    Item* head = line.front();
    bool any = true;
    while (any && head->request.deadline && *head->request.deadline <= now) {
      any = line.size() > 1;
      Lose(*head, RefusalReason::kDeadline);
      if (any) head = line.front();
    }
    if (!any || !MayRun(lane, *key, head->request)) continue;
    const auto rank = [](const Item& item) { return std::pair(item.key->second.served, item.id); };
    if (best == nullptr || rank(*head) < rank(*best)) best = head;
  }
  return best;
}

FairQueue::Item* FairQueue::Next(Lane& lane, TimePoint now) {
  Item* urgent = nullptr;
  Item* other = nullptr;  // Of the class that was not served for longest.
  for (int priority = 0; priority < kNumPriorities; ++priority) {
    Item* const item = NextOfClass(lane, priority, now);
    if (item == nullptr) continue;
    if (urgent == nullptr) urgent = item;
    const auto last = [&](const Item& of) {
      return lane.last_turn[static_cast<size_t>(of.request.priority)];
    };
    if (other == nullptr || last(*item) < last(*other)) other = item;
  }
  return (lane.turns + 1) % kOtherTurn == 0 ? other : urgent;
}

void FairQueue::Dispatch(Lane& lane, TimePoint now) {
  while (lane.running < lane.places) {
    Item* const item = Next(lane, now);
    if (item == nullptr) return;
    Start(*item, now);
  }
}

void FairQueue::Start(Item& item, TimePoint now) {
  Unqueue(item);
  Lane& lane = *item.lane;
  Key& key = item.key->second;
  lane.last_turn[static_cast<size_t>(item.request.priority)] = ++lane.turns;
  virtual_time_ = std::max(virtual_time_, key.served);
  key.served += item.cost_seconds / key.weight;
  ++key.running;
  ++lane.running;
  ++lane.running_by_key[&key];
  if (item.request.priority == Priority::kBatch) ++lane.running_batch;
  item.state = State::kRunning;
  item.started = now;
  ++started_;
  changes_.push_back({.id = item.id});
}

// --- Leaving -------------------------------------------------------------------------------------

// Out of the waiting, whatever it becomes.
void FairQueue::Unqueue(Item& item) {
  Key& key = item.key->second;
  if (item.state == State::kQueued) {
    Lines& lines = item.lane->lines[static_cast<size_t>(item.request.priority)];
    const auto line = lines.find(&key);
    std::erase(line->second, &item);
    if (line->second.empty()) lines.erase(line);
    --key.queued;
  }
  --key.waiting;
  --waiting_;
}

void FairQueue::Lose(Item& item, RefusalReason reason) {
  Unqueue(item);
  item.state = State::kLost;
  changes_.push_back({.id = item.id, .refusal = Refuse(reason, item.request)});
}

void FairQueue::StopRunning(Item& item, bool finished, TimePoint now) {
  Lane& lane = *item.lane;
  Key& key = item.key->second;
  --key.running;
  --lane.running;
  if (--lane.running_by_key[&key] == 0) lane.running_by_key.erase(&key);
  if (item.request.priority == Priority::kBatch) --lane.running_batch;
  if (!finished) return;
  ++finished_;
  lane.audio_seconds = kFading * lane.audio_seconds + item.cost_seconds;
  lane.place_seconds = kFading * lane.place_seconds + SecondsBetween(item.started, now);
  typical_seconds_ = kFading * typical_seconds_ + (1 - kFading) * item.cost_seconds;
}

void FairQueue::Leave(Id id, bool finished, TimePoint now) {
  const auto found = items_.find(id);
  IRONSCRIBE_CHECK(found != items_.end());
  Item& item = found->second;
  const Keys::iterator key = item.key;
  if (item.state == State::kRunning) {
    StopRunning(item, finished, now);
  } else if (item.state != State::kLost) {
    Unqueue(item);
  }
  items_.erase(found);
  --key->second.items;
  ForgetKey(key);
  // A place that is free, or one less of a key that may have so many at once.
  for (auto& [name, other] : lanes_) Dispatch(other, now);
}

void FairQueue::Expire(Id id) {
  Item& item = items_.at(id);
  if (item.state == State::kReserved || item.state == State::kQueued) {
    Lose(item, RefusalReason::kDeadline);
  }
}

void FairQueue::SetAudioSeconds(Id id, double seconds) {
  Item& item = items_.at(id);
  const double cost = CostOf(seconds);
  if (item.state == State::kRunning) {
    Key& key = item.key->second;
    key.served += (cost - item.cost_seconds) / key.weight;
  }
  item.cost_seconds = cost;
}

// --- Telling -------------------------------------------------------------------------------------

std::vector<FairQueue::Change> FairQueue::TakeChanges() { return std::exchange(changes_, {}); }

QueueOutlook FairQueue::Ahead(const Lane& lane, Priority priority,
                              const std::pair<double, Id>& rank) const {
  QueueOutlook outlook;
  double audio_seconds = 0;
  const auto own = static_cast<size_t>(priority);
  for (size_t other = 0; other <= own; ++other) {
    for (const auto& [owner, line] : lane.lines[other]) {
      double start = owner->served;
      for (const Item* item : line) {
        if (other == own && std::pair(start, item->id) >= rank) break;
        ++outlook.ahead;
        audio_seconds += item->cost_seconds;
        start += item->cost_seconds / owner->weight;
      }
    }
  }
  // One of the places that are taken must become free as well.
  if (lane.running >= lane.places) audio_seconds += typical_seconds_;
  outlook.wait_seconds = SecondsFor(lane, audio_seconds);
  return outlook;
}

QueueOutlook FairQueue::Outlook(Id id) const {
  const Item& item = items_.at(id);
  if (item.state == State::kRunning || item.state == State::kLost) return {};
  const Key& key = item.key->second;
  double tag = std::max(key.served, item.state == State::kReserved ? virtual_time_ : 0.0);
  const Lines& lines = item.lane->lines[static_cast<size_t>(item.request.priority)];
  const auto line = lines.find(const_cast<Key*>(&key));
  if (line != lines.end()) {
    for (const Item* before : line->second) {
      if (before == &item) break;
      tag += before->cost_seconds / key.weight;
    }
  }
  return Ahead(*item.lane, item.request.priority, {tag, id});
}

Refusal FairQueue::Refuse(RefusalReason reason, const EntryRequest& request) const {
  double seconds = 0;
  const auto lane = lanes_.find(request.model);
  if (lane != lanes_.end()) {
    double all = 0, own = 0, weights = 0, own_weight = 1;
    for (const Lines& lines : lane->second.lines) {
      for (const auto& [key, line] : lines) {
        double cost = 0;
        for (const Item* item : line) cost += item->cost_seconds;
        const bool is_own = keys_.contains(request.key) && key == &keys_.at(request.key);
        all += cost;
        weights += key->weight;
        if (is_own) {
          own += cost;
          own_weight = key->weight;
        }
      }
    }
    const bool of_key = reason == RefusalReason::kKeyQueueFull && own > 0;
    seconds = SecondsFor(lane->second, of_key ? own * weights / own_weight : all);
  }
  const double whole = std::ceil(std::clamp(seconds, 1.0, double{kMostRetrySeconds}));
  return {.reason = reason, .retry_after_seconds = static_cast<int>(whole)};
}

QueueSnapshot FairQueue::Snapshot(TimePoint now) const {
  QueueSnapshot snapshot;
  snapshot.started = started_;
  snapshot.finished = finished_;
  std::map<const Lane*, int> waiting;
  for (const auto& [id, item] : items_) {
    auto& of_class = snapshot.classes[static_cast<size_t>(item.request.priority)];
    if (item.state == State::kReserved) ++of_class.reserved;
    if (item.state != State::kQueued) continue;
    ++of_class.waiting;
    ++waiting[item.lane];
    of_class.waiting_audio_seconds += item.cost_seconds;
    of_class.oldest_seconds = std::max(of_class.oldest_seconds, SecondsBetween(item.entered, now));
  }
  for (const auto& [name, lane] : lanes_) {
    const double speed = lane.place_seconds > 0 ? lane.audio_seconds / lane.place_seconds : 0;
    snapshot.models.push_back({.name = name,
                               .running = lane.running,
                               .waiting = waiting[&lane],
                               .places = lane.places,
                               .place_speed = speed});
  }
  return snapshot;
}

}  // namespace ironscribe::service
