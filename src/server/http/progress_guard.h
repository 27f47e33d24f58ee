// Tells when bytes that should flow do not: a pause that is too long, or a rate that is too low.
//
// A pause alone is no measure: one byte a second never pauses for long. Plain value.
#pragma once

#include <cstdint>

#include "server/http/event_loop.h"

namespace ironscribe::server {

struct ProgressRules {
  Clock::duration idle;   // the longest pause
  Clock::duration grace;  // before the rate counts
  double min_bytes_per_second = 0;
};

class ProgressGuard {
 public:
  explicit ProgressGuard(ProgressRules rules) : rules_(rules) {}

  bool active() const { return active_; }
  // Bytes are expected from now on; no change if they were already.
  void Begin(Clock::time_point now) {
    if (!active_) {
      active_ = true;
      begun_ = now;
      last_ = now;
      bytes_ = 0;
    }
  }
  void End() { active_ = false; }

  void Advance(uint64_t bytes, Clock::time_point now) {
    bytes_ += bytes;
    last_ = now;
  }

  bool Expired(Clock::time_point now) const {
    if (!active_) {
      return false;
    }
    const std::chrono::duration<double> earned(static_cast<double>(bytes_) /
                                               rules_.min_bytes_per_second);
    return now - last_ > rules_.idle || now - begun_ > rules_.grace + earned;
  }

 private:
  ProgressRules rules_;
  bool active_ = false;
  Clock::time_point begun_{};
  Clock::time_point last_{};
  uint64_t bytes_ = 0;
};

}  // namespace ironscribe::server
