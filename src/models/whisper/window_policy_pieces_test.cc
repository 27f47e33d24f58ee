#include "models/whisper/window_policy_pieces.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <utility>

#include "base/random.h"

namespace ironscribe::models::whisper {
namespace {

PieceResult Named(int name) {
  PieceResult result;
  result.segments.resize(1);
  result.segments[0].text = std::to_string(name);
  result.dropped.push_back({0, 1, std::to_string(name)});
  result.end_seconds = name;
  return result;
}

// What test and work wait for; may be opened once.
class Gate {
 public:
  void Open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

TEST(PieceQueue, ResultsComeInOrderWhateverOrderTheWorkEndsIn) {
  constexpr int kPieces = 4;
  Gate gates[kPieces];
  PieceQueue queue(kPieces);
  for (int i = 0; i < kPieces; ++i) {
    queue.Submit([&gates, i] {
      // Each waits for the one behind it: the last ends first.
      if (i + 1 < kPieces) gates[i + 1].Wait();
      gates[i].Open();
      return Named(i);
    });
  }
  for (int i = 0; i < kPieces; ++i) {
    ASSERT_FALSE(queue.empty());
    const PieceResult result = queue.Take();
    EXPECT_TRUE(result.status.ok());
    ASSERT_EQ(result.segments.size(), 1u);
    EXPECT_EQ(result.segments[0].text, std::to_string(i));
    EXPECT_EQ(result.dropped.at(0).reason, std::to_string(i));
    EXPECT_EQ(result.end_seconds, i);
  }
  EXPECT_TRUE(queue.empty());
}

TEST(PieceQueue, ManyPiecesNoMoreAtOnceThanAllowed) {
  for (int max_running : {1, 2, 5}) {
    constexpr int kPieces = 200;
    std::atomic<int> running{0}, most{0}, runs{0};
    PieceQueue queue(static_cast<size_t>(max_running));
    int submitted = 0, taken = 0;
    while (taken < kPieces) {
      if (submitted < kPieces && !queue.full()) {
        queue.Submit([&, name = submitted] {
          const int now = ++running;
          for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
          }
          if (MixBits(static_cast<uint64_t>(name)) % 4 == 0) {
            std::this_thread::sleep_for(std::chrono::microseconds(200));
          }
          ++runs;
          --running;
          return Named(name);
        });
        ++submitted;
        continue;
      }
      ASSERT_EQ(queue.Take().segments.at(0).text, std::to_string(taken++));
    }
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(runs, kPieces);
    EXPECT_LE(most, max_running);
  }
}

TEST(PieceQueue, FullAndReady) {
  for (size_t max_running : {1u, 3u}) {
    PieceQueue queue(max_running);
    Gate first, later;
    EXPECT_FALSE(queue.ready());
    size_t count = 0;
    for (; !queue.full(); ++count) {
      ASSERT_LT(count, 100u) << "never full";
      queue.Submit([&first, &later, count] {
        (count == 0 ? first : later).Wait();
        return Named(static_cast<int>(count));
      });
    }
    // Enough that no thread is idle while the first piece holds back the order.
    EXPECT_GT(count, max_running);
    EXPECT_FALSE(queue.ready());
    // Only the next one in order makes it ready.
    if (max_running == 1) {
      first.Open();
    } else {
      later.Open();
      EXPECT_FALSE(queue.ready());
      first.Open();
    }
    while (!queue.ready()) std::this_thread::yield();
    EXPECT_TRUE(queue.full());
    EXPECT_EQ(queue.Take().segments.at(0).text, "0");
    EXPECT_FALSE(queue.full());
    later.Open();
    while (!queue.empty()) queue.Take();
    EXPECT_FALSE(queue.ready());
  }
}

TEST(PieceQueue, AnErrorIsTheResultOfItsPieceAlone) {
  PieceQueue queue(2);
  for (int i = 0; i < 4; ++i) {
    queue.Submit([i] {
      PieceResult result = Named(i);
      if (i == 1) result.status = DataLossError("piece 1");
      return result;
    });
  }
  for (int i = 0; i < 4; ++i) {
    const PieceResult result = queue.Take();
    EXPECT_EQ(result.status.code(), i == 1 ? StatusCode::kDataLoss : StatusCode::kOk);
    EXPECT_EQ(result.segments.at(0).text, std::to_string(i));
  }
}

TEST(PieceQueue, TheDestructorWaitsForWhatRunsAndDropsWhatWaits) {
  std::atomic<int> started{0}, finished{0};
  // What work holds is let go, run or not.
  const auto held = std::make_shared<int>(1);
  {
    Gate gate;
    PieceQueue queue(2);
    for (int i = 0; i < 4; ++i) {
      queue.Submit([&, i, held] {
        ++started;
        if (i < 2) gate.Wait();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        ++finished;
        return Named(i);
      });
    }
    while (started < 2) std::this_thread::yield();
    gate.Open();
  }
  EXPECT_EQ(started, finished);
  EXPECT_GE(finished, 2);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(PieceQueue, NothingSubmitted) {
  PieceQueue queue(3);
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.full());
  EXPECT_FALSE(queue.ready());
}

}  // namespace
}  // namespace ironscribe::models::whisper
