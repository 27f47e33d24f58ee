#include "api/jobs/job_runner.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>

#include "api/jobs/job_order.h"
#include "api/jobs/job_result.h"
#include "api/test_backend.h"
#include "io/file.h"
#include "jobs/test_queue.h"
#include "net/stub_http_server.h"

namespace ironscribe::api::jobs {
namespace {

using queue::JobState;
using queue::Must;

class JobRunnerTest : public testing::Test {
 protected:
  std::string Submit(const std::string& wav, std::vector<FormField> fields = {}) {
    auto upload = Must(queue_->NewUpload());
    Must(upload->Append(wav));
    return Must(queue_->Submit(
                    {.owner = "alice",
                     .payload = WritePayload({.key_id = "key_1", .fields = std::move(fields)}),
                     .audio = std::move(upload)}))
        .id;
  }

  void Start(int num_workers = 2) {
    runner_ =
        std::make_unique<JobRunner>(*queue_, test_.backend,
                                    JobRunnerOptions{.num_workers = num_workers,
                                                     .resume_scope = "test",
                                                     .recordings_folder = recordings_.path(),
                                                     .recordings = client_.get(),
                                                     .heartbeat = std::chrono::milliseconds(5),
                                                     .housekeeping = std::chrono::milliseconds(5),
                                                     .observer =
                                                         [this](const JobRecord& record) {
                                                           const std::lock_guard lock(mutex_);
                                                           records_.push_back(record);
                                                           told_.notify_all();
                                                         },
                                                     .on_error = {}});
  }

  // Waits until so many attempts have ended; the outcomes by job.
  std::map<std::string, std::string> Outcomes(size_t count) {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [&] { return records_.size() >= count; });
    std::map<std::string, std::string> outcomes;
    for (const JobRecord& record : records_) outcomes[record.job_id] = record.outcome;
    return outcomes;
  }

  void WaitUntilRunning(const std::string& id) {
    while (queue_.StateOf(id) != JobState::kRunning) std::this_thread::yield();
  }

  TestBackend test_;
  queue::TestQueue queue_;
  io::TestFolder recordings_;
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<JobRecord> records_;
  std::unique_ptr<net::OutboundClient> client_;
  std::unique_ptr<JobRunner> runner_;
};

TEST_F(JobRunnerTest, RecordingsAreFetchedOnce) {
  test_.models.first->waits = true;
  const net::StubHttpServer host([](const net::StubHttpServer::Request& request) {
    const bool good = request.target == "/a.wav";
    return net::StubHttpServer::Answer{.status = good ? 200 : 404, .body = SilentWav(2)};
  });
  auto rules = net::OutboundRules::Parse({host.url() + "@127.0.0.0/8"});
  ASSERT_TRUE(rules.ok());
  client_ = std::make_unique<net::OutboundClient>(*std::move(rules),
                                                  net::OutboundOptions{.max_reply_bytes = 1 << 20});
  const auto submit = [&](const std::string& path) {
    return queue_.Submit("alice", WritePayload({.fields = {{"audio_url", host.url() + path}}}));
  };
  const std::string id = submit("/a.wav");
  Start(1);
  while (queue_.NumFiles("audio") == 0) std::this_thread::yield();
  runner_->Stop();  // In the middle.
  test_.models.first->waits = false;
  const std::string absent = submit("/b.wav?token=secret");
  Start(1);
  const auto outcomes = Outcomes(3);
  EXPECT_EQ(outcomes.at(id), "succeeded");
  EXPECT_EQ(outcomes.at(absent), "failed");
  EXPECT_EQ(host.requests().size(), 2u);
  const queue::Job job = Must(queue_->Get(queue::Viewer::Owner("alice"), absent));
  EXPECT_EQ(job.error, "the recording cannot be fetched: the answer was HTTP status 404");
  EXPECT_EQ(Must(queue_->Get(queue::Viewer::Owner("alice"), id)).audio_bytes, SilentWav(2).size());
}

TEST_F(JobRunnerTest, ResultsAreWhatTheModelSays) {
  const std::string id = Submit(SilentWav(2), {{"language", "de"}});
  recordings_.Write("calls/a.wav", SilentWav(3));
  const std::string by_path =
      queue_.Submit("alice", WritePayload({.fields = {{"path", "calls/a.wav"}}, .options = ""}));
  Start(1);
  const auto outcomes = Outcomes(2);
  EXPECT_EQ(outcomes.at(id), "succeeded");
  EXPECT_EQ(outcomes.at(by_path), "succeeded");
  const auto viewer = queue::Viewer::Owner("alice");
  EXPECT_EQ(Must(ReadResultFormat(Must(queue_->ReadResult(viewer, id)), "txt")), "one\ntwo\n");
  EXPECT_EQ(Must(ReadResultFormat(Must(queue_->ReadResult(viewer, by_path)), "txt")),
            "one\ntwo\nthree\n");
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(records_[0].notes.audio_seconds, 2);
  EXPECT_EQ(records_[0].notes.model, "first");
  EXPECT_EQ(records_[0].key_id, "key_1");
}

TEST_F(JobRunnerTest, WhatIsWrongWithARecordingFailsItsJob) {
  const std::string no_recording = Submit("this is text");
  const std::string absent =
      queue_.Submit("alice", WritePayload({.fields = {{"path", "absent.wav"}}, .options = ""}));
  const std::string outside =
      queue_.Submit("alice", WritePayload({.fields = {{"path", "../x"}}, .options = ""}));
  const std::string no_model = Submit(SilentWav(1), {{"model", "wat"}});
  const std::string damaged = queue_.Submit("alice", "no payload");
  Start();
  for (const auto& [id, outcome] : Outcomes(5)) EXPECT_EQ(outcome, "failed") << id;
  for (const std::string& id : {no_recording, absent, outside, no_model, damaged}) {
    EXPECT_EQ(queue_.StateOf(id), JobState::kFailed);
  }
  EXPECT_EQ(queue_.NumFiles("work"), 0u);
}

TEST_F(JobRunnerTest, OurOwnErrorsAreTriedThreeTimes) {
  test_.models.first->failure = InternalError("/secret/path");
  const std::string id = Submit(SilentWav(1));
  Start();
  Outcomes(3);
  const queue::Job job = Must(queue_->Get(queue::Viewer::Owner("alice"), id));
  EXPECT_EQ(job.state, JobState::kDead);
  EXPECT_EQ(job.attempt, 3);
  EXPECT_EQ(job.error.find("secret"), std::string::npos);
}

TEST_F(JobRunnerTest, ACancelledJobStops) {
  test_.models.first->waits = true;
  const std::string id = Submit(SilentWav(1));
  Start();
  WaitUntilRunning(id);
  Must(queue_->Cancel(queue::Viewer::Owner("alice"), id));
  EXPECT_EQ(Outcomes(1).at(id), "lost");
  EXPECT_EQ(queue_.StateOf(id), JobState::kCancelled);
}

TEST_F(JobRunnerTest, StoppingGivesJobsBackWithoutFault) {
  test_.models.first->waits = true;
  const std::string id = Submit(SilentWav(2));
  for (int i = 0; i < 4; ++i) {  // More often than a job may fail.
    Start();
    WaitUntilRunning(id);
    runner_->Stop();
    for (const JobRecord& record : records_) EXPECT_EQ(record.outcome, "released");
    EXPECT_EQ(queue_.StateOf(id), JobState::kQueued);
  }
  EXPECT_GE(records_.size(), 4u);
  test_.models.first->waits = false;
  Start();
  EXPECT_EQ(Outcomes(records_.size() + 1).at(id), "succeeded");
}

}  // namespace
}  // namespace ironscribe::api::jobs
