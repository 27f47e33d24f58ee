// Callbacks to a receiver that behaves as the test says.
#include "api/jobs/callback_sender.h"

#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "api/jobs/callback_signature.h"
#include "api/jobs/job_order.h"
#include "api/jobs/job_result.h"
#include "jobs/test_queue.h"
#include "net/stub_http_server.h"
#include "transcript/sample_transcript.h"

namespace ironscribe::api::jobs {
namespace {

using Json = nlohmann::json;
using net::StubHttpServer;
using queue::Must;
using Request = StubHttpServer::Request;
using Answer = StubHttpServer::Answer;

constexpr const char* kSecret = "a secret of the test, long enough";

class CallbackSenderTest : public testing::Test {
 protected:
  // `receiver` is told of a job that has succeeded.
  std::string Finished(const StubHttpServer& receiver, const std::string& format = "",
                       const std::string& owner = "alice") {
    std::vector<FormField> fields = {{"callback_url", receiver.url() + "/hook"},
                                     {"name", "call 1"}};
    if (!format.empty()) fields.push_back({"callback_result", format});
    const std::string id =
        Must(queue_->Submit({.owner = owner,
                             .payload = WritePayload({.key_id = "key_1", .fields = fields}),
                             .wants_notice = true}))
            .id;
    Must(queue_->Succeed(queue_.MustLease(), WriteResult(transcript::FullTranscript(), {})));
    return id;
  }

  void Start(const StubHttpServer& receiver, const std::string& range = "@127.0.0.0/8") {
    auto rules = net::OutboundRules::Parse({receiver.url() + range});
    ASSERT_TRUE(rules.ok());
    client_ = std::make_unique<net::OutboundClient>(*std::move(rules), net::OutboundOptions{});
    Begin();
  }

  void Begin() {
    CallbackOptions options{.secrets = {kSecret},
                            .num_threads = 3,
                            .poll = std::chrono::milliseconds(2),
                            .first_pause = std::chrono::milliseconds(10),
                            .max_tries = 4};
    options.observer = [this](const CallbackRecord& record) {
      const std::lock_guard lock(mutex_);
      records_.push_back(record);
      told_.notify_all();
    };
    sender_ = std::make_unique<CallbackSender>(*queue_, *client_, options);
  }

  // Waits for so many tries; "delivered 200".
  std::vector<std::string> Outcomes(size_t count) {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [&] { return records_.size() >= count; });
    std::vector<std::string> outcomes;
    for (const CallbackRecord& record : records_) {
      outcomes.push_back(std::string(record.outcome) + " " + std::to_string(record.http_status));
    }
    return outcomes;
  }
  // Time passes until so many tries were made.
  std::vector<std::string> OutcomesInTime(size_t count) {
    for (size_t have = 0; have < count;) {
      queue_.Advance(1'000'000);
      std::this_thread::yield();
      const std::lock_guard lock(mutex_);
      have = records_.size();
    }
    return Outcomes(count);
  }
  queue::NoticeState StateOf(const std::string& id) {
    return Must(queue_->Get(queue::Viewer::Administrator(), id)).notice;
  }

  queue::TestQueue queue_{{.retention_ms = int64_t{1} << 50}};
  std::unique_ptr<net::OutboundClient> client_;
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<CallbackRecord> records_;
  std::unique_ptr<CallbackSender> sender_;
};

using Told = std::vector<std::string>;

TEST_F(CallbackSenderTest, IsSignedAndHoldsNoSpeech) {
  const StubHttpServer receiver([](const Request&) { return Answer{.status = 204}; });
  const std::string id = Finished(receiver);
  Start(receiver);
  EXPECT_EQ(Outcomes(1), Told{"delivered 204"});
  EXPECT_EQ(StateOf(id), queue::NoticeState::kTold);
  ASSERT_EQ(receiver.requests().size(), 1u);
  const Request request = receiver.requests()[0];
  EXPECT_EQ(request.method + " " + request.target, "POST /hook");
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  const CallbackMessage message{.id = request.headers.at("webhook-id"),
                                .unix_seconds = std::stoll(request.headers.at("webhook-timestamp")),
                                .body = request.body};
  EXPECT_EQ("webhook-signature: " + request.headers.at("webhook-signature"),
            CallbackHeaders(message, {kSecret})[2]);
  const Json body = Json::parse(request.body);
  EXPECT_EQ(body["id"], CallbackId(id));
  EXPECT_EQ(body["data"]["id"], id);
  EXPECT_EQ(body["data"]["state"], "succeeded");
  EXPECT_FALSE(body.contains("result"));
  for (const transcript::Segment& segment : transcript::FullTranscript().segments) {
    if (segment.text.size() < 3) continue;
    EXPECT_EQ(request.body.find(segment.text), std::string::npos) << segment.text;
  }
}

TEST_F(CallbackSenderTest, HoldsTheTranscriptWhereItIsAskedFor) {
  const StubHttpServer receiver([](const Request&) { return Answer{}; });
  Finished(receiver, "txt");
  Start(receiver);
  Outcomes(1);
  const Json body = Json::parse(receiver.requests().at(0).body);
  EXPECT_EQ(body["result"]["format"], "txt");
  EXPECT_EQ(body["result"]["text"],
            Must(ReadResultFormat(WriteResult(transcript::FullTranscript(), {}), "txt")));
}

TEST_F(CallbackSenderTest, GoesOnUntilItIsTaken) {
  std::atomic<int> tries{0};
  const StubHttpServer receiver(
      [&](const Request&) { return Answer{.status = ++tries < 3 ? 500 : 200}; });
  const std::string id = Finished(receiver);
  Start(receiver);
  EXPECT_EQ(OutcomesInTime(3), (Told{"postponed 500", "postponed 500", "delivered 200"}));
  EXPECT_EQ(StateOf(id), queue::NoticeState::kTold);
  const auto requests = receiver.requests();
  EXPECT_EQ(requests[0].headers.at("webhook-id"), requests[2].headers.at("webhook-id"));
}

TEST_F(CallbackSenderTest, EndsSometimeAndAtOnceWhereItIsNotWanted) {
  const StubHttpServer broken([](const Request&) { return Answer{.status = 302}; });
  const std::string id = Finished(broken);
  Start(broken);
  EXPECT_EQ(OutcomesInTime(4).back(), "given_up 302");
  EXPECT_EQ(StateOf(id), queue::NoticeState::kGivenUp);
  sender_.reset();
  records_.clear();
  const StubHttpServer gone([](const Request&) { return Answer{.status = 410}; });
  Finished(gone);
  Start(gone);
  EXPECT_EQ(Outcomes(1).back(), "given_up 410");
}

TEST_F(CallbackSenderTest, SurvivesARestartInTheMiddle) {
  std::atomic<bool> up{false};
  const StubHttpServer receiver(
      [&](const Request&) { return up ? Answer{} : Answer{.hangs = true}; });
  const std::string id = Finished(receiver);
  Start(receiver);
  while (receiver.requests().empty()) std::this_thread::yield();
  sender_.reset();  // While the receiver keeps it waiting.
  EXPECT_EQ(StateOf(id), queue::NoticeState::kWaiting);
  up = true;
  queue_.Reopen();
  Begin();
  EXPECT_EQ(Outcomes(1), Told{"delivered 200"});
}

TEST_F(CallbackSenderTest, PrivateAddressesAreNotTold) {
  const StubHttpServer receiver([](const Request&) { return Answer{}; });
  Finished(receiver);
  Start(receiver, "");
  EXPECT_EQ(OutcomesInTime(4).back(), "given_up 0");
  EXPECT_TRUE(receiver.requests().empty());
  EXPECT_EQ(records_[0].error.message().find("127.0.0.1"), std::string::npos);
}

TEST_F(CallbackSenderTest, AReceiverThatHangsHoldsNobodyElseUp) {
  const StubHttpServer slow([](const Request&) { return Answer{.hangs = true}; });
  const StubHttpServer quick([](const Request&) { return Answer{}; });
  for (int i = 0; i < 5; ++i) Finished(slow, "", "alice");
  const std::string id = Finished(quick, "", "bob");
  auto rules =
      net::OutboundRules::Parse({slow.url() + "@127.0.0.0/8", quick.url() + "@127.0.0.0/8"});
  ASSERT_TRUE(rules.ok());
  client_ = std::make_unique<net::OutboundClient>(*std::move(rules), net::OutboundOptions{});
  Begin();
  Outcomes(1);
  EXPECT_EQ(StateOf(id), queue::NoticeState::kTold);
  EXPECT_LE(slow.requests().size(), 1u);
}

}  // namespace
}  // namespace ironscribe::api::jobs
