// The rules of admission, without threads and without a clock of its own: whoever uses it says what
// time it is, so that simulations run in no time.
//
// Rules, in this order:
// - Each model has a number of running places. One of them is kept from whoever has all the others
//   already: a key, or the batch class as a whole.
// - A free place goes to the most urgent class that waits: live, interactive, batch; but every
//   tenth goes to the class that waits for longest, so that none starves.
// - Within a class it goes to the key that had least: start-time fair queueing (Goyal, Vin and
// Cheng
//   1996) over audio seconds by weight. A key that was away has no credit for it. The length of a
//   recording is estimated when it enters and put right when it is known.
// - Within a key, first come, first served.
// - What waits is bounded, in all and per key. When all places are taken, a request takes that of
//   the newest one of a less urgent class, or of the key that has most waiting if that has at least
//   two more than its own; otherwise it is refused.
//
// Not thread-safe; Admission is.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ironscribe::service {

enum class Priority { kLive = 0, kInteractive = 1, kBatch = 2 };
inline constexpr int kNumPriorities = 3;
// "live", "interactive", "batch".
std::string_view PriorityName(Priority priority);

using TimePoint = std::chrono::steady_clock::time_point;

struct FairQueueOptions {
  int running = 9;        // Of a model that SetRunning was not called for.
  int max_waiting = 256;  // All models together.
  int max_waiting_per_key = 64;
};

// How many recognitions keep a batch of so many windows full, and one more in hand; see
// fair_queue.h on the place that is kept.
constexpr int RunningFor(int batch_size) { return batch_size + 1; }

struct EntryRequest {
  std::string model;  // As ModelPool::Resolve gives it.
  std::string key;    // Whom it counts for: the id of an API key, or of an anonymous identity.
  Priority priority = Priority::kInteractive;
  double weight = 1;         // Of the key: its share among those who wait. Above 0.
  double audio_seconds = 0;  // As far as known; 0: a typical length is assumed.
  // Of the key; absent: no limit but the queue's own.
  std::optional<int> max_running = {};
  std::optional<int> max_waiting = {};
  // Refused when it cannot be kept, or has passed while waiting.
  std::optional<TimePoint> deadline = {};
};

enum class RefusalReason { kQueueFull, kKeyQueueFull, kDeadline, kDisplaced, kDraining };
// "queue_full", "key_queue_full", "deadline", "displaced", "draining": labels of metrics.
std::string_view RefusalReasonName(RefusalReason reason);

struct Refusal {
  RefusalReason reason = RefusalReason::kQueueFull;
  // For Retry-After: when the work ahead should be done. Whole seconds, 1 to 300.
  int retry_after_seconds = 1;
};

struct QueueOutlook {
  int ahead = 0;  // Requests that go first.
  double wait_seconds = 0;
};

struct QueueSnapshot {
  struct Class {
    int reserved = 0;  // Their bodies still come.
    int waiting = 0;
    double waiting_audio_seconds = 0;
    double oldest_seconds = 0;
  };
  Class classes[kNumPriorities];
  struct Model {
    std::string name;
    int running = 0, waiting = 0, places = 0;
    // Audio seconds that a running place gets through in a second; 0 before the first finished.
    double place_speed = 0;
  };
  std::vector<Model> models;
  uint64_t started = 0, finished = 0;
};

class FairQueue {
 public:
  using Id = uint64_t;
  // What became of a place while something else was asked for: it is running, or it is lost.
  struct Change {
    Id id = 0;
    std::optional<Refusal> refusal = {};
  };

  explicit FairQueue(FairQueueOptions options);
  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  // Requires of all below: `now` never goes back; ids are of places that were not left yet.

  void SetRunning(std::string_view model, int places, TimePoint now);
  // A place in the queue that does not move yet.
  std::variant<Id, Refusal> TryEnter(const EntryRequest& request, TimePoint now);
  // The place moves from now on.
  void Queue(Id id, TimePoint now);
  // Gives the place back. `finished`: the whole recording was recognized, its time may be measured.
  void Leave(Id id, bool finished, TimePoint now);
  // A place that waits is lost: its deadline has passed.
  void Expire(Id id);
  void SetAudioSeconds(Id id, double seconds);

  // Since the last call.
  std::vector<Change> TakeChanges();
  QueueOutlook Outlook(Id id) const;
  QueueSnapshot Snapshot(TimePoint now) const;
  // The refusal of a request that comes now.
  Refusal Refuse(RefusalReason reason, const EntryRequest& request) const;

 private:
  enum class State { kReserved, kQueued, kRunning, kLost };
  struct Key {
    double weight = 1;
    double served = 0;  // Virtual time: audio seconds by weight, those of the places running too.
    int items = 0;      // Of any state.
    int waiting = 0;    // Reserved or queued.
    int queued = 0;
    int running = 0;
  };
  using Keys = std::map<std::string, Key, std::less<>>;
  struct Lane;
  struct Item {
    Id id = 0;
    Lane* lane = nullptr;
    Keys::iterator key{};
    EntryRequest request{};
    State state = State::kReserved;
    double cost_seconds = 0;
    TimePoint entered{}, started{};
  };
  // What waits of one class of one model: a line per key.
  using Lines = std::map<Key*, std::list<Item*>>;
  struct Lane {
    int places = 0;
    int running = 0;
    int running_batch = 0;
    Lines lines[kNumPriorities];
    std::map<const Key*, int> running_by_key;
    // Measured, older ones fading.
    double audio_seconds = 0, place_seconds = 0;
    uint64_t turns = 0;
    uint64_t last_turn[kNumPriorities] = {};
  };

  Lane& LaneOf(std::string_view model);
  Keys::iterator KeyOf(const EntryRequest& request);
  Item* MakeRoom(const EntryRequest& request, const Key& key);
  void Dispatch(Lane& lane, TimePoint now);
  Item* Next(Lane& lane, TimePoint now);
  Item* NextOfClass(Lane& lane, int priority, TimePoint now);
  bool MayRun(const Lane& lane, const Key& key, const EntryRequest& request) const;
  void Start(Item& item, TimePoint now);
  void Lose(Item& item, RefusalReason reason);
  void Unqueue(Item& item);
  void StopRunning(Item& item, bool finished, TimePoint now);
  void ForgetKey(Keys::iterator key);
  double CostOf(double audio_seconds) const;
  // Of whoever has that virtual time and id.
  QueueOutlook Ahead(const Lane& lane, Priority priority, const std::pair<double, Id>& rank) const;
  double SecondsFor(const Lane& lane, double audio_seconds) const;

  const FairQueueOptions options_;
  std::map<std::string, Lane, std::less<>> lanes_;
  Keys keys_;
  std::map<Id, Item> items_;
  std::vector<Change> changes_;
  Id last_id_ = 0;
  int waiting_ = 0;  // Reserved or queued.
  double virtual_time_ = 0;
  double typical_seconds_;
  uint64_t started_ = 0, finished_ = 0;
};

}  // namespace ironscribe::service
