// Leasing and giving back.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "jobs/test_queue.h"

namespace ironscribe::jobs {
namespace {

TEST(JobQueue, AJobFromSubmissionToResult) {
  TestQueue queue;
  EXPECT_FALSE(Must(queue->TryLease("w")).has_value());
  const std::string id = queue.Submit("alice", R"({"model":"base"})");
  const Viewer alice = Viewer::Owner("alice");
  EXPECT_EQ(Must(queue->Get(alice, id)).state, JobState::kQueued);
  EXPECT_EQ(queue->ReadResult(alice, id).status().code(), StatusCode::kFailedPrecondition);

  queue.Advance(1000);
  const Lease lease = queue.MustLease("w1");
  EXPECT_EQ(lease.job_id, id);
  EXPECT_EQ(lease.payload, R"({"model":"base"})");
  EXPECT_EQ(lease.attempt, 1);
  EXPECT_FALSE(Must(queue->TryLease("w2")).has_value());
  Must(queue->Heartbeat(lease, 0.25));
  queue.Advance(2000);
  Must(queue->Succeed(lease, "the text"));

  const Job job = Must(queue->Get(alice, id));
  EXPECT_EQ(job.state, JobState::kSucceeded);
  EXPECT_EQ(job.worker, "w1");
  EXPECT_EQ(job.progress, 1);
  EXPECT_EQ(job.started_ms - job.created_ms, 1000);
  EXPECT_EQ(job.finished_ms - job.started_ms, 2000);
  EXPECT_TRUE(job.has_result);
  EXPECT_EQ(Must(queue->ReadResult(alice, id)), "the text");
  EXPECT_EQ(Must(queue->Statistics()).mean_run_ms, 2000);
  queue.Reopen();
  EXPECT_EQ(Must(queue->ReadResult(alice, id)), "the text");
}

TEST(JobQueue, OfTwoWorkersOnOneJobOnlyTheLaterCanFinishIt) {
  TestQueue queue({.lease_ms = 1000});
  const std::string id = queue.Submit("alice", "x");
  const Lease first = queue.MustLease("slow");
  queue.Advance(1001);
  const Lease second = queue.MustLease("fresh");
  EXPECT_EQ(second.job_id, id);
  EXPECT_EQ(second.attempt, 2);
  EXPECT_EQ(queue->Heartbeat(first, 0.5).code(), StatusCode::kAborted);
  EXPECT_EQ(queue->Succeed(first, "of the first").code(), StatusCode::kAborted);
  EXPECT_EQ(queue->Fail(first, InternalError("x"), JobQueue::Retry::kNo).code(),
            StatusCode::kAborted);
  EXPECT_EQ(queue->Release(first).code(), StatusCode::kAborted);
  EXPECT_EQ(queue.StateOf(id), JobState::kRunning);
  Must(queue->Succeed(second, "of the second"));
  EXPECT_EQ(queue->Succeed(first, "of the first").code(), StatusCode::kAborted);
  EXPECT_EQ(Must(queue->ReadResult(Viewer::Owner("alice"), id)), "of the second");
  EXPECT_EQ(queue.NumFiles("results"), 1u);
  // Who does not know whether it worked may ask again.
  EXPECT_EQ(queue->Succeed(second, "again").code(), StatusCode::kAborted);
  EXPECT_EQ(Must(queue->ReadResult(Viewer::Owner("alice"), id)), "of the second");
}

TEST(JobQueue, HeartbeatsKeepALease) {
  TestQueue queue({.lease_ms = 1000});
  queue.Submit("alice", "x");
  const Lease lease = queue.MustLease();
  for (int i = 0; i < 5; ++i) {
    queue.Advance(900);
    Must(queue->Heartbeat(lease, 0));
    EXPECT_EQ(Must(queue->Maintain()).num_requeued, 0);
  }
  queue.Advance(1000);
  EXPECT_EQ(Must(queue->Maintain()).num_requeued, 1);
}

TEST(JobQueue, AnHourOnTheWallMovesNoLease) {
  TestQueue queue({.lease_ms = 1000, .retention_ms = int64_t{24} * 3'600'000});
  const std::string id = queue.Submit("alice", "x");
  const Lease lease = queue.MustLease();
  for (const int64_t jump_ms : {3'600'000, -7'200'000, 3'600'000}) {
    queue.wall_ms += jump_ms;
    EXPECT_EQ(Must(queue->Maintain()).num_requeued, 0);
    EXPECT_FALSE(Must(queue->TryLease("other")).has_value());
    Must(queue->Heartbeat(lease, 0));
  }
  Must(queue->Succeed(lease, "r"));
  // Nor does a clock that began anew lose one.
  queue.Submit("alice", "y");
  queue.steady_ms = 50'000'000;
  const Lease before = queue.MustLease();
  queue.steady_ms = 10;
  queue.Reopen();
  const Lease after = queue.MustLease();
  EXPECT_EQ(after.job_id, before.job_id);
  EXPECT_EQ(queue->Heartbeat(before, 0).code(), StatusCode::kAborted);
}

TEST(JobQueue, ThreeLostAttemptsInARowAreTheLast) {
  TestQueue queue;
  const std::string id = queue.Submit("alice", "poison");
  for (int attempt = 1; attempt <= 3; ++attempt) {
    const Lease lease = queue.MustLease();
    EXPECT_EQ(lease.attempt, attempt);
    queue.home.Write("work/" + id, "journal");
    queue.Reopen();
  }
  const Job job = Must(queue->Get(Viewer::Owner("alice"), id));
  EXPECT_EQ(job.state, JobState::kDead);
  EXPECT_EQ(job.error_code, StatusCode::kAborted);
  EXPECT_NE(job.error.find("3 times"), std::string::npos);
  EXPECT_GT(job.retain_until_ms, job.finished_ms);
  EXPECT_EQ(queue.NumFiles("work"), 0u);
  EXPECT_FALSE(Must(queue->TryLease("w")).has_value());
}

TEST(JobQueue, ComingFurtherTakesStrikesBack) {
  TestQueue queue;
  const std::string id = queue.Submit("alice", "long");
  for (int restart = 1; restart <= 8; ++restart) {
    const Lease lease = queue.MustLease();
    EXPECT_EQ(lease.progress, (restart - 1) * 0.1);
    Must(queue->Heartbeat(lease, restart * 0.1));
    Must(queue->Heartbeat(lease, 0.01));  // Never backwards.
    Must(queue->Heartbeat(lease, std::nan("")));
    queue.Reopen();
    EXPECT_EQ(queue.StateOf(id), JobState::kQueued) << restart;
  }
  // From now on it does not; the last attempt that did is the first strike.
  queue.MustLease();
  queue.Reopen();
  queue.MustLease();
  queue.Reopen();
  EXPECT_EQ(queue.StateOf(id), JobState::kDead);
}

TEST(JobQueue, WhatRanBesideAPoisonousJobSurvivesIt) {
  TestQueue queue;
  const std::string poison = queue.Submit("alice", "poison");
  const std::string good = queue.Submit("alice", "good");
  for (int death = 1; death <= 2; ++death) {
    queue.MustLease();
    queue.MustLease();
    queue.Reopen();
  }
  // Both have one attempt left: one at a time now.
  EXPECT_EQ(queue.MustLease().job_id, poison);
  EXPECT_FALSE(Must(queue->TryLease("w")).has_value());
  queue.Reopen();
  EXPECT_EQ(queue.StateOf(poison), JobState::kDead);
  const Lease lease = queue.MustLease();
  EXPECT_EQ(lease.job_id, good);
  Must(queue->Succeed(lease, "r"));
}

TEST(JobQueue, AnOrderlyStopIsNoStrike) {
  TestQueue queue;
  const std::string id = queue.Submit("alice", "x");
  for (int stop = 1; stop <= 10; ++stop) {
    Must(queue->Release(queue.MustLease()));
    queue.Reopen();
  }
  EXPECT_EQ(queue.StateOf(id), JobState::kQueued);
  EXPECT_EQ(queue.MustLease().attempt, 11);
}

TEST(JobQueue, FailuresAreKeptOrTriedAgain) {
  TestQueue queue;
  const std::string id = queue.Submit("alice", "x");
  for (int attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_EQ(queue.StateOf(id), JobState::kQueued);
    Must(queue->Fail(queue.MustLease(), UnavailableError("no memory"), JobQueue::Retry::kYes));
  }
  const Job dead = Must(queue->Get(Viewer::Owner("alice"), id));
  EXPECT_EQ(dead.state, JobState::kDead);
  EXPECT_EQ(dead.error_code, StatusCode::kUnavailable);
  EXPECT_EQ(dead.error, "no memory");

  const std::string other = queue.Submit("alice", "y");
  Must(queue->Fail(queue.MustLease(), InvalidArgumentError("no audio"), JobQueue::Retry::kNo));
  const Job failed = Must(queue->Get(Viewer::Owner("alice"), other));
  EXPECT_EQ(failed.state, JobState::kFailed);
  EXPECT_EQ(failed.error, "no audio");
  EXPECT_FALSE(failed.has_result);
}

TEST(JobQueue, PrioritiesFirstThenOwnersTakeTurns) {
  TestQueue queue;
  for (int i = 0; i < 3; ++i) queue.Submit("alice", "alice " + std::to_string(i));
  for (int i = 0; i < 2; ++i) queue.Submit("bob", "bob " + std::to_string(i));
  queue.Submit("carol", "carol 0", 5);
  std::vector<std::string> order;
  // One worker, that finishes each before the next.
  for (int i = 0; i < 4; ++i) {
    const Lease lease = queue.MustLease();
    order.push_back(lease.payload);
    Must(queue->Succeed(lease, ""));
  }
  // Two at a time from here: bob's turn is over, alice has one running.
  order.push_back(queue.MustLease().payload);
  order.push_back(queue.MustLease().payload);
  EXPECT_EQ(order, (std::vector<std::string>{"carol 0", "alice 0", "bob 0", "alice 1", "bob 1",
                                             "alice 2"}));
}

TEST(JobQueue, NewWorkWakesAWorkerAndSoDoesStopping) {
  TestQueue queue;
  std::stop_source stop;
  std::optional<Lease> lease;
  // A timeout far beyond the test's own limit: only being woken ends the wait.
  constexpr int64_t kForeverMs = 3'600'000;
  std::jthread worker([&] {
    while (!lease) {
      lease = Must(queue->TryLease("w"));
      if (!lease) queue->WaitForWork(stop.get_token(), kForeverMs);
    }
    EXPECT_FALSE(Must(queue->TryLease("w")).has_value());
    queue->WaitForWork(stop.get_token(), kForeverMs);
  });
  queue.Submit("alice", "x");
  while (Must(queue->Statistics()).num_jobs[0] > 0) std::this_thread::yield();
  stop.request_stop();
  worker.join();
  EXPECT_EQ(lease->payload, "x");
}

TEST(JobQueue, AResultThatIsTooLargeIsRefusedAndTheLeaseGoesOn) {
  TestQueue queue({.max_result_bytes = 10});
  queue.Submit("alice", "x");
  const Lease lease = queue.MustLease();
  EXPECT_EQ(queue->Succeed(lease, "eleven bytes").code(), StatusCode::kInvalidArgument);
  Must(queue->Succeed(lease, "ten bytes."));
}

TEST(JobQueue, ManyWorkersShareWithoutDoubles) {
  TestQueue queue;
  static constexpr int kNumJobs = 60;
  BatchRequest request{.owner = "alice"};
  for (int i = 0; i < kNumJobs; ++i) request.items.push_back({std::to_string(i), nullptr});
  const std::string batch = Must(queue->SubmitBatch(std::move(request))).id;
  std::atomic<int> num_done{0};
  {
    std::vector<std::jthread> workers;
    for (int w = 0; w < 4; ++w) {
      workers.emplace_back([&queue, &num_done, w] {
        while (const auto lease = Must(queue->TryLease("w" + std::to_string(w)))) {
          EXPECT_EQ(lease->attempt, 1);
          Must(queue->Heartbeat(*lease, 0.5));
          Must(queue->Succeed(*lease, lease->payload));
          ++num_done;
        }
      });
    }
    workers.emplace_back([&queue, &batch] {
      for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(Must(queue->GetBatch(Viewer::Owner("alice"), batch)).Total(), kNumJobs);
      }
    });
  }
  EXPECT_EQ(num_done, kNumJobs);
  EXPECT_EQ(Must(queue->GetBatch(Viewer::Owner("alice"), batch)).Count(JobState::kSucceeded),
            kNumJobs);
}

}  // namespace
}  // namespace ironscribe::jobs
