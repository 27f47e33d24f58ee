// For tests: requests that arrive at random, a queue that admits them, and places that work at a
// fixed speed, in a time of its own.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "base/random.h"
#include "service/fair_queue.h"

namespace ironscribe::service {

// Requests of one key, a Poisson process.
struct SimulatedKey {
  std::string key;
  double per_second = 1;
  double least_audio_seconds = 5, most_audio_seconds = 15;  // Uniform between them.
  Priority priority = Priority::kInteractive;
  double weight = 1;
  double patience_seconds = 0;  // Until a waiting client leaves; 0: it stays.
  bool tells_length = true;     // Else the length is known when the work begins.
};

struct SimulatedOutcome {
  int arrived = 0, refused = 0, lost = 0, left = 0, done = 0;
  double audio_seconds = 0;             // Of those that are done before arrivals end.
  std::vector<double> latency_seconds;  // Of those that are done, in order of their ends.
  double Percentile(double share) const {
    std::vector<double> sorted = latency_seconds;
    std::sort(sorted.begin(), sorted.end());
    return sorted.at(static_cast<size_t>(share * static_cast<double>(sorted.size() - 1)));
  }
};

class SimulatedService {
 public:
  // Each place works off `speed` audio seconds in a second.
  SimulatedService(FairQueueOptions options, double speed) : queue_(options), speed_(speed) {}

  // By key.
  std::map<std::string, SimulatedOutcome> Run(const std::vector<SimulatedKey>& keys, double seconds,
                                              uint64_t seed) {
    horizon_ = seconds;
    for (size_t i = 0; i < keys.size(); ++i) {
      random_.emplace_back(MixBits(seed + i));
      ScheduleArrival(keys, i, 0);
    }
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.seconds;
      if (event.kind == Event::kArrival) {
        if (now_ > seconds) continue;
        Arrive(keys[event.index], random_[event.index]);
        ScheduleArrival(keys, event.index, now_);
      } else {
        End(event);
      }
      StartAdmitted();
    }
    return outcomes_;
  }

 private:
  struct Event {
    enum Kind { kArrival, kDone, kImpatient };
    double seconds = 0;
    Kind kind = kArrival;
    size_t index = 0;  // Of a key, or an id.
    bool operator>(const Event& other) const { return seconds > other.seconds; }
  };
  struct Request {
    std::string key;
    double arrived = 0, audio_seconds = 0;
    bool running = false;
  };

  TimePoint Now() const {
    return TimePoint(
        std::chrono::duration_cast<TimePoint::duration>(std::chrono::duration<double>(now_)));
  }

  void ScheduleArrival(const std::vector<SimulatedKey>& keys, size_t index, double from) {
    const double gap = -std::log(1 - random_[index].NextUnit()) / keys[index].per_second;
    events_.push({from + gap, Event::kArrival, index});
  }

  void Arrive(const SimulatedKey& key, Random& random) {
    SimulatedOutcome& outcome = outcomes_[key.key];
    ++outcome.arrived;
    const double audio_seconds =
        key.least_audio_seconds +
        random.NextUnit() * (key.most_audio_seconds - key.least_audio_seconds);
    EntryRequest request{.model = "m", .key = key.key, .priority = key.priority};
    request.weight = key.weight;
    request.audio_seconds = key.tells_length ? audio_seconds : 0;
    const auto entered = queue_.TryEnter(request, Now());
    if (std::holds_alternative<Refusal>(entered)) {
      ++outcome.refused;
      return;
    }
    const FairQueue::Id id = std::get<FairQueue::Id>(entered);
    requests_[id] = {key.key, now_, audio_seconds};
    queue_.Queue(id, Now());
    if (key.patience_seconds > 0) {
      events_.push({now_ + key.patience_seconds, Event::kImpatient, id});
    }
  }

  void End(const Event& event) {
    const auto found = requests_.find(event.index);
    if (found == requests_.end()) return;
    const Request& request = found->second;
    SimulatedOutcome& outcome = outcomes_[request.key];
    if (event.kind == Event::kImpatient) {
      if (request.running) return;
      ++outcome.left;
    } else {
      ++outcome.done;
      if (now_ <= horizon_) outcome.audio_seconds += request.audio_seconds;
      outcome.latency_seconds.push_back(now_ - request.arrived);
    }
    queue_.Leave(event.index, event.kind == Event::kDone, Now());
    requests_.erase(found);
  }

  void StartAdmitted() {
    // What is lost leaves, which may admit others.
    for (auto changes = queue_.TakeChanges(); !changes.empty(); changes = queue_.TakeChanges()) {
      for (const FairQueue::Change& change : changes) {
        Request& request = requests_.at(change.id);
        if (change.refusal) {
          ++outcomes_[request.key].lost;
          queue_.Leave(change.id, false, Now());
          requests_.erase(change.id);
          continue;
        }
        request.running = true;
        queue_.SetAudioSeconds(change.id, request.audio_seconds);
        events_.push({now_ + request.audio_seconds / speed_, Event::kDone, change.id});
      }
    }
  }

  FairQueue queue_;
  const double speed_;
  double now_ = 0;
  double horizon_ = 0;
  std::vector<Random> random_;
  std::map<FairQueue::Id, Request> requests_;
  std::map<std::string, SimulatedOutcome> outcomes_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
};

}  // namespace ironscribe::service
