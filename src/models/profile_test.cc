#include "models/profile.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace ironscribe::models {
namespace {

constexpr std::chrono::milliseconds kNap{2};

TEST(ProfileTest, StagesHaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kNumStages; ++i) names.insert(StageName(static_cast<Stage>(i)));
  EXPECT_EQ(names.size(), kNumStages);
  EXPECT_EQ(names.count(""), 0u);
  EXPECT_EQ(StageName(Stage::kFeatures), "features");
  EXPECT_EQ(StageName(Stage::kSearch), "search");
}

TEST(ProfileTest, ATimerDividesItsTimeAmongStages) {
  Profile profile;
  const auto start = std::chrono::steady_clock::now();
  {
    StageTimer timer(&profile, Stage::kDecoderSelf, 3);
    std::this_thread::sleep_for(kNap);
    timer.Next(Stage::kDecoderCross);
    std::this_thread::sleep_for(kNap);
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const double nap = std::chrono::duration<double>(kNap).count();
  const double self = profile.thread_seconds(Stage::kDecoderSelf);
  const double cross = profile.thread_seconds(Stage::kDecoderCross);
  EXPECT_GE(self, 3 * nap);
  EXPECT_GE(cross, 3 * nap);
  EXPECT_LE(self + cross, 3 * wall.count());
  EXPECT_EQ(profile.thread_seconds(Stage::kSearch), 0);
}

TEST(ProfileTest, NobodyAsks) {
  StageTimer timer(nullptr, Stage::kSearch);
  timer.Next(Stage::kScoring);
}

TEST(ProfileTest, ManyThreadsCountTogether) {
  Profile profile;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        profile.AddTime(Stage::kScoring, 1000);
        profile.CountWindow(100, 100);
        profile.CountStep(
            {.rows = 4, .scored_rows = 3, .history = 20, .memory = 200, .memory_reads = 100});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_DOUBLE_EQ(profile.thread_seconds(Stage::kScoring), 4e-3);
  const WorkCounts counts = profile.counts();
  EXPECT_EQ(counts.windows, 4000);
  EXPECT_EQ(counts.frames, 400'000);
  EXPECT_EQ(counts.frame_pairs, 40e6);
  EXPECT_EQ(counts.steps, 4000);
  EXPECT_EQ(counts.rows, 16'000);
  EXPECT_EQ(counts.scored_rows, 12'000);
  EXPECT_EQ(counts.history, 80'000);
  EXPECT_EQ(counts.memory, 800'000);
  EXPECT_EQ(counts.memory_reads, 400'000);
  profile.Clear();
  EXPECT_EQ(profile.thread_seconds(Stage::kScoring), 0);
  const WorkCounts none = profile.counts();
  EXPECT_EQ(none.windows + none.frames + none.frame_pairs + none.steps + none.rows +
                none.scored_rows + none.history + none.memory + none.memory_reads,
            0);
}

}  // namespace
}  // namespace ironscribe::models
