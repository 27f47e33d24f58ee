#include "service/deadlines.h"

#include <chrono>

namespace ironscribe::service {

Deadlines::Armed Deadlines::Arm(TimePoint time, std::stop_source source) {
  const std::lock_guard lock(mutex_);
  const Armed::Key key{time, ++last_number_};
  armed_.emplace(key, std::move(source));
  changed_.notify_all();
  return Armed(this, key);
}

void Deadlines::Disarm(const std::pair<TimePoint, uint64_t>& key) {
  const std::lock_guard lock(mutex_);
  armed_.erase(key);
}

void Deadlines::Watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (armed_.empty()) {
      changed_.wait(lock, stop, [this] { return !armed_.empty(); });
      continue;
    }
    const TimePoint next = armed_.begin()->first.first;
    if (std::chrono::steady_clock::now() < next) {
      // Woken early where an earlier one is armed.
      changed_.wait_until(lock, stop, next,
                          [&] { return armed_.empty() || armed_.begin()->first.first < next; });
      continue;
    }
    std::stop_source source = std::move(armed_.begin()->second);
    armed_.erase(armed_.begin());
    lock.unlock();
    source.request_stop();
    lock.lock();
  }
}

}  // namespace ironscribe::service
