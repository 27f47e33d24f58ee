#include "api/admission_gate.h"

#include <gtest/gtest.h>

#include <thread>

#include "api/router.h"
#include "api/test_backend.h"

namespace ironscribe::api {
namespace {

using std::chrono::milliseconds;

class AdmissionGateTest : public testing::Test {
 protected:
  // One recognition at a time of "first", one waits.
  AdmissionGateTest()
      : admission_({.running = 1, .max_waiting = 2, .max_waiting_per_key = 1}),
        gate_({.admission = admission_,
               .quotas = quotas_,
               .deadlines = deadlines_,
               .default_model = "first"},
              {.refused = [this](std::string_view reason) { refused_ = reason; }}) {}

  static Identity Key(const std::string& id, accounts::Quota quota = {}) {
    accounts::ApiKey key;
    key.id = id;
    key.quota = quota;
    return Identity(std::make_shared<const accounts::ApiKey>(key));
  }

  using Entered = std::variant<std::shared_ptr<AdmissionGate::Place>, GateRefusal>;
  Entered Enter(const Identity& identity, std::optional<milliseconds> timeout = {}) {
    return gate_.Enter({.identity = identity, .timeout = timeout});
  }
  static std::shared_ptr<AdmissionGate::Place> PlaceOf(Entered entered) {
    EXPECT_TRUE(std::holds_alternative<std::shared_ptr<AdmissionGate::Place>>(entered));
    return std::get<std::shared_ptr<AdmissionGate::Place>>(std::move(entered));
  }
  static GateRefusal RefusalOf(Entered entered) {
    EXPECT_TRUE(std::holds_alternative<GateRefusal>(entered));
    return std::get<GateRefusal>(std::move(entered));
  }

  service::Admission admission_;
  accounts::KeyQuotas quotas_{[] { return int64_t{1'795'392'000'000}; }, [] { return int64_t{0}; }};
  service::Deadlines deadlines_;
  std::string refused_;
  AdmissionGate gate_;
};

TEST_F(AdmissionGateTest, QuotasOfTheKeyComeFirst) {
  const Identity slow = Key("slow", {.requests_per_minute = 1});
  PlaceOf(Enter(slow));
  const GateRefusal refusal = RefusalOf(Enter(slow));
  EXPECT_EQ(refusal.status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(refusal.retry_after_seconds, 60);
  EXPECT_EQ(refused_, "requests_per_minute");

  const Identity one = Key("one", {.concurrent_requests = 1});
  const auto place = PlaceOf(Enter(one));
  EXPECT_EQ(RefusalOf(Enter(one)).reason, "concurrent_requests");
}

TEST_F(AdmissionGateTest, WorkThatWasLetInBeforeIsNoRequest) {
  const Identity key = Key("slow", {.concurrent_requests = 1, .requests_per_minute = 1});
  const auto request = PlaceOf(Enter(key));
  EXPECT_FALSE(request->Wait("first", {}).has_value());
  const auto job = PlaceOf(
      gate_.Enter({.identity = key, .priority = service::Priority::kBatch, .is_request = false}));
  EXPECT_FALSE(job->Wait("other", {}).has_value());
}

TEST_F(AdmissionGateTest, AudioIsUsedUpWhenItWasRecognized) {
  const Identity key = Key("k", {.audio_seconds_per_day = 10});
  auto place = PlaceOf(Enter(key));
  EXPECT_FALSE(place->Wait("first", {}).has_value());
  place->Finish(12);
  place.reset();
  EXPECT_EQ(quotas_.AudioToday("k"), 12);
  const GateRefusal refusal = RefusalOf(Enter(key));
  EXPECT_EQ(refusal.reason, "audio_seconds_per_day");
  EXPECT_GT(refusal.retry_after_seconds, 3600);
}

TEST_F(AdmissionGateTest, WhatIsLongerThanWhatIsLeftIsRefused) {
  const auto place = PlaceOf(Enter(Key("k", {.audio_seconds_per_day = 10})));
  EXPECT_FALSE(place->Wait("first", {}).has_value());
  EXPECT_FALSE(place->SetLength(9).has_value());
  const auto refusal = place->SetLength(11);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(refused_, "audio_seconds_per_day");
  EXPECT_EQ(quotas_.AudioToday("k"), 0);
}

// Through a call: what the recording's header says is asked about before it is recognised.
TEST_F(AdmissionGateTest, RecordingsAreMeasuredBeforeTheyAreWorkedOn) {
  TestBackend test;
  RecognitionRequest request;
  Recognized recognized;
  const auto recognize = [&](int seconds) {
    const auto upload = test.backend.spool->NewFile();
    EXPECT_TRUE(upload->Append(SilentWav(seconds)).ok());
    RequestWork work;
    work.place = PlaceOf(Enter(Key("k", {.audio_seconds_per_day = 3})));
    BackendRequest call(test.backend, request, work, {});
    EXPECT_FALSE(call.OpenModel().has_value());
    return call.Recognize(*upload, {}, recognized);
  };
  const auto error = recognize(4);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->fault, Fault::kRefused);
  EXPECT_EQ(HttpStatusOf(*error), 429);
  EXPECT_GT(error->retry_after_seconds, 0);
  EXPECT_EQ(quotas_.AudioToday("k"), 0);
  EXPECT_FALSE(recognize(2).has_value());
  EXPECT_EQ(quotas_.AudioToday("k"), 2);
}

TEST_F(AdmissionGateTest, WhatDoesNotFitIsRefusedAtOnce) {
  const auto first = PlaceOf(Enter(Key("a")));
  const GateRefusal own = RefusalOf(Enter(Key("a")));
  EXPECT_EQ(own.status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(own.reason, "key_queue_full");
  EXPECT_GE(own.retry_after_seconds, 1);
  const auto second = PlaceOf(Enter(Key("b")));
  const GateRefusal full = RefusalOf(Enter(Key("c")));
  EXPECT_EQ(full.status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(full.reason, "queue_full");
  admission_.Drain();
  EXPECT_EQ(RefusalOf(Enter(Key("c"))).reason, "draining");
}

TEST_F(AdmissionGateTest, TheTurnIsThatOfTheModelAskedFor) {
  const auto first = PlaceOf(Enter(Key("a")));
  EXPECT_FALSE(first->Wait("first", {}).has_value());
  // Of another model one may run beside it, though it was let in for the default one.
  const auto second = PlaceOf(Enter(Key("b")));
  EXPECT_FALSE(second->Wait("other", {}).has_value());
}

TEST_F(AdmissionGateTest, DeadlinesEndTheWaiting) {
  const auto first = PlaceOf(Enter(Key("a")));
  EXPECT_FALSE(first->Wait("first", {}).has_value());
  const auto second = PlaceOf(Enter(Key("b"), milliseconds(20)));
  const auto refusal = second->Wait("first", {});
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status.code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(refused_, "deadline");
}

TEST_F(AdmissionGateTest, DeadlinesStopWhatRuns) {
  const auto place = PlaceOf(Enter(Key("a"), milliseconds(5)));
  const std::stop_source source;
  place->StopAtDeadline(source);
  while (!source.stop_requested()) std::this_thread::yield();
}

TEST_F(AdmissionGateTest, ClientsThatLeaveStopWaiting) {
  const auto first = PlaceOf(Enter(Key("a")));
  EXPECT_FALSE(first->Wait("first", {}).has_value());
  const auto second = PlaceOf(Enter(Key("b")));
  std::stop_source gone;
  gone.request_stop();
  const auto refusal = second->Wait("first", gone.get_token());
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status.code(), StatusCode::kCancelled);
}

TEST(TimeoutHeader, IsSeconds) {
  EXPECT_FALSE(ReadTimeout({})->has_value());
  EXPECT_EQ(**ReadTimeout({{"x-ironscribe-timeout", "1.5"}}), milliseconds(1500));
  for (const char* text : {"", "0", "-1", "nan", "inf", "1e9", "5s", "1 "}) {
    EXPECT_FALSE(ReadTimeout({{"x-ironscribe-timeout", text}}).ok()) << text;
  }
}

// Through the router, with a protocol's words.
TEST_F(AdmissionGateTest, RoutersAskTheGateWhereSomethingIsRecognized) {
  Router router([](const RequestHead&, const Route&) { return Key("a"); },
                [](const RequestRecord&) {}, &gate_);
  std::shared_ptr<AdmissionGate::Place> place;
  const auto add = [&](const char* path, bool recognizes) {
    router.Add({.method = "GET",
                .pattern = path,
                .recognizes = recognizes,
                .handle = [&](const RouteRequest& request) -> RouteOutcome {
                  place = request.place;
                  return Reply{.status = request.place != nullptr ? 201 : 200};
                },
                .refuse = PlainErrorReply});
  };
  add("/light", false);
  add("/heavy", true);
  const auto ask = [&](const char* path, Headers headers = {}) {
    Admission admission =
        router.Admit({.method = "GET", .path = path, .headers = std::move(headers)});
    return std::get<Reply>(admission.outcome);
  };
  EXPECT_EQ(ask("/light").status, 200);
  EXPECT_EQ(ask("/heavy", {{"x-ironscribe-timeout", "soon"}}).status, 400);
  EXPECT_EQ(ask("/heavy").status, 201);
  const Reply refused = ask("/heavy");
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.headers.Find("retry-after").has_value());
  EXPECT_EQ(ask("/light").status, 200);
  place.reset();
  EXPECT_EQ(ask("/heavy").status, 201);
  place.reset();
}

TEST(RetryAfter, IsNotWorthWaitingForWhenItIsLong) {
  Reply reply{.status = 429, .headers = {{"x-should-retry", "true"}}};
  SetRetryAfter(reply, 0);
  EXPECT_FALSE(reply.headers.Find("retry-after").has_value());
  SetRetryAfter(reply, 20);
  EXPECT_EQ(reply.headers.Find("retry-after"), "20");
  EXPECT_EQ(reply.headers.Find("x-should-retry"), "true");
  SetRetryAfter(reply, 7200);
  EXPECT_EQ(reply.headers.Find("x-should-retry"), "false");
}

}  // namespace
}  // namespace ironscribe::api
