// Submitting, looking, cancelling, deleting.
#include "jobs/job_queue.h"

#include <gtest/gtest.h>

#include "jobs/test_queue.h"
#include "sqlite/database.h"

namespace ironscribe::jobs {
namespace {

std::unique_ptr<Upload> UploadOf(TestQueue& queue, std::string_view bytes) {
  auto upload = Must(queue->NewUpload());
  Must(upload->Append(bytes.substr(0, bytes.size() / 2)));
  Must(upload->Append(bytes.substr(bytes.size() / 2)));
  return upload;
}

TEST(JobState, NamesRoundTrip) {
  for (int i = 0; i < kNumJobStates; ++i) {
    const auto state = static_cast<JobState>(i);
    EXPECT_EQ(Must(ParseJobState(JobStateName(state))), state);
  }
  EXPECT_EQ(ParseJobState("Queued").status().code(), StatusCode::kInvalidArgument);
}

TEST(JobQueue, AudioIsTheJobsUntilItIsDeleted) {
  TestQueue queue;
  JobRequest request{.owner = "alice", .payload = "x", .audio = UploadOf(queue, "RIFF audio")};
  const std::string id = Must(queue->Submit(std::move(request))).id;
  EXPECT_EQ(Must(queue->Get(Viewer::Owner("alice"), id)).audio_bytes, 10u);
  EXPECT_EQ(queue.NumFiles("incoming"), 0u);
  queue.Reopen();
  const Lease lease = queue.MustLease();
  EXPECT_EQ(io::SystemFiles().Read(lease.audio_path, 100).value(), "RIFF audio");
  queue.home.Write("work/" + id, "journal");
  EXPECT_EQ(lease.journal_path, queue.home.path() / "work" / id);
  Must(queue->Succeed(lease, "r"));
  EXPECT_EQ(queue.NumFiles("work"), 0u);
  Must(queue->Delete(Viewer::Owner("alice"), id));
  EXPECT_EQ(queue.NumFiles("audio"), 0u);
  EXPECT_EQ(queue.NumFiles("results"), 0u);
  EXPECT_EQ(queue->Get(Viewer::Owner("alice"), id).status().code(), StatusCode::kNotFound);
}

TEST(JobQueue, AnUploadThatIsNotSubmittedGoes) {
  TestQueue queue;
  UploadOf(queue, "audio").reset();
  EXPECT_EQ(queue.NumFiles("incoming"), 0u);
  JobRequest empty{.owner = "", .audio = UploadOf(queue, "audio")};
  EXPECT_FALSE(queue->Submit(std::move(empty)).ok());
  EXPECT_EQ(queue.NumFiles("incoming"), 0u);
  JobRequest nothing{.owner = "alice", .audio = Must(queue->NewUpload())};
  EXPECT_TRUE(queue->Submit(std::move(nothing)).ok());
  EXPECT_EQ(io::SystemFiles().Read(queue.MustLease().audio_path, 9).value(), "");
}

TEST(JobQueue, TheSameRequestIsTheSameJobAndAnotherIsRefused) {
  TestQueue queue;
  const auto submit = [&queue](const std::string& owner, const std::string& payload,
                               std::string_view audio) {
    return queue->Submit({.owner = owner,
                          .idempotency_key = "order 7",
                          .payload = payload,
                          .audio = UploadOf(queue, audio)});
  };
  const Submission first = Must(submit("alice", "x", "audio"));
  EXPECT_TRUE(first.is_new);
  const Submission again = Must(submit("alice", "x", "audio"));
  EXPECT_EQ(again.id, first.id);
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(submit("alice", "y", "audio").status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(submit("alice", "x", "other audio").status().code(), StatusCode::kAlreadyExists);
  EXPECT_NE(Must(submit("bob", "x", "audio")).id, first.id);
  EXPECT_EQ(queue.NumFiles("audio"), 2u);
  EXPECT_EQ(queue.NumFiles("incoming"), 0u);

  queue.Reopen();
  EXPECT_EQ(Must(submit("alice", "x", "audio")).id, first.id);
  BatchRequest batch{.owner = "alice", .idempotency_key = "order 7", .payload = "x"};
  batch.items.push_back({"x", UploadOf(queue, "audio")});
  EXPECT_EQ(queue->SubmitBatch(std::move(batch)).status().code(), StatusCode::kAlreadyExists);
  // Where the job ends its key is free.
  Must(queue->Delete(Viewer::Owner("alice"), first.id));
  EXPECT_TRUE(Must(submit("alice", "another", "audio")).is_new);
}

TEST(JobQueue, RefusesWhatIsNoJob) {
  TestQueue queue({.max_result_bytes = 100});
  const auto code = [&queue](JobRequest request) {
    return queue->Submit(std::move(request)).status().code();
  };
  EXPECT_EQ(code({.owner = ""}), StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.owner = "a", .payload = std::string(101, 'x')}), StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.owner = "a", .retention_ms = -1}), StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.owner = "a", .idempotency_key = std::string(257, 'k')}),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(queue->SubmitBatch({.owner = "a"}).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Must(queue->Statistics()).num_jobs[0], 0);
}

TEST(JobQueue, NobodySeesTheJobsOfOthers) {
  TestQueue queue;
  const std::string id = queue.Submit("alice", "secret");
  BatchRequest request{.owner = "alice"};
  request.items.push_back({"x", nullptr});
  const std::string batch = Must(queue->SubmitBatch(std::move(request))).id;
  const Viewer bob = Viewer::Owner("bob");
  EXPECT_EQ(queue->Get(bob, id).status().ToString(),
            queue->Get(bob, "job_none").status().ToString());
  EXPECT_EQ(queue->ReadResult(bob, id).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(queue->NumBefore(bob, id).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(queue->Cancel(bob, id).code(), StatusCode::kNotFound);
  EXPECT_EQ(queue->Delete(bob, id).code(), StatusCode::kNotFound);
  EXPECT_EQ(queue->GetBatch(bob, batch).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(queue->CancelBatch(bob, batch).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(queue->DeleteBatch(bob, batch).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(Must(queue->List(bob, {})).jobs.empty());
  EXPECT_TRUE(Must(queue->List(bob, {.batch_id = batch})).jobs.empty());
  EXPECT_TRUE(Must(queue->List(Viewer::Owner(""), {})).jobs.empty());
  EXPECT_EQ(Must(queue->List(Viewer::Owner("alice"), {})).jobs.size(), 2u);
  EXPECT_EQ(Must(queue->List(Viewer::Administrator(), {})).jobs.size(), 2u);
}

TEST(JobQueue, ListsComeInPagesThatNewJobsDoNotShift) {
  TestQueue queue;
  for (int i = 0; i < 7; ++i) queue.Submit("alice", std::to_string(i));
  Must(queue->Cancel(Viewer::Owner("alice"), queue.Submit("alice", "cancelled")));
  ListQuery query{.state = JobState::kQueued, .limit = 3};
  std::vector<std::string> payloads;
  for (int page_number = 0; page_number < 3; ++page_number) {
    const JobPage page = Must(queue->List(Viewer::Owner("alice"), query));
    for (const Job& job : page.jobs) payloads.push_back(job.payload);
    EXPECT_EQ(page.next_cursor.empty(), page_number == 2);
    query.cursor = page.next_cursor;
    queue.Submit("alice", "new");
  }
  EXPECT_EQ(payloads, (std::vector<std::string>{"6", "5", "4", "3", "2", "1", "0"}));
  for (const char* cursor : {"x", "-1", "0", "1x", "99999999999999999999"}) {
    EXPECT_EQ(queue->List(Viewer::Owner("alice"), {.cursor = cursor}).status().code(),
              StatusCode::kInvalidArgument)
        << cursor;
  }
  for (const int limit : {0, -1, kMaxPage + 1}) {
    EXPECT_EQ(queue->List(Viewer::Owner("alice"), {.limit = limit}).status().code(),
              StatusCode::kInvalidArgument);
  }
}

TEST(JobQueue, TheNumberBeforeAJobCountsTurns) {
  TestQueue queue;
  std::vector<std::string> alice;
  for (int i = 0; i < 3; ++i) alice.push_back(queue.Submit("alice", "x"));
  std::vector<std::string> bob;
  for (int i = 0; i < 2; ++i) bob.push_back(queue.Submit("bob", "x"));
  const std::string carol = queue.Submit("carol", "x", 9);
  const auto before = [&queue](const std::string& id) {
    return Must(queue->NumBefore(Viewer::Administrator(), id));
  };
  EXPECT_EQ(before(carol), 0);
  EXPECT_EQ(before(alice[0]), 1);  // carol
  EXPECT_EQ(before(bob[0]), 2);    // carol, alice 0
  EXPECT_EQ(before(alice[1]), 3);  // carol, alice 0, bob 0
  EXPECT_EQ(before(alice[2]), 5);
  std::vector<std::string> order;
  while (const auto lease = Must(queue->TryLease("w"))) {
    order.push_back(lease->job_id);
    Must(queue->Succeed(*lease, ""));
  }
  EXPECT_EQ(order, (std::vector<std::string>{carol, alice[0], bob[0], alice[1], bob[1], alice[2]}));
  EXPECT_EQ(before(alice[2]), 0);
}

TEST(ExpectedWait, GrowsByRoundsOfAllWorkers) {
  QueueStatistics statistics;
  EXPECT_FALSE(ExpectedWaitMs(5, statistics, 2).has_value());
  statistics.mean_run_ms = 1000;
  EXPECT_EQ(ExpectedWaitMs(0, statistics, 2), 0);
  statistics.num_jobs[static_cast<size_t>(JobState::kRunning)] = 2;
  EXPECT_EQ(ExpectedWaitMs(0, statistics, 2), 500);
  EXPECT_EQ(ExpectedWaitMs(1, statistics, 2), 500);
  EXPECT_EQ(ExpectedWaitMs(2, statistics, 2), 1500);
}

TEST(JobQueue, CancellingStopsQueuedAndRunningJobs) {
  TestQueue queue;
  const Viewer alice = Viewer::Owner("alice");
  const std::string running = queue.Submit("alice", "x");
  const std::string queued = queue.Submit("alice", "y");
  const Lease lease = queue.MustLease();
  Must(queue->Cancel(alice, running));
  Must(queue->Cancel(alice, queued));
  Must(queue->Cancel(alice, queued));
  EXPECT_EQ(queue->Heartbeat(lease, 0.5).code(), StatusCode::kCancelled);
  EXPECT_EQ(queue->Succeed(lease, "r").code(), StatusCode::kCancelled);
  EXPECT_EQ(queue.StateOf(running), JobState::kCancelled);
  EXPECT_EQ(queue.NumFiles("results"), 0u);
  EXPECT_FALSE(Must(queue->TryLease("w")).has_value());
  queue.Reopen();
  EXPECT_EQ(queue.StateOf(running), JobState::kCancelled);

  queue.Submit("alice", "z");
  const Lease done = queue.MustLease();
  Must(queue->Succeed(done, "r"));
  EXPECT_EQ(queue->Cancel(alice, done.job_id).code(), StatusCode::kFailedPrecondition);
}

TEST(JobQueue, AWorkerOfADeletedJobIsToldToStop) {
  TestQueue queue;
  const std::string id = queue.Submit("alice", "x");
  const Lease lease = queue.MustLease();
  Must(queue->Delete(Viewer::Administrator(), id));
  EXPECT_EQ(queue->Heartbeat(lease, 0.5).code(), StatusCode::kCancelled);
  EXPECT_EQ(queue->Succeed(lease, "r").code(), StatusCode::kCancelled);
  EXPECT_EQ(queue.NumFiles("results"), 0u);
}

TEST(JobQueue, BatchesCountTheirJobsByState) {
  TestQueue queue;
  BatchRequest request{.owner = "alice", .idempotency_key = "b", .payload = "manifest"};
  for (int i = 0; i < 2000; ++i) request.items.push_back({std::to_string(i), nullptr});
  request.items[0].audio = UploadOf(queue, "audio");
  const std::string id = Must(queue->SubmitBatch(std::move(request))).id;
  const Viewer alice = Viewer::Owner("alice");
  const Lease lease = queue.MustLease();
  EXPECT_EQ(lease.payload, "0");
  EXPECT_FALSE(lease.audio_path.empty());
  Must(queue->Succeed(lease, "r"));
  queue.MustLease();
  Batch batch = Must(queue->GetBatch(alice, id));
  EXPECT_EQ(batch.payload, "manifest");
  EXPECT_EQ(batch.Total(), 2000);
  EXPECT_EQ(batch.Count(JobState::kSucceeded), 1);
  EXPECT_EQ(batch.Count(JobState::kRunning), 1);
  EXPECT_EQ(Must(queue->List(alice, {.batch_id = id, .limit = 1000})).jobs.size(), 1000u);
  EXPECT_EQ(Must(queue->CancelBatch(alice, id)), 1999);
  EXPECT_EQ(Must(queue->GetBatch(alice, id)).Count(JobState::kCancelled), 1999);
  EXPECT_EQ(Must(queue->DeleteBatch(alice, id)), 2000);
  EXPECT_EQ(queue->GetBatch(alice, id).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(queue.NumFiles("audio") + queue.NumFiles("results"), 0u);
}

TEST(JobQueue, ABatchGoesWithItsLastJob) {
  TestQueue queue;
  BatchRequest request{.owner = "alice", .retention_ms = 1000};
  request.items.push_back({"x", nullptr});
  request.items.push_back({"y", nullptr});
  const std::string id = Must(queue->SubmitBatch(std::move(request))).id;
  const Viewer alice = Viewer::Owner("alice");
  Must(queue->Delete(alice, Must(queue->List(alice, {})).jobs[0].id));
  EXPECT_EQ(Must(queue->GetBatch(alice, id)).Total(), 1);
  Must(queue->Succeed(queue.MustLease(), "r"));
  queue.Advance(1001);
  EXPECT_EQ(Must(queue->Maintain()).num_deleted, 1);
  EXPECT_EQ(queue->GetBatch(alice, id).status().code(), StatusCode::kNotFound);
}

TEST(JobQueue, FinalJobsGoAfterTheirTimeAndLeaveNothing) {
  TestQueue queue({.retention_ms = 10'000});
  const std::string phrase = "a phrase that must not stay";
  JobRequest request{.owner = "alice", .payload = phrase, .audio = UploadOf(queue, "audio")};
  const std::string id = Must(queue->Submit(std::move(request))).id;
  JobRequest longer{.owner = "alice", .payload = "kept", .retention_ms = 20'000};
  const std::string kept = Must(queue->Submit(std::move(longer))).id;
  queue.Advance(50'000);
  EXPECT_EQ(Must(queue->Maintain()).num_deleted, 0) << "what waits is not old";
  Must(queue->Succeed(queue.MustLease(), "text"));
  Must(queue->Succeed(queue.MustLease(), "text"));
  queue.Advance(10'001);
  EXPECT_EQ(Must(queue->Maintain()).num_deleted, 1);
  EXPECT_EQ(queue.StateOf(kept), JobState::kSucceeded);
  EXPECT_EQ(queue->Get(Viewer::Owner("alice"), id).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(queue.NumFiles("audio"), 0u);
  EXPECT_EQ(queue.NumFiles("results"), 1u);
  for (const char* name : {"jobs.db", "jobs.db-wal"}) {
    const std::string content = io::SystemFiles().Read(queue.home.path() / name, 1 << 24).value();
    EXPECT_EQ(content.find(phrase), std::string::npos) << name;
  }
}

TEST(JobQueue, FilesOfNoJobGoAtTheStart) {
  TestQueue queue;
  const std::string id = queue.Submit("alice", "x");
  Must(queue->Succeed(queue.MustLease(), "r"));
  const std::string waiting = queue.Submit("alice", "y");
  queue.home.Write("incoming/abc", "x");
  queue.home.Write("audio/job_1", "x");
  queue.home.Write("audio/" + id, "the job had none");
  queue.home.Write("results/" + id + ".7", "of an attempt that was not the last");
  queue.home.Write("results/" + id + ".1.new", "half");
  queue.home.Write("results/" + waiting + ".1", "not told");
  queue.home.Write("work/" + id, "finished");
  queue.home.Write("work/" + waiting, "journal");
  queue.Reopen();
  EXPECT_EQ(queue.NumFiles("incoming"), 0u);
  EXPECT_EQ(queue.NumFiles("audio"), 0u);
  EXPECT_EQ(queue.NumFiles("results"), 1u);
  EXPECT_EQ(queue.NumFiles("work"), 1u);
  EXPECT_EQ(Must(queue->ReadResult(Viewer::Owner("alice"), id)), "r");
}

TEST(JobQueue, ALockedDatabaseIsAnErrorWithARemedyAndNothingIsLost) {
  TestQueue queue({.busy_wait_ms = 30});
  const auto other = Must(sqlite::Database::Open(queue.home.path() / "jobs.db", {}));
  {
    const auto transaction = sqlite::Transaction::Begin(*other);
    const auto refused = queue->Submit({.owner = "alice", .payload = "x"});
    EXPECT_EQ(refused.status().code(), StatusCode::kUnavailable);
    EXPECT_NE(refused.status().message().find("try again"), std::string::npos);
    EXPECT_EQ(Must(queue->Statistics()).num_jobs[0], 0) << "looking goes on";
  }
  EXPECT_EQ(queue.StateOf(queue.Submit("alice", "x")), JobState::kQueued);
}

TEST(JobQueue, ANewerDatabaseIsRefused) {
  TestQueue queue;
  {
    const auto other = Must(sqlite::Database::Open(queue.home.path() / "jobs.db", {}));
    Must(other->Execute("PRAGMA user_version = 1000"));
  }
  const io::TestFolder home;
  std::filesystem::copy(queue.home.path(), home.path(), std::filesystem::copy_options::recursive);
  const auto refused = JobQueue::Open(Must(io::OwnedFolder::Acquire(home.path(), "test")), {});
  EXPECT_EQ(refused.status().code(), StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace ironscribe::jobs
