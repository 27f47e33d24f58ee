// Who had how much compute of late, so that whoever had little need not wait behind whoever had
// much: max-min fairness by what was used, not by what was asked for. What was used is forgotten by
// and by, so nobody pays for yesterday.
//
// Thread rule: every function is safe from any number of threads. Requires: no share is used after
// its ComputeShares is gone.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace ironscribe {

class ComputeShares {
 public:
  using Clock = std::chrono::steady_clock;

  // What one of those who share the machine has used.
  class Share {
   public:
    Share(ComputeShares& shares, double weight, bool may_go_first)
        : shares_(shares), weight_(weight), may_go_first_(may_go_first) {}

    // Notes that the machine has worked `seconds` for it.
    void Charge(double seconds);

    // Somebody else had more than twice as much, by weight: its work goes first, if it may.
    bool IsLight() const;
    // Somebody else had something, but less than half as much.
    bool IsHeavy() const;

   private:
    friend class ComputeShares;
    double UsedAt(Clock::time_point now) const;

    ComputeShares& shares_;
    const double weight_;
    const bool may_go_first_;
    // Guarded by the mutex of shares_.
    double used_seconds_ = 0;  // By weight, at as_of_.
    Clock::time_point as_of_{};
  };

  explicit ComputeShares(std::function<Clock::time_point()> now = &Clock::now)
      : now_(std::move(now)) {}
  ComputeShares(const ComputeShares&) = delete;
  ComputeShares& operator=(const ComputeShares&) = delete;

  // That of `name`, the same for as long as it matters; the rest is that of the first call.
  // `may_go_first`: false for work that has time, which is never light however little it had.
  // Requires: weight > 0.
  std::shared_ptr<Share> Of(std::string_view name, double weight = 1, bool may_go_first = true);

 private:
  const std::function<Clock::time_point()> now_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Share>, std::less<>> shares_;
};

using ComputeShare = ComputeShares::Share;

}  // namespace ironscribe
