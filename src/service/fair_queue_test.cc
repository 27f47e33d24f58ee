#include "service/fair_queue.h"

#include <gtest/gtest.h>

namespace ironscribe::service {
namespace {

using std::chrono::seconds;

class FairQueueTest : public testing::Test {
 protected:
  static EntryRequest Request(std::string key, Priority priority = Priority::kInteractive) {
    return {.model = "m", .key = std::move(key), .priority = priority, .audio_seconds = 10};
  }
  // The id, or 0 where it is refused.
  FairQueue::Id Enter(const EntryRequest& request) {
    const auto entered = queue_->TryEnter(request, now_);
    if (const auto* refusal = std::get_if<Refusal>(&entered)) {
      last_refusal_ = *refusal;
      return 0;
    }
    const auto id = std::get<FairQueue::Id>(entered);
    queue_->Queue(id, now_);
    return id;
  }
  FairQueue::Id Enter(std::string key, Priority priority = Priority::kInteractive) {
    return Enter(Request(std::move(key), priority));
  }
  // Those that were started, in order.
  std::vector<FairQueue::Id> Started() {
    std::vector<FairQueue::Id> ids;
    for (const auto& change : queue_->TakeChanges()) {
      if (change.refusal) {
        lost_[change.id] = *change.refusal;
      } else {
        ids.push_back(change.id);
      }
    }
    return ids;
  }
  void Use(FairQueueOptions options) { queue_ = std::make_unique<FairQueue>(options); }
  void Finish(FairQueue::Id id) { queue_->Leave(id, true, now_); }

  using Ids = std::vector<FairQueue::Id>;
  std::unique_ptr<FairQueue> queue_ = std::make_unique<FairQueue>(
      FairQueueOptions{.running = 2, .max_waiting = 4, .max_waiting_per_key = 3});
  TimePoint now_{};
  Refusal last_refusal_;
  std::map<FairQueue::Id, Refusal> lost_;
};

TEST_F(FairQueueTest, AKeyGetsAllPlacesButOne) {
  const auto a1 = Enter("a"), a2 = Enter("a");
  EXPECT_EQ(Started(), Ids{a1});
  const auto b = Enter("b");
  EXPECT_EQ(Started(), Ids{b});
  Finish(b);
  EXPECT_EQ(Started(), Ids{});
  Finish(a1);
  EXPECT_EQ(Started(), Ids{a2});
}

TEST_F(FairQueueTest, AModelWithOnePlaceUsesIt) {
  queue_->SetRunning("m", 1, now_);
  const auto a = Enter("a", Priority::kBatch);
  EXPECT_EQ(Started(), Ids{a});
}

TEST_F(FairQueueTest, ModelsHavePlacesOfTheirOwn) {
  const auto a = Enter("a");
  EntryRequest other = Request("a");
  other.model = "n";
  const auto b = Enter(other);
  EXPECT_EQ(Started(), (Ids{a, b}));
}

TEST_F(FairQueueTest, WhatIsReservedDoesNotRunBeforeItIsQueued) {
  const auto reserved = std::get<FairQueue::Id>(queue_->TryEnter(Request("a"), now_));
  const auto b = Enter("b");
  EXPECT_EQ(Started(), Ids{b});
  EXPECT_EQ(queue_->Snapshot(now_).classes[1].reserved, 1);
  queue_->Queue(reserved, now_);
  EXPECT_EQ(Started(), Ids{reserved});
}

TEST_F(FairQueueTest, TheKeyThatHadLeastGoesNext) {
  const auto a1 = Enter("a"), b1 = Enter("b");
  const auto a2 = Enter("a"), a3 = Enter("a"), c = Enter("c");
  EXPECT_EQ(Started(), (Ids{a1, b1}));
  queue_->SetAudioSeconds(a1, 100);  // Longer than it said.
  Finish(a1);
  EXPECT_EQ(Started(), Ids{c});
  const auto b2 = Enter("b");
  Finish(b1);
  EXPECT_EQ(Started(), Ids{b2});
  Finish(c);
  EXPECT_EQ(Started(), Ids{a2});
  Finish(b2);
  Finish(a2);
  EXPECT_EQ(Started(), Ids{a3});
}

TEST_F(FairQueueTest, AKeyIsRefusedBeyondItsShareOfTheQueue) {
  queue_->SetRunning("m", 1, now_);
  const auto first = Enter("a");
  for (int i = 0; i < 3; ++i) EXPECT_NE(Enter("a"), 0u);
  EXPECT_EQ(Enter("a"), 0u);
  EXPECT_EQ(last_refusal_.reason, RefusalReason::kKeyQueueFull);
  const auto b = Enter("b");
  EXPECT_NE(b, 0u);
  Finish(first);
  EXPECT_EQ(Enter("a"), 0u);  // b has had less and is started.
  Finish(b);
  EXPECT_NE(Enter("a"), 0u);
}

TEST_F(FairQueueTest, AKeyMayHaveLimitsOfItsOwn) {
  Use({.running = 4});
  EntryRequest request = Request("a");
  request.max_running = 1;
  request.max_waiting = 2;
  const auto first = Enter(request), second = Enter(request), third = Enter(request);
  EXPECT_EQ(Started(), Ids{first});
  EXPECT_EQ(Enter(request), 0u);
  EXPECT_EQ(last_refusal_.reason, RefusalReason::kKeyQueueFull);
  queue_->Leave(first, false, now_);
  EXPECT_EQ(Started(), Ids{second});
  EXPECT_NE(third, 0u);
}

TEST_F(FairQueueTest, RetryAfterIsTheMeasuredTimeOfTheWorkAhead) {
  queue_->SetRunning("m", 1, now_);
  const auto first = Enter("a");
  now_ += seconds(5);  // 10 audio seconds in 5 s.
  Finish(first);
  for (int i = 0; i < 4; ++i) Enter("a");
  ASSERT_EQ(Enter("a"), 0u);
  EXPECT_EQ(last_refusal_.retry_after_seconds, 15);  // Three wait.
  // With another key that waits the work of this one takes twice as long.
  Enter("b");
  ASSERT_EQ(Enter("a"), 0u);
  EXPECT_EQ(last_refusal_.retry_after_seconds, 30);
  ASSERT_EQ(Enter("c", Priority::kBatch), 0u);
  EXPECT_EQ(last_refusal_.reason, RefusalReason::kQueueFull);
  EXPECT_EQ(last_refusal_.retry_after_seconds, 20);
}

TEST_F(FairQueueTest, AFullQueueMakesRoomForTheKeyThatHasLess) {
  queue_->SetRunning("m", 1, now_);
  Enter("a");
  const auto a2 = Enter("a"), a3 = Enter("a"), a4 = Enter("a"), b = Enter("b");
  const auto c = Enter("c");
  EXPECT_NE(c, 0u);
  Started();
  ASSERT_EQ(lost_.size(), 1u);
  EXPECT_EQ(lost_.begin()->first, a4);
  EXPECT_EQ(lost_.begin()->second.reason, RefusalReason::kDisplaced);
  queue_->Leave(a4, false, now_);
  // a has two now, a second one of c would not be fairer.
  EXPECT_EQ(Enter("c"), 0u);
  for (const auto id : {a2, a3, b}) queue_->Leave(id, false, now_);
}

TEST_F(FairQueueTest, AFullQueueMakesRoomForTheMoreUrgent) {
  queue_->SetRunning("m", 1, now_);
  Enter("x");
  const auto batch = Enter("a", Priority::kBatch);
  Enter("b");
  Enter("c");
  Enter("f");
  EXPECT_EQ(Enter("d", Priority::kBatch), 0u);
  EXPECT_NE(Enter("d", Priority::kLive), 0u);
  Started();
  EXPECT_TRUE(lost_.contains(batch));
  EXPECT_EQ(Enter("e"), 0u);  // None is less urgent any more, and none has two more.
}

TEST_F(FairQueueTest, UrgentFirstAndBatchNeverHasAllPlaces) {
  const auto b1 = Enter("a", Priority::kBatch), b2 = Enter("b", Priority::kBatch);
  EXPECT_EQ(Started(), Ids{b1});
  const auto interactive = Enter("c"), more = Enter("d");
  const auto live = Enter("e", Priority::kLive);
  EXPECT_EQ(Started(), Ids{interactive});
  Finish(b1);
  EXPECT_EQ(Started(), Ids{live});
  Finish(live);
  EXPECT_EQ(Started(), Ids{more});
  Finish(more);
  EXPECT_EQ(Started(), Ids{b2});
}

TEST_F(FairQueueTest, DeadlinesThatPassedAreNotStarted) {
  queue_->SetRunning("m", 1, now_);
  const auto first = Enter("a");
  EntryRequest request = Request("b");
  request.deadline = now_ + seconds(3);
  const auto late = Enter(request);
  const auto other = Enter("b");
  Started();
  now_ += seconds(4);
  Finish(first);
  EXPECT_EQ(Started(), Ids{other});
  EXPECT_EQ(lost_.at(late).reason, RefusalReason::kDeadline);
  queue_->Leave(late, false, now_);
  // Measured: 10 audio seconds in 4 s. It cannot be done in time any more.
  request.deadline = now_ + seconds(3);
  EXPECT_EQ(Enter(request), 0u);
  EXPECT_EQ(last_refusal_.reason, RefusalReason::kDeadline);
  request.deadline = now_ + seconds(9);
  EXPECT_NE(Enter(request), 0u);
}

TEST_F(FairQueueTest, OutlookCountsThoseThatGoFirst) {
  Use({.running = 1});
  const auto first = Enter("a");
  now_ += seconds(2);  // Five times real time.
  const auto a = Enter("a"), b = Enter("b"), c = Enter("b");
  EXPECT_EQ(queue_->Outlook(first).ahead, 0);
  Finish(first);
  Started();
  // b runs; a, who has had as much by now as the one before c, waits for it only.
  EXPECT_EQ(queue_->Outlook(b).ahead, 0);
  EXPECT_EQ(queue_->Outlook(b).wait_seconds, 0);
  EXPECT_EQ(queue_->Outlook(a).ahead, 0);
  EXPECT_EQ(queue_->Outlook(c).ahead, 1);
  EXPECT_DOUBLE_EQ(queue_->Outlook(c).wait_seconds - queue_->Outlook(a).wait_seconds, 2);
  const QueueSnapshot snapshot = queue_->Snapshot(now_);
  ASSERT_EQ(snapshot.models.size(), 1u);
  EXPECT_EQ(snapshot.models[0].running, 1);
  EXPECT_EQ(snapshot.models[0].waiting, 2);
  EXPECT_DOUBLE_EQ(snapshot.models[0].place_speed, 5);
}

TEST_F(FairQueueTest, WhoeverWasAwayHasNoCredit) {
  Use({.running = 1, .max_waiting = 100});
  for (int i = 0; i < 20; ++i) {  // a is served for long, b is not there.
    Finish(Enter("a"));
  }
  const auto running = Enter("a");
  std::vector<FairQueue::Id> of_a, of_b;
  for (int i = 0; i < 4; ++i) {
    of_a.push_back(Enter("a"));
    of_b.push_back(Enter("b"));
  }
  Started();
  Finish(running);
  Ids order;
  for (int i = 0; i < 8; ++i) {
    const Ids started = Started();
    ASSERT_EQ(started.size(), 1u);
    order.push_back(started[0]);
    Finish(started[0]);
  }
  EXPECT_EQ(order, (Ids{of_b[0], of_a[0], of_b[1], of_a[1], of_b[2], of_a[2], of_b[3], of_a[3]}));
}

}  // namespace
}  // namespace ironscribe::service
