// The protocol on a queue of its own that nobody works on, so that every state is the test's.
#include "api/jobs/jobs_api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "api/jobs/job_result.h"
#include "api/test_backend.h"
#include "api/test_document.h"
#include "jobs/test_queue.h"
#include "transcript/sample_transcript.h"

namespace ironscribe::api::jobs {
namespace {

using Json = nlohmann::json;
using queue::Must;

class JobsApiTest : public testing::Test {
 protected:
  JobsApiTest() { AddRoutes(test_.router, api_); }

  KeptReply Ask(const std::string& method, const std::string& path,
                std::vector<QueryParameter> query = {}) {
    return test_.Ask({.method = method, .path = path, .query = std::move(query)});
  }
  KeptReply Post(const std::string& form, const std::string& key = "",
                 const std::string& path = "/v1/jobs") {
    RequestHead head;
    if (!key.empty()) head.headers.Add("idempotency-key", key);
    return test_.PostForm(path, form, std::move(head));
  }
  std::string Submit() {
    const KeptReply reply = Post(file_);
    EXPECT_EQ(reply.status, 202) << reply.body;
    return IdOf(reply);
  }
  static Json Parsed(const KeptReply& reply) { return Json::parse(reply.body, nullptr, false); }
  static std::string IdOf(const KeptReply& reply) { return Parsed(reply).value("id", ""); }
  // "404 not_found"
  static std::string ErrorOf(const KeptReply& reply) {
    const Json json = Parsed(reply);
    if (!json.is_object() || !json.contains("error")) return "no error: " + reply.body;
    return std::to_string(reply.status) + " " + json["error"].value("code", "");
  }
  void Finish() {
    Must(queue_->Succeed(queue_.MustLease(), WriteResult(transcript::FullTranscript(), {})));
  }

  TestBackend test_;
  queue::TestQueue queue_;
  io::TestFolder recordings_;
  JobsApi api_{.queue = *queue_,
               .backend = test_.backend,
               .num_workers = 2,
               .recordings_folder = recordings_.path()};
  const std::string file_ = FormPart("file", SilentWav(1));
};

TEST_F(JobsApiTest, AJobFromSubmissionToDeletion) {
  const KeptReply submitted = Post(FormPart("name", "call 1") + file_);
  EXPECT_EQ(submitted.status, 202);
  const std::string id = IdOf(submitted);
  const std::string path = "/v1/jobs/" + id;
  EXPECT_EQ(submitted.headers.Find("location"), path);
  Json job = Parsed(Ask("GET", path));
  EXPECT_EQ(job["state"], "queued");
  EXPECT_EQ(job["name"], "call 1");
  EXPECT_EQ(job["queue"]["jobs_before"], 0);
  EXPECT_EQ(job["audio_bytes"], SilentWav(1).size());
  EXPECT_EQ(ErrorOf(Ask("GET", path + "/result")), "409 no_result");

  const queue::Lease lease = queue_.MustLease();
  queue_.Advance(3000);
  Must(queue_->Heartbeat(lease, 0.25));
  job = Parsed(Ask("GET", path));
  EXPECT_EQ(job["state"], "running");
  EXPECT_EQ(job["progress"], 0.25);
  EXPECT_TRUE(job["expected_seconds_left"].is_number());
  EXPECT_FALSE(job.contains("queue"));

  const transcript::Transcript transcript = transcript::FullTranscript();
  Must(queue_->Succeed(lease, WriteResult(transcript, {})));
  job = Parsed(Ask("GET", path));
  EXPECT_EQ(job["state"], "succeeded");
  for (const transcript::OutputFormat& format : transcript::OutputFormats()) {
    const std::string name(format.name);
    EXPECT_EQ(job["results"][name], path + "/result?format=" + name);
    const KeptReply result = Ask("GET", path + "/result", {{"format", name}});
    EXPECT_EQ(result.status, 200);
    EXPECT_EQ(result.headers.Find("content-type"), ContentTypeOf(name));
    EXPECT_EQ(result.body, format.write(transcript, {}));
  }
  EXPECT_EQ(Ask("GET", path + "/result").headers.Find("content-type"), "application/json");
  EXPECT_EQ(ErrorOf(Ask("GET", path + "/result", {{"format", "doc"}})), "400 invalid_request");

  EXPECT_EQ(Ask("DELETE", path).status, 200);
  EXPECT_EQ(ErrorOf(Ask("GET", path)), "404 not_found");
  EXPECT_EQ(ErrorOf(Ask("DELETE", path)), "404 not_found");
  EXPECT_EQ(queue_.NumFiles("audio"), 0u);
  EXPECT_EQ(queue_.NumFiles("results"), 0u);
}

TEST_F(JobsApiTest, IdempotencyKeysRepeatASubmission) {
  const KeptReply first = Post(file_, "key");
  EXPECT_EQ(first.status, 202);
  const KeptReply again = Post(file_, "key");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(IdOf(again), IdOf(first));
  EXPECT_EQ(ErrorOf(Post(FormPart("name", "other") + file_, "key")), "422 idempotency_key_reused");
  EXPECT_EQ(ErrorOf(Post(file_, std::string(256, 'k'))), "400 invalid_request");
  EXPECT_EQ(queue_.NumFiles("incoming"), 0u);
}

TEST_F(JobsApiTest, WhatCannotBecomeAJobIsRefusedAtOnce) {
  EXPECT_EQ(ErrorOf(Post(FormPart("name", "n"))), "400 invalid_parameter");
  EXPECT_EQ(ErrorOf(Post(FormPart("path", "a.wav") + file_)), "400 invalid_parameter");
  EXPECT_EQ(ErrorOf(Post(FormPart("wat", "n") + file_)), "400 invalid_parameter");
  EXPECT_EQ(ErrorOf(Post(FormPart("model", "wat") + file_)), "404 model_not_found");
  EXPECT_EQ(ErrorOf(Post(FormPart("language", "xx") + file_)), "400 invalid_request");
  EXPECT_EQ(ErrorOf(Post(FormPart("retention_hours", "169") + file_)), "400 invalid_parameter");
  EXPECT_EQ(ErrorOf(Ask("POST", "/v1/jobs")), "400 invalid_form");
  api_.recordings_folder.clear();
  EXPECT_EQ(ErrorOf(Post(FormPart("path", "a.wav"))), "400 unsupported_parameter");
  test_.models.loading = true;  // It will be there when the job runs.
  EXPECT_EQ(Post(FormPart("model", "first") + file_).status, 202);
}

TEST_F(JobsApiTest, UrlsAreOfHostsThatTheOperatorNamed) {
  const std::string hook = FormPart("callback_url", "https://hooks.example.com/x");
  const std::string audio = FormPart("audio_url", "https://audio.example.com/a.wav");
  EXPECT_EQ(ErrorOf(Post(hook + file_)), "400 unsupported_parameter");
  EXPECT_EQ(ErrorOf(Post(audio)), "400 unsupported_parameter");
  api_.callback_hosts = Must(net::OutboundRules::Parse({"hooks.example.com"}));
  api_.audio_hosts = Must(net::OutboundRules::Parse({"audio.example.com"}));
  const KeptReply reply = Post(hook + audio);
  EXPECT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(Parsed(reply)["callback"]["state"], "waiting");
  EXPECT_EQ(reply.body.find("hooks.example.com"), std::string::npos);
  EXPECT_FALSE(Parsed(Post(file_)).contains("callback"));
  for (const std::string& form :
       {audio + file_, audio + FormPart("path", "a.wav"),
        FormPart("callback_result", "txt") + file_,
        FormPart("callback_result", "doc") + hook + file_,
        FormPart("callback_url", "https://audio.example.com/") + file_,
        FormPart("callback_url", "http://hooks.example.com/") + file_,
        FormPart("audio_url", "https://hooks.example.com/"), FormPart("audio_url", "/etc/passwd"),
        FormPart("audio_url", "file:///etc/passwd")}) {
    EXPECT_EQ(ErrorOf(Post(form)), "400 invalid_parameter") << form;
  }
  const auto batch = [&](const std::string& line) {
    return Post(FormPart("manifest", line), "", "/v1/job-batches");
  };
  EXPECT_EQ(batch(R"({"audio_url":"https://audio.example.com/a.wav"})").status, 202);
  EXPECT_EQ(ErrorOf(batch(R"({"audio_url":"https://evil.example/a.wav"})")),
            "400 invalid_parameter");
  EXPECT_EQ(ErrorOf(batch(R"({"path":"a","audio_url":"https://audio.example.com/a.wav"})")),
            "400 invalid_manifest");
}

TEST_F(JobsApiTest, AFullDiskIsNoRoom) {
  test_.backend.spool = test_.MakeSpool({.max_total_bytes = 1000});
  EXPECT_EQ(ErrorOf(Post(file_)), "507 no_room");
}

TEST_F(JobsApiTest, JobsAreCancelled) {
  const std::string path = "/v1/jobs/" + Submit();
  EXPECT_EQ(Parsed(Ask("POST", path + "/cancel"))["state"], "cancelled");
  EXPECT_EQ(Ask("POST", path + "/cancel").status, 200);
  Submit();
  const queue::Lease lease = queue_.MustLease();
  Must(queue_->Fail(lease, InvalidArgumentError("no recording"), queue::JobQueue::Retry::kNo));
  const Json job = Parsed(Ask("GET", "/v1/jobs/" + lease.job_id));
  EXPECT_EQ(job["state"], "failed");
  EXPECT_EQ(job["error"], Json::parse(R"({"code":"invalid_argument","message":"no recording"})"));
  EXPECT_EQ(ErrorOf(Ask("POST", "/v1/jobs/" + lease.job_id + "/cancel")), "409 already_final");
  EXPECT_EQ(ErrorOf(Ask("POST", "/v1/jobs/absent/cancel")), "404 not_found");
}

TEST_F(JobsApiTest, ListsComeInPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(Submit());
  Finish();
  Json page = Parsed(Ask("GET", "/v1/jobs", {{"limit", "2"}}));
  ASSERT_EQ(page["data"].size(), 2u);
  EXPECT_EQ(page["data"][0]["id"], ids[2]);
  page = Parsed(
      Ask("GET", "/v1/jobs", {{"limit", "2"}, {"cursor", page["next_cursor"].get<std::string>()}}));
  ASSERT_EQ(page["data"].size(), 1u);
  EXPECT_EQ(page["data"][0]["id"], ids[0]);
  EXPECT_TRUE(page["next_cursor"].is_null());
  page = Parsed(Ask("GET", "/v1/jobs", {{"state", "succeeded"}}));
  ASSERT_EQ(page["data"].size(), 1u);
  EXPECT_EQ(page["data"][0]["id"], ids[0]);
  for (const QueryParameter& wrong : std::vector<QueryParameter>{
           {"limit", "0"}, {"limit", "1001"}, {"state", "wat"}, {"cursor", "wat"}, {"wat", "1"}}) {
    EXPECT_EQ(ErrorOf(Ask("GET", "/v1/jobs", {wrong})), "400 invalid_request") << wrong.name;
  }
  EXPECT_EQ(ErrorOf(Ask("GET", "/v1/jobs", {{"batch", "wat"}})), "404 not_found");
}

TEST_F(JobsApiTest, BatchesAreSubmittedWatchedAndDeletedAsAWhole) {
  const KeptReply reply =
      Post(FormPart("name", "november") +
               FormPart("manifest", "{\"path\":\"a.wav\"}\n{\"path\":\"b.wav\",\"name\":\"b\"}\n"),
           "key", "/v1/job-batches");
  ASSERT_EQ(reply.status, 202) << reply.body;
  const std::string path = "/v1/job-batches/" + IdOf(reply);
  EXPECT_EQ(reply.headers.Find("location"), path);
  Finish();
  Json batch = Parsed(Ask("GET", path));
  EXPECT_EQ(batch["name"], "november");
  EXPECT_EQ(batch["total"], 2);
  EXPECT_EQ(batch["counts"]["succeeded"], 1);
  EXPECT_EQ(batch["state"], "running");
  const Json jobs = Parsed(Ask("GET", "/v1/jobs", {{"batch", IdOf(reply)}}));
  ASSERT_EQ(jobs["data"].size(), 2u);
  EXPECT_EQ(jobs["data"][0]["name"], "b");
  EXPECT_EQ(jobs["data"][0]["batch"], IdOf(reply));
  batch = Parsed(Ask("POST", path + "/cancel"));
  EXPECT_EQ(batch["counts"]["cancelled"], 1);
  EXPECT_EQ(batch["state"], "finished");
  EXPECT_EQ(Parsed(Ask("DELETE", path))["jobs"], 2);
  EXPECT_EQ(ErrorOf(Ask("GET", path)), "404 not_found");
}

TEST_F(JobsApiTest, BatchesAreRefusedAsAWhole) {
  const auto refusal = [&](const std::string& form) {
    return ErrorOf(Post(form, "", "/v1/job-batches"));
  };
  EXPECT_EQ(refusal(FormPart("name", "n")), "400 invalid_parameter");
  EXPECT_EQ(refusal(FormPart("manifest", "{\"path\":\"a\"}\nwat")), "400 invalid_manifest");
  EXPECT_EQ(refusal(FormPart("manifest", "{\"path\":\"a\",\"model\":\"wat\"}")),
            "404 model_not_found");
  EXPECT_EQ(Parsed(Ask("GET", "/v1/jobs"))["data"].size(), 0u);
}

TEST_F(JobsApiTest, OthersJobsAreNotThere) {
  const std::string id = queue_.Submit("somebody else", "{}");
  EXPECT_EQ(ErrorOf(Ask("GET", "/v1/jobs/" + id)), "404 not_found");
  EXPECT_EQ(ErrorOf(Ask("GET", "/v1/jobs/" + id + "/result")), "404 not_found");
  EXPECT_EQ(ErrorOf(Ask("POST", "/v1/jobs/" + id + "/cancel")), "404 not_found");
  EXPECT_EQ(ErrorOf(Ask("DELETE", "/v1/jobs/" + id)), "404 not_found");
  EXPECT_EQ(Parsed(Ask("GET", "/v1/jobs"))["data"].size(), 0u);
}

TEST_F(JobsApiTest, TheDocumentIsTheTables) { ExpectDocument("jobs.md", WriteDocument()); }

}  // namespace
}  // namespace ironscribe::api::jobs
