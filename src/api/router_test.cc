#include "api/router.h"

#include <gtest/gtest.h>

#include "api/canary.h"
#include "api/health.h"
#include "api/keep_alive.h"
#include "api/test_backend.h"

namespace ironscribe::api {
namespace {

// A call that says what it was made of.
Route Echo(const std::string& method, const std::string& pattern,
           RouteAccess access = RouteAccess::kKey) {
  return {.method = method,
          .pattern = pattern,
          .access = access,
          .handle = [pattern](const RouteRequest& request) -> RouteOutcome {
            std::string text = pattern;
            for (const std::string& parameter : request.parameters) text += " " + parameter;
            return MakeCall([text](std::stop_token) { return Reply{.body = text}; });
          },
          .refuse = PlainErrorReply};
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    test_.router.Add(Echo("GET", "/models"));
    test_.router.Add(Echo("POST", "/models"));
    test_.router.Add(Echo("GET", "/models/{id*}"));
    test_.router.Add(Echo("POST", "/d/{name}/audio"));
    test_.router.Add(Echo("GET", "/open", RouteAccess::kPublic));
  }

  TestBackend test_;
};

TEST_F(RouterTest, FindsRoutesAndWhatStandsInThem) {
  EXPECT_EQ(test_.Get("/models").body, "/models");
  EXPECT_EQ(test_.Get("/models/a").body, "/models/{id*} a");
  EXPECT_EQ(test_.Get("/models/a/b").body, "/models/{id*} a/b");
  EXPECT_EQ(test_.Ask({.method = "POST", .path = "/d/x/audio"}).body, "/d/{name}/audio x");
  EXPECT_EQ(test_.Ask({.method = "HEAD", .path = "/models"}).status, 200);
  for (const char* path : {"/", "/model", "/models/", "/modelss", "/d//audio", "/d/x/y/audio",
                           "/d/x", "/d/x/audio/"}) {
    EXPECT_EQ(test_.Get(path).status, 404) << path;
  }
}

TEST_F(RouterTest, AnotherMethodIsToldWhichThereAre) {
  const KeptReply reply = test_.Ask({.method = "DELETE", .path = "/models"});
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.headers.Find("allow"), "GET, POST");
}

TEST_F(RouterTest, OnlyPublicRoutesAreOpen) {
  test_.authorization = PermissionDeniedError("no");
  EXPECT_EQ(test_.Get("/models").status, 403);
  EXPECT_EQ(test_.Get("/open").status, 200);
}

TEST_F(RouterTest, RecordsSayWhatHappenedAndNothingOfTheClient) {
  test_.Ask({.method = "GET", .path = "/models/secret", .request_id = "id"});
  test_.Ask({.method = "SECRET", .path = "/secret"});
  test_.Ask({.method = "GET", .path = "/open"}, "a body");
  ASSERT_EQ(test_.records.size(), 3u);
  EXPECT_EQ(test_.records[0].request_id, "id");
  EXPECT_EQ(test_.records[0].route, "/models/{id*}");
  EXPECT_EQ(test_.records[0].bytes_out, 20u);
  EXPECT_EQ(test_.records[1].method, "OTHER");
  EXPECT_EQ(test_.records[1].route, "unknown");
  EXPECT_EQ(test_.records[1].status, 404);
  EXPECT_EQ(test_.records[2].status, 400);
  EXPECT_EQ(test_.records[2].bytes_in, 6u);
}

TEST_F(RouterTest, ClientsThatLeaveBeforeTheyAreAnsweredAreRecorded) {
  { const Admission admission = test_.router.Admit({.method = "GET", .path = "/models"}); }
  ASSERT_EQ(test_.records.size(), 1u);
  EXPECT_EQ(test_.records[0].status, 499);
}

TEST(HealthTest, FollowsTheLifeOfTheServer) {
  TestBackend test;
  Health health;
  AddHealthRoutes(test.router, health);
  test.authorization = PermissionDeniedError("no");
  const auto all = [&] {
    return std::to_string(test.Get("/livez").status) + " " +
           std::to_string(test.Get("/startupz").status) + " " +
           std::to_string(test.Get("/readyz").status);
  };
  EXPECT_EQ(all(), "200 503 503");
  health.SetStarted();
  EXPECT_EQ(all(), "200 200 200");
  health.SetModel("a", OkStatus());
  health.SetModel("b", InternalError("broken"));
  EXPECT_EQ(all(), "200 200 503");
  health.SetModel("b", OkStatus());
  EXPECT_EQ(all(), "200 200 200");
  health.SetDraining();
  EXPECT_EQ(all(), "200 200 503");
  health.SetLiveness([] { return UnavailableError("it hangs"); });
  EXPECT_EQ(all(), "503 200 503");
}

TEST(CanaryTest, TranscribesTheClipAndTellsWhenTheTextChanges) {
  TestBackend test;
  Health health;
  health.SetStarted();
  Canary canary(test.backend, health);
  EXPECT_TRUE(canary.Check({"first", "org/second"}, {}).ok());
  EXPECT_TRUE(canary.Check({"first", "org/second"}, {}).ok());
  EXPECT_TRUE(health.Readiness().ok());
  test.models.second->failure = InternalError("broken");
  EXPECT_FALSE(canary.Check({"first", "org/second"}, {}).ok());
  EXPECT_FALSE(health.Readiness().ok());
  test.models.second->failure = OkStatus();
  EXPECT_TRUE(canary.Check({"first", "org/second"}, {}).ok());
  EXPECT_TRUE(health.Readiness().ok());
  test.models.first->last_segments = 1;
  EXPECT_EQ(canary.Check({"first", "org/second"}, {}).code(), StatusCode::kDataLoss);
  EXPECT_FALSE(health.Readiness().ok());
}

TEST(CanaryTest, TheClipIsSmallAndASecondOrMore) {
  EXPECT_LT(CanaryClip().size(), 10'000u);
  EXPECT_TRUE(CanaryClip().starts_with("OggS"));
}

TEST(KeepAliveTest, WritesWhileNothingIsComputed) {
  KeptReply reply;
  std::atomic<bool> go{false};
  const auto compute = [&](PieceQueue& queue) {
    queue.Begin();
    queue.Put("a");
    while (!go) std::this_thread::yield();
    queue.Put("b");
  };
  // The writer lets it go on when it sees that nothing was written for a while.
  class Writer final : public ReplyWriter {
   public:
    Writer(KeptReply& kept, std::atomic<bool>& release) : kept_(kept), release_(release) {}
    Status Start(int status, Headers headers, std::optional<uint64_t> length) override {
      return kept_.Start(status, std::move(headers), length);
    }
    Status Write(std::string_view bytes) override {
      if (bytes == ".") release_ = true;
      return kept_.Write(bytes);
    }
    Status Finish() override { return OkStatus(); }
    Status Send(Reply) override { return OkStatus(); }

   private:
    KeptReply& kept_;
    std::atomic<bool>& release_;
  } writer(reply, go);
  EXPECT_TRUE(
      WriteWhile(compute, writer,
                 {.headers = {}, .idle_piece = ".", .idle_time = std::chrono::milliseconds(5)}));
  EXPECT_TRUE(reply.body.starts_with("a."));
  EXPECT_TRUE(reply.body.ends_with("b"));
}

TEST(KeepAliveTest, WhatNeverBeginsWritesNothing) {
  KeptReply reply;
  EXPECT_FALSE(WriteWhile([](PieceQueue&) {}, reply, {}));
  EXPECT_EQ(reply.status, 0);
}

}  // namespace
}  // namespace ironscribe::api
