// For tests: a queue in a folder of its own, on clocks that stand until they are told to move.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "io/test_folder.h"
#include "jobs/job_queue.h"

namespace ironscribe::jobs {

// Requires: the result is Ok; a test that needs it cannot go on otherwise.
template <typename T>
T Must(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return std::move(result).value();
}
inline void Must(const Status& status) { EXPECT_TRUE(status.ok()) << status.ToString(); }

class TestQueue {
 public:
  // In `folder`, or, if that is empty, in `home`.
  explicit TestQueue(JobQueueOptions options = {}, std::filesystem::path folder = {})
      : options_(std::move(options)), folder_(folder.empty() ? home.path() : std::move(folder)) {
    options_.wall_ms = [this] { return wall_ms.load(); };
    options_.steady_ms = [this] { return steady_ms.load(); };
    Open();
  }

  JobQueue* operator->() { return queue_.get(); }
  JobQueue& operator*() { return *queue_; }

  // As if the process had died and another had come.
  void Reopen() {
    queue_.reset();
    Open();
  }
  void Advance(int64_t ms) {
    wall_ms += ms;
    steady_ms += ms;
  }

  std::string Submit(const std::string& owner, const std::string& payload, int priority = 0) {
    return Must(queue_->Submit({.owner = owner, .payload = payload, .priority = priority})).id;
  }
  Lease MustLease(const std::string& worker = "worker") {
    auto lease = Must(queue_->TryLease(worker));
    EXPECT_TRUE(lease.has_value());
    return std::move(lease).value();
  }
  JobState StateOf(const std::string& id) {
    return Must(queue_->Get(Viewer::Administrator(), id)).state;
  }
  size_t NumFiles(const std::string& folder) const {
    return io::SystemFiles().List(folder_ / folder).value().size();
  }

  io::TestFolder home;
  std::atomic<int64_t> wall_ms{1'700'000'000'000};
  std::atomic<int64_t> steady_ms{5'000};

 private:
  void Open() {
    auto folder = io::OwnedFolder::Acquire(folder_, "test");
    queue_ = Must(JobQueue::Open(Must(std::move(folder)), options_));
  }

  JobQueueOptions options_;
  std::filesystem::path folder_;
  std::unique_ptr<JobQueue> queue_;
};

}  // namespace ironscribe::jobs
