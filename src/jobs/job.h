// What a job is: a piece of work that somebody submitted, that must not be lost and must not be
// done twice as far as anyone can see. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace ironscribe::jobs {

// The numbers are kept in databases: never change them.
enum class JobState {
  kQueued = 0,
  kRunning = 1,
  kSucceeded = 2,
  kFailed = 3,
  kCancelled = 4,
  kDead = 5,  // Its workers died or were lost too often: somebody has to look at it.
};
inline constexpr int kNumJobStates = 6;

// "queued", "running", "succeeded", "failed", "cancelled", "dead".
std::string_view JobStateName(JobState state);
// Errors: InvalidArgument.
Result<JobState> ParseJobState(std::string_view name);

// Nothing happens to it any more, except that it is deleted.
inline bool IsFinal(JobState state) {
  return state != JobState::kQueued && state != JobState::kRunning;
}

// What became of telling the submitter that a job is final. Kept in databases too.
enum class NoticeState {
  kNone = 0,  // Nobody wants to be told.
  kWaiting = 1,
  kTold = 2,
  kGivenUp = 3,
};

// Times are milliseconds since 1970 UTC by the clock on the wall, 0 where it has not happened.
struct Job {
  std::string id{};
  std::string owner{};
  std::string batch_id{};  // Empty unless it is part of a batch.
  JobState state = JobState::kQueued;
  int priority = 0;       // Higher ones first.
  std::string payload{};  // As submitted; the queue does not look into it.
  int64_t attempt = 0;    // Number of times it was leased.
  std::string worker{};   // Who has or had it last.
  double progress = 0;    // 0 to 1, never backwards.
  // Why it failed or is dead.
  StatusCode error_code = StatusCode::kOk;
  std::string error{};
  int64_t created_ms = 0;
  int64_t started_ms = 0;  // Of the last attempt.
  int64_t finished_ms = 0;
  int64_t retain_until_ms = 0;  // When it is deleted; 0 before it is final.
  std::optional<uint64_t> audio_bytes{};
  bool has_result = false;
  NoticeState notice = NoticeState::kNone;
  int64_t num_notices = 0;  // How often it was tried to tell, with success or without.
};

// Many jobs of one submission.
struct Batch {
  std::string id{};
  std::string owner{};
  std::string payload{};
  int64_t created_ms = 0;
  std::array<int64_t, kNumJobStates> num_jobs{};  // By state.

  int64_t Count(JobState state) const { return num_jobs[static_cast<size_t>(state)]; }
  int64_t Total() const;
};

// Whose jobs a caller may see. There is no way to say "everybody's" by leaving something empty.
class Viewer {
 public:
  static Viewer Owner(std::string owner) { return Viewer(std::move(owner)); }
  static Viewer Administrator() { return Viewer(std::nullopt); }

  bool MaySee(std::string_view owner) const { return !owner_ || *owner_ == owner; }
  const std::optional<std::string>& owner() const { return owner_; }

 private:
  explicit Viewer(std::optional<std::string> owner) : owner_(std::move(owner)) {}
  std::optional<std::string> owner_;
};

}  // namespace ironscribe::jobs
