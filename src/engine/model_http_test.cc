#include "engine/model_http.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "io/file.h"
#include "net/stub_http_server.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;
using net::StubHttpServer;
using Request = StubHttpServer::Request;
using Answer = StubHttpServer::Answer;

std::string LongBody() {
  std::string body;
  for (int i = 0; i < 20'000; ++i) body += std::to_string(i) + ",";
  return body;
}

class ModelHttpTest : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    file_ = fs::path(testing::TempDir()) /
            ("model_http_test_" + std::to_string(::getpid()) + "_" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove(file_);
    options_.retry_wait_ms = 1;
  }
  void TearDown() override { fs::remove(file_); }

  Status Download(const StubHttpServer& server, std::optional<uint64_t> size) {
    return DownloadFile(
        {.url = server.url() + "/f", .path = file_, .size_bytes = size, .max_bytes = 1 << 20},
        options_);
  }
  std::string Content() { return *io::ReadFile(file_, 1 << 20); }

  HttpOptions options_;
  fs::path file_;
};

TEST_F(ModelHttpTest, GetReturnsTheBody) {
  const StubHttpServer server([](const Request&) { return Answer{.body = "hello"}; });
  const auto body = HttpGet(server.url() + "/a?b=c", 100, options_);
  ASSERT_TRUE(body.ok()) << body.status().ToString();
  EXPECT_EQ(*body, "hello");
  EXPECT_EQ(server.requests()[0].target, "/a?b=c");
}

TEST_F(ModelHttpTest, GetRefusesMoreThanTheLimit) {
  const StubHttpServer server([](const Request&) { return Answer{.body = "hello"}; });
  EXPECT_EQ(HttpGet(server.url(), 4, options_).status().code(), StatusCode::kResourceExhausted);
}

TEST_F(ModelHttpTest, StatusCodesOfTheServer) {
  int status = 404;
  const StubHttpServer server(
      [&](const Request&) { return Answer{.status = status, .body = "<html>"}; });
  EXPECT_EQ(HttpGet(server.url(), 100, options_).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(server.requests().size(), 1u);  // Trying again would not help.
  status = 401;
  EXPECT_EQ(HttpGet(server.url(), 100, options_).status().code(), StatusCode::kPermissionDenied);
  status = 503;
  EXPECT_EQ(HttpGet(server.url(), 100, options_).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(server.requests().size(), 2u + 3u);  // max_attempts.
}

TEST_F(ModelHttpTest, PassingTroubleIsTriedAgain) {
  int calls = 0;
  const StubHttpServer server([&](const Request&) {
    return ++calls == 1 ? Answer{.status = 503, .body = "busy"} : Answer{.body = "ok"};
  });
  EXPECT_EQ(*HttpGet(server.url(), 100, options_), "ok");
}

TEST_F(ModelHttpTest, RedirectLoopEnds) {
  const StubHttpServer server([](const Request&) {
    return Answer{.status = 302, .headers = {{"Location", "/again"}}, .body = ""};
  });
  const auto body = HttpGet(server.url(), 100, options_);
  EXPECT_EQ(body.status().code(), StatusCode::kUnavailable);
  EXPECT_NE(body.status().message().find("redirect"), std::string::npos) << body.status().message();
  EXPECT_EQ(server.requests().size(), 1u + 5u);  // max_redirects, once.
}

TEST_F(ModelHttpTest, RedirectToAFileIsRefused) {
  const StubHttpServer server([](const Request&) {
    return Answer{.status = 302, .headers = {{"Location", "file:///etc/hostname"}}, .body = ""};
  });
  EXPECT_EQ(HttpGet(server.url(), 10'000, options_).status().code(), StatusCode::kUnavailable);
}

TEST_F(ModelHttpTest, SilenceEnds) {
  const StubHttpServer server([](const Request&) { return Answer{.hangs = true}; });
  options_.stall_seconds = 1;
  options_.max_attempts = 1;
  const auto body = HttpGet(server.url(), 100, options_);
  EXPECT_EQ(body.status().code(), StatusCode::kUnavailable);
  EXPECT_NE(body.status().message().find(server.url()), std::string::npos);
}

TEST_F(ModelHttpTest, StopRequestEndsATransfer) {
  std::stop_source stop;
  const StubHttpServer server([&](const Request&) {
    stop.request_stop();
    return Answer{.hangs = true};
  });
  options_.stop = stop.get_token();
  EXPECT_EQ(HttpGet(server.url(), 100, options_).status().code(), StatusCode::kCancelled);
}

TEST_F(ModelHttpTest, NobodyListens) {
  std::string url;
  {
    const StubHttpServer server([](const Request&) { return Answer{}; });
    url = server.url();
  }
  EXPECT_EQ(HttpGet(url, 100, options_).status().code(), StatusCode::kUnavailable);
}

TEST_F(ModelHttpTest, DownloadGoesOnAfterACutConnection) {
  const std::string body = LongBody();
  int calls = 0;
  const StubHttpServer server([&](const Request& request) {
    Answer answer = StubHttpServer::Serve(request, body);
    if (++calls < 3) answer.cut_after_bytes = 40'000;
    return answer;
  });
  const Status status = Download(server, body.size());
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(Content(), body);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_FALSE(requests[0].headers.contains("range"));
  EXPECT_EQ(requests[1].headers.at("range"), "bytes=40000-");
  EXPECT_EQ(requests[2].headers.at("range"), "bytes=80000-");
}

TEST_F(ModelHttpTest, ServerThatIgnoresRangesStartsOver) {
  const std::string body = LongBody();
  ASSERT_TRUE(io::WriteFileAtomically(file_, "rubbish").ok());
  const StubHttpServer server([&](const Request&) { return Answer{.body = body}; });
  ASSERT_TRUE(Download(server, body.size()).ok());
  EXPECT_EQ(Content(), body);
}

TEST_F(ModelHttpTest, RangeFromAnotherPlaceStartsOver) {
  const std::string body = LongBody();
  ASSERT_TRUE(io::WriteFileAtomically(file_, body.substr(0, 100)).ok());
  const StubHttpServer server([&](const Request&) {
    // Claims a partial answer that starts at 0.
    return Answer{.status = 206, .headers = {{"Content-Range", "bytes 0-9/10"}}, .body = body};
  });
  ASSERT_TRUE(Download(server, body.size()).ok());
  EXPECT_EQ(Content(), body);
}

TEST_F(ModelHttpTest, FileBeyondTheServersEndStartsOver) {
  const std::string body = "short";
  ASSERT_TRUE(io::WriteFileAtomically(file_, "much longer than that").ok());
  const StubHttpServer server(
      [&](const Request& request) { return StubHttpServer::Serve(request, body); });
  const Status status = Download(server, std::nullopt);
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(Content(), body);
}

TEST_F(ModelHttpTest, ShortBodyWithoutLengthIsNoticed) {
  const StubHttpServer server(
      [](const Request&) { return Answer{.body = "abc", .without_length = true}; });
  EXPECT_EQ(Download(server, 10).code(), StatusCode::kUnavailable);
}

TEST_F(ModelHttpTest, LongBodyIsRefused) {
  const StubHttpServer server([](const Request&) { return Answer{.body = LongBody()}; });
  EXPECT_EQ(Download(server, 10).code(), StatusCode::kDataLoss);
}

TEST_F(ModelHttpTest, CompleteFileNeedsNoRequest) {
  ASSERT_TRUE(io::WriteFileAtomically(file_, "12345").ok());
  const StubHttpServer server([](const Request&) { return Answer{}; });
  ASSERT_TRUE(Download(server, 5).ok());
  EXPECT_TRUE(server.requests().empty());
}

TEST(EscapeUrlPathTest, KnownAnswers) {
  EXPECT_EQ(EscapeUrlPath("owner/name-1.0_x~"), "owner/name-1.0_x~");
  EXPECT_EQ(EscapeUrlPath("a b?c#d%"), "a%20b%3Fc%23d%25");
  EXPECT_EQ(EscapeUrlPath("\xc3\xa9\r\n"), "%C3%A9%0D%0A");
}

}  // namespace
}  // namespace ironscribe::engine
