// Lets through what is rare: so many at once, and a tenth of that each second.
#pragma once

#include <algorithm>

#include "server/http/event_loop.h"

namespace ironscribe::server {

class TokenBucket {
 public:
  TokenBucket(int capacity, Clock::time_point now)
      : capacity_(capacity), tokens_(capacity), last_(now) {}

  // False once the bucket is empty.
  bool Take(Clock::time_point now) {
    const std::chrono::duration<double> passed = now - last_;
    last_ = now;
    tokens_ = std::min(capacity_, tokens_ + passed.count() * capacity_ / 10);
    tokens_ -= 1;
    return tokens_ >= 0;
  }

 private:
  double capacity_;
  double tokens_;
  Clock::time_point last_;
};

}  // namespace ironscribe::server
