#include "base/compute_shares.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace ironscribe {
namespace {

// After this half of what was used is forgotten: longer than most requests take, so that it is
// known who keeps the machine busy, and short enough to be forgiven while one waits.
constexpr double kHalfLifeSeconds = 5;

// Whoever is that much below the one that had most is light.
constexpr double kLightPart = 0.5;

// Less than a window takes: it makes nobody heavy, and need not be remembered.
constexpr double kNothingSeconds = 0.02;

}  // namespace

double ComputeShares::Share::UsedAt(Clock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - as_of_).count();
  return used_seconds_ * std::exp2(-std::max(0.0, seconds) / kHalfLifeSeconds);
}

void ComputeShares::Share::Charge(double seconds) {
  std::lock_guard lock(shares_.mutex_);
  const Clock::time_point now = shares_.now_();
  used_seconds_ = UsedAt(now) + seconds / weight_;
  as_of_ = now;
}

bool ComputeShares::Share::IsLight() const {
  if (!may_go_first_) return false;
  std::lock_guard lock(shares_.mutex_);
  const Clock::time_point now = shares_.now_();
  double most = 0;
  for (const auto& [name, share] : shares_.shares_) most = std::max(most, share->UsedAt(now));
  return most > kNothingSeconds && UsedAt(now) < kLightPart * most;
}

bool ComputeShares::Share::IsHeavy() const {
  std::lock_guard lock(shares_.mutex_);
  const Clock::time_point now = shares_.now_();
  const double limit = kLightPart * UsedAt(now);
  return std::any_of(shares_.shares_.begin(), shares_.shares_.end(), [&](const auto& entry) {
    const double used = entry.second->UsedAt(now);
    return used > kNothingSeconds && used < limit;
  });
}

std::shared_ptr<ComputeShare> ComputeShares::Of(std::string_view name, double weight,
                                                bool may_go_first) {
  IRONSCRIBE_CHECK(weight > 0);
  std::lock_guard lock(mutex_);
  if (const auto found = shares_.find(name); found != shares_.end()) return found->second;
  const Clock::time_point now = now_();
  std::erase_if(shares_, [&](const auto& entry) {
    return entry.second.use_count() == 1 && entry.second->UsedAt(now) < kNothingSeconds;
  });
  return shares_.emplace(name, std::make_shared<Share>(*this, weight, may_go_first)).first->second;
}

}  // namespace ironscribe
