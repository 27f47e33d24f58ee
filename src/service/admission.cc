#include "service/admission.h"

#include <utility>

namespace ironscribe::service {

struct Admission::Place {
  FairQueue::Id id = 0;
  std::optional<Clock::time_point> deadline;
  bool running = false;
  std::optional<Refusal> lost = {};
  std::condition_variable_any changed = {};
};

namespace {

Status ToStatus(const Refusal& refusal) {
  if (refusal.reason == RefusalReason::kDeadline) {
    return Status(StatusCode::kDeadlineExceeded, "the deadline passed while the request waited");
  }
  return ResourceExhaustedError("the server is full and others wait for less; try again in " +
                                std::to_string(refusal.retry_after_seconds) + " s");
}

}  // namespace

Admission::Admission(FairQueueOptions options, std::function<Clock::time_point()> now)
    : now_(std::move(now)), queue_(options) {}

Admission::~Admission() = default;

void Admission::Tell() {
  for (const FairQueue::Change& change : queue_.TakeChanges()) {
    const auto found = places_.find(change.id);
    if (found == places_.end()) continue;
    Place& place = *found->second;
    place.running = !change.refusal.has_value();
    place.lost = change.refusal;
    place.changed.notify_all();
  }
}

void Admission::SetRunning(std::string_view model, int running) {
  std::lock_guard lock(mutex_);
  queue_.SetRunning(model, running, now_());
  Tell();
}

std::variant<Admission::Ticket, Refusal> Admission::TryEnter(const EntryRequest& request) {
  std::lock_guard lock(mutex_);
  if (draining_) return queue_.Refuse(RefusalReason::kDraining, request);
  const auto entered = queue_.TryEnter(request, now_());
  Tell();  // Another one may have lost its place.
  if (const auto* refusal = std::get_if<Refusal>(&entered)) return *refusal;
  auto place = std::make_shared<Place>();
  place->id = std::get<FairQueue::Id>(entered);
  place->deadline = request.deadline;
  places_[place->id] = place;
  return Ticket(this, std::move(place));
}

void Admission::Leave(const Place& place, bool finished) {
  std::lock_guard lock(mutex_);
  queue_.Leave(place.id, finished, now_());
  places_.erase(place.id);
  Tell();
}

QueueSnapshot Admission::Snapshot() const {
  std::lock_guard lock(mutex_);
  return queue_.Snapshot(now_());
}

void Admission::Drain() {
  std::lock_guard lock(mutex_);
  draining_ = true;
}

Admission::Ticket::~Ticket() {
  if (place_ != nullptr) admission_->Leave(*place_, /*finished=*/false);
}

void Admission::Ticket::Finish() {
  const std::shared_ptr<Place> place = std::exchange(place_, nullptr);
  admission_->Leave(*place, /*finished=*/true);
}

Status Admission::Ticket::Wait(std::stop_token stop) {
  Admission& admission = *admission_;
  std::unique_lock lock(admission.mutex_);
  if (stop.stop_requested()) return CancelledError("the request was cancelled");
  admission.queue_.Queue(place_->id, admission.now_());
  admission.Tell();
  const auto decided = [this] { return place_->running || place_->lost; };
  if (place_->deadline) {
    place_->changed.wait_until(lock, stop, *place_->deadline, decided);
  } else {
    place_->changed.wait(lock, stop, decided);
  }
  if (place_->running) return OkStatus();
  if (!place_->lost && stop.stop_requested()) return CancelledError("the request was cancelled");
  if (!place_->lost) admission.queue_.Expire(place_->id);
  admission.Tell();
  return ToStatus(place_->lost.value_or(Refusal{.reason = RefusalReason::kDeadline}));
}

void Admission::Ticket::SetAudioSeconds(double seconds) {
  std::lock_guard lock(admission_->mutex_);
  admission_->queue_.SetAudioSeconds(place_->id, seconds);
}

QueueOutlook Admission::Ticket::Outlook() const {
  std::lock_guard lock(admission_->mutex_);
  return admission_->queue_.Outlook(place_->id);
}

std::optional<Refusal> Admission::Ticket::Lost() const {
  std::lock_guard lock(admission_->mutex_);
  return place_->lost;
}

}  // namespace ironscribe::service
