#include <gtest/gtest.h>

#include "jobs/test_queue.h"

namespace ironscribe::jobs {
namespace {

std::string SubmitWithNotice(TestQueue& queue, const std::string& owner) {
  return Must(queue->Submit({.owner = owner, .payload = "x", .wants_notice = true})).id;
}

std::vector<std::string> Due(TestQueue& queue) {
  std::vector<std::string> ids;
  for (const Job& job : Must(queue->DueNotices(10))) ids.push_back(job.id);
  return ids;
}

using Ids = std::vector<std::string>;

TEST(JobNotices, AreDueFromTheEndOfTheJobUntilTheyAreSettled) {
  TestQueue queue;
  const std::string id = SubmitWithNotice(queue, "alice");
  queue.Submit("alice", "wants none");
  EXPECT_EQ(Due(queue), Ids{});
  Must(queue->Succeed(queue.MustLease(), "r"));
  Must(queue->Succeed(queue.MustLease(), "r"));
  queue.Reopen();
  EXPECT_EQ(Due(queue), Ids{id});
  Must(queue->SettleNotice(id, NoticeState::kTold));
  EXPECT_EQ(Due(queue), Ids{});
  const Job job = Must(queue->Get(Viewer::Owner("alice"), id));
  EXPECT_EQ(job.notice, NoticeState::kTold);
  EXPECT_EQ(job.num_notices, 1);
  // What is settled stays so.
  Must(queue->PostponeNotice(id, 0));
  EXPECT_EQ(Due(queue), Ids{});
}

TEST(JobNotices, EveryEndIsOne) {
  TestQueue queue({.max_attempts = 1});
  const std::string failed = SubmitWithNotice(queue, "a");
  Must(queue->Fail(queue.MustLease(), InternalError("x"), JobQueue::Retry::kNo));
  const std::string dead = SubmitWithNotice(queue, "b");
  queue.MustLease();
  queue.Advance(60'000);
  Must(queue->Maintain());
  const std::string cancelled = SubmitWithNotice(queue, "c");
  Must(queue->Cancel(Viewer::Owner("c"), cancelled));
  EXPECT_EQ(Due(queue), (Ids{failed, dead, cancelled}));
}

TEST(JobNotices, ArePostponedAcrossRestarts) {
  TestQueue queue;
  const std::string id = SubmitWithNotice(queue, "alice");
  Must(queue->Succeed(queue.MustLease(), "r"));
  Must(queue->PostponeNotice(id, 5000));
  queue.Reopen();
  queue.Advance(4999);
  EXPECT_EQ(Due(queue), Ids{});
  queue.Advance(1);
  EXPECT_EQ(Due(queue), Ids{id});
  EXPECT_EQ(Must(queue->Get(Viewer::Owner("alice"), id)).num_notices, 1);
}

TEST(JobNotices, OneOwnerAtATimeTheOldestFirst) {
  TestQueue queue;
  Ids ids;
  for (const char* owner : {"b", "a", "b"}) {
    ids.push_back(SubmitWithNotice(queue, owner));
    Must(queue->Succeed(queue.MustLease(), "r"));
  }
  EXPECT_EQ(Due(queue), (Ids{ids[1], ids[0]}));
  Must(queue->PostponeNotice(ids[0], 1000));
  EXPECT_EQ(Due(queue), (Ids{ids[1], ids[2]}));
  queue.Advance(1000);
  Must(queue->SettleNotice(ids[1], NoticeState::kGivenUp));
  EXPECT_EQ(Due(queue), Ids{ids[2]});
}

TEST(JobNotices, AClockThatWasAheadDelaysNothing) {
  TestQueue queue;
  const std::string id = SubmitWithNotice(queue, "alice");
  Must(queue->Succeed(queue.MustLease(), "r"));
  queue.wall_ms += 24 * 3'600'000;
  Must(queue->PostponeNotice(id, 1000));
  queue.wall_ms -= 24 * 3'600'000;
  EXPECT_EQ(Due(queue), Ids{id});
}

TEST(JobNotices, AreOfSingleJobsOfABatch) {
  TestQueue queue;
  BatchRequest request{.owner = "alice"};
  request.items.push_back({.payload = "1", .wants_notice = true});
  request.items.push_back({.payload = "2"});
  Must(queue->SubmitBatch(std::move(request)));
  Must(queue->Succeed(queue.MustLease(), "r"));
  Must(queue->Succeed(queue.MustLease(), "r"));
  EXPECT_EQ(Due(queue).size(), 1u);
}

std::unique_ptr<Upload> UploadOf(TestQueue& queue, const std::string& bytes) {
  auto upload = Must(queue->NewUpload());
  Must(upload->Append(bytes));
  return upload;
}

TEST(AttachAudio, IsThereForLaterAttempts) {
  TestQueue queue;
  const std::string id = queue.Submit("alice", "x");
  const Lease lease = queue.MustLease();
  EXPECT_TRUE(lease.audio_path.empty());
  const auto path = Must(queue->AttachAudio(lease, UploadOf(queue, "audio")));
  EXPECT_EQ(io::SystemFiles().Read(path, 100).value(), "audio");
  Must(queue->Release(lease));
  queue.Reopen();
  EXPECT_EQ(queue.MustLease().audio_path, path);
  EXPECT_EQ(Must(queue->Get(Viewer::Owner("alice"), id)).audio_bytes, 5u);
  Must(queue->Delete(Viewer::Owner("alice"), id));
  EXPECT_EQ(queue.NumFiles("audio"), 0u);
}

TEST(AttachAudio, OfAnAttemptThatIsOverChangesNothing) {
  TestQueue queue;
  queue.Submit("alice", "x");
  const Lease late = queue.MustLease();
  queue.Advance(60'000);
  const Lease lease = queue.MustLease();
  const auto path = Must(queue->AttachAudio(lease, UploadOf(queue, "right")));
  EXPECT_EQ(queue->AttachAudio(late, UploadOf(queue, "late")).status().code(),
            StatusCode::kAborted);
  EXPECT_EQ(io::SystemFiles().Read(path, 100).value(), "right");
  EXPECT_EQ(queue.NumFiles("incoming"), 0u);
}

TEST(AudioRoom, IsLimitedAndComesBack) {
  TestQueue queue({.max_audio_bytes = 10});
  const auto submit = [&](const std::string& bytes) {
    return queue->Submit({.owner = "alice", .payload = "x", .audio = UploadOf(queue, bytes)});
  };
  const std::string id = Must(submit("123456")).id;
  EXPECT_EQ(submit("12345").status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(queue.NumFiles("audio"), 1u);
  Must(submit("1234"));
  const std::string without = queue.Submit("alice", "none needs no room", 1);
  const Lease lease = queue.MustLease();
  EXPECT_EQ(lease.job_id, without);
  EXPECT_EQ(queue->AttachAudio(lease, UploadOf(queue, "1")).status().code(),
            StatusCode::kResourceExhausted);
  Must(queue->Delete(Viewer::Owner("alice"), id));
  Must(queue->AttachAudio(lease, UploadOf(queue, "123456")));
  EXPECT_EQ(queue.NumFiles("incoming"), 0u);
}

}  // namespace
}  // namespace ironscribe::jobs
