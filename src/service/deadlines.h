// Stops what has a deadline when it passes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "service/fair_queue.h"

namespace ironscribe::service {

// Thread-safe. One thread for all; what hangs on a stop source runs on it, so it has to be short.
class Deadlines {
 public:
  Deadlines() : thread_([this](const std::stop_token& stop) { Watch(stop); }) {}
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  // A deadline until it goes. Movable; must not outlive the Deadlines.
  class Armed {
   public:
    Armed() = default;
    Armed(Armed&& other) noexcept { *this = std::move(other); }
    Armed& operator=(Armed&& other) noexcept {
      std::swap(deadlines_, other.deadlines_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~Armed() {
      if (deadlines_ != nullptr) deadlines_->Disarm(key_);
    }

   private:
    friend class Deadlines;
    using Key = std::pair<TimePoint, uint64_t>;
    Armed(Deadlines* deadlines, Key key) : deadlines_(deadlines), key_(key) {}
    Deadlines* deadlines_ = nullptr;
    Key key_{};
  };

  // `source` is asked to stop at that time, or at once if it has passed.
  Armed Arm(TimePoint time, std::stop_source source);

 private:
  void Disarm(const std::pair<TimePoint, uint64_t>& key);
  void Watch(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::pair<TimePoint, uint64_t>, std::stop_source> armed_;
  uint64_t last_number_ = 0;
  std::jthread thread_;  // Behind what it uses.
};

}  // namespace ironscribe::service
