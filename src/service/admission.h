// Who may recognize now, who waits, who is refused: the bounded queue before the models, for every
// protocol and for jobs.
//
// The decision is taken when a request arrives and never blocks (TryEnter); a ticket then stands
// for a place: reserved while the body still comes, queued from Wait on, running once Wait returned
// Ok. Keys share by audio seconds, see fair_queue.h for the rules. decisions/0022 has the reasons.
//
// Thread rule: every function is safe from any number of threads. Requires: no ticket outlives its
// Admission.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <utility>
#include <variant>

#include "base/status.h"
#include "service/fair_queue.h"

namespace ironscribe::service {

class Admission {
 private:
  struct Place;

 public:
  using Clock = std::chrono::steady_clock;

  // A place. Its destructor frees it, whatever its state; never blocks.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept { *this = std::move(other); }
    Ticket& operator=(Ticket&& other) noexcept {
      std::swap(admission_, other.admission_);
      std::swap(place_, other.place_);
      return *this;
    }
    ~Ticket();
    explicit operator bool() const { return place_ != nullptr; }

    // Waits for the turn. To be called off the network thread, by one thread, once. Errors:
    // Cancelled; DeadlineExceeded; ResourceExhausted when another key's request took the place (see
    // Lost()). After an error only Lost and the destructor may be called.
    Status Wait(std::stop_token stop);

    // What is known better by now: the length of the recording, once it is. What is refused for
    // quotas or billed later does not come from here.
    void SetAudioSeconds(double seconds);
    // The recording was recognized to its end: the time it took may be measured, and the place is
    // free. Without it nothing is measured.
    void Finish();

    // Requests of the same model that go first, and how long that should take. Zero when running.
    QueueOutlook Outlook() const;
    // Why the place was lost, also while the body still comes; absent while it is not.
    std::optional<Refusal> Lost() const;

   private:
    friend class Admission;
    Ticket(Admission* admission, std::shared_ptr<Place> place)
        : admission_(admission), place_(std::move(place)) {}
    Admission* admission_ = nullptr;
    std::shared_ptr<Place> place_;
  };

  explicit Admission(FairQueueOptions options,
                     std::function<Clock::time_point()> now = &Clock::now);
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // How many recognitions of the model run at once; RunningFor(batch_size) is the rule. A model
  // that was never told has FairQueueOptions::running.
  void SetRunning(std::string_view model, int running);

  std::variant<Ticket, Refusal> TryEnter(const EntryRequest& request);

  // For metrics and the console.
  QueueSnapshot Snapshot() const;

  // Refuses whoever comes from now on (kDraining); those inside go on.
  void Drain();

 private:
  // Tells those whose place changed. Requires: mutex_ held.
  void Tell();
  void Leave(const Place& place, bool finished);

  const std::function<Clock::time_point()> now_;
  mutable std::mutex mutex_;
  FairQueue queue_;
  std::map<FairQueue::Id, std::shared_ptr<Place>> places_;
  bool draining_ = false;
};

}  // namespace ironscribe::service
