#include "jobs/job_backup.h"

#include <gtest/gtest.h>

#include "jobs/test_queue.h"

namespace ironscribe::jobs {
namespace {

// A queue with one job that waits, with audio, and one that is finished.
struct Filled {
  Filled() {
    JobRequest request{.owner = "alice", .idempotency_key = "k", .payload = "waits"};
    request.audio = Must(queue->NewUpload());
    Must(request.audio->Append("audio"));
    finished = queue.Submit("alice", "finished", 1);
    waiting = Must(queue->Submit(std::move(request))).id;
    Must(queue->Succeed(queue.MustLease(), "text"));
  }
  TestQueue queue;
  io::TestFolder target;
  std::string waiting;
  std::string finished;
};

TEST(JobBackup, IsAQueueOfItsOwn) {
  Filled filled;
  const JobBackup backup = Must(BackUpJobs(filled.queue.home.path(), filled.target.path()));
  EXPECT_EQ(backup.num_jobs, 2);
  EXPECT_EQ(backup.num_files, 2);
  EXPECT_EQ(backup.num_gone, 0);
  // The server goes on.
  Must(filled.queue->Delete(Viewer::Owner("alice"), filled.waiting));
  EXPECT_EQ(Must(CheckJobs(filled.target.path())).num_files, 2);

  TestQueue restored({}, filled.target.path());
  EXPECT_EQ(Must(restored->ReadResult(Viewer::Owner("alice"), filled.finished)), "text");
  const Lease lease = restored.MustLease();
  EXPECT_EQ(lease.job_id, filled.waiting);
  EXPECT_EQ(io::SystemFiles().Read(lease.audio_path, 100).value(), "audio");
}

TEST(JobBackup, WhatIsDeletedMeanwhileIsDeletedInTheCopy) {
  Filled filled;
  std::filesystem::remove(filled.queue.home.path() / "audio" / filled.waiting);
  const JobBackup backup = Must(BackUpJobs(filled.queue.home.path(), filled.target.path()));
  EXPECT_EQ(backup.num_jobs, 1);
  EXPECT_EQ(backup.num_gone, 1);
  EXPECT_TRUE(CheckJobs(filled.target.path()).ok());
}

TEST(JobBackup, NeedsAQueueAndARoomForIt) {
  const io::TestFolder empty;
  const io::TestFolder target;
  EXPECT_EQ(BackUpJobs(empty.path(), target.path()).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(CheckJobs(empty.path()).status().code(), StatusCode::kNotFound);
  Filled filled;
  Must(BackUpJobs(filled.queue.home.path(), filled.target.path()));
  EXPECT_EQ(BackUpJobs(filled.queue.home.path(), filled.target.path()).status().code(),
            StatusCode::kAlreadyExists);
}

TEST(CheckJobs, NoticesWhatIsMissing) {
  Filled filled;
  const auto folder = filled.target.path();
  Must(BackUpJobs(filled.queue.home.path(), folder));
  filled.target.Write(std::filesystem::path("audio") / filled.waiting, "aud");
  EXPECT_EQ(CheckJobs(folder).status().code(), StatusCode::kDataLoss);
  filled.target.Write(std::filesystem::path("audio") / filled.waiting, "audio");
  EXPECT_TRUE(CheckJobs(folder).ok());
  std::filesystem::remove(folder / "results" / (filled.finished + ".1"));
  const Status missing = CheckJobs(folder).status();
  EXPECT_EQ(missing.code(), StatusCode::kDataLoss);
  EXPECT_NE(missing.message().find("is missing"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::jobs
