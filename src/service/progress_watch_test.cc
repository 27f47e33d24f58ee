#include "service/progress_watch.h"

#include <gtest/gtest.h>

#include <vector>

namespace ironscribe::service {
namespace {

using engine::SchedulerProgress;
using std::chrono::seconds;

class ProgressWatchTest : public testing::Test {
 protected:
  SchedulerProgress Working(int for_seconds) const {
    return {.finished_tasks = 1, .has_work = true, .since = now_ - seconds(for_seconds)};
  }
  SchedulerProgress Idle(int for_seconds) const {
    return {.finished_tasks = 1, .has_work = false, .since = now_ - seconds(for_seconds)};
  }
  double Stalled(const std::vector<SchedulerProgress>& schedulers,
                 std::optional<int> memory_seconds = {}) const {
    std::optional<TimePoint> memory;
    if (memory_seconds) memory = now_ - seconds(*memory_seconds);
    return StalledSeconds(schedulers, memory, now_);
  }

  const TimePoint now_{seconds(100'000)};
};

TEST_F(ProgressWatchTest, WithoutWorkNothingStalls) {
  EXPECT_EQ(Stalled({}), 0);
  EXPECT_EQ(Stalled({Idle(5000), Idle(90'000)}), 0);
}

TEST_F(ProgressWatchTest, TheLongestStallCountsWhateverOthersDo) {
  EXPECT_EQ(Stalled({Working(2), Working(31), Idle(500)}), 31);
  EXPECT_EQ(Stalled({Working(2), Idle(500)}), 2);
}

TEST_F(ProgressWatchTest, WaitingForMemoryStallsOnlyWhileNobodyGetsOn) {
  EXPECT_EQ(Stalled({Idle(500)}, 40), 40);
  EXPECT_EQ(Stalled({Idle(500), Idle(3)}, 40), 3);
  EXPECT_EQ(Stalled({Working(1)}, 40), 1);
  EXPECT_EQ(Stalled({Idle(500)}, 0), 0);
}

}  // namespace
}  // namespace ironscribe::service
