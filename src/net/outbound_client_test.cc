#include "net/outbound_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include "net/stub_http_server.h"

namespace ironscribe::net {
namespace {

using Request = StubHttpServer::Request;
using Answer = StubHttpServer::Answer;

// A server on 127.0.0.1 and a client that may ask it under the name "receiver.test".
class OutboundClientTest : public testing::Test {
 protected:
  // The port of the stub stands behind each entry's host.
  OutboundClient Client(const StubHttpServer& server, const std::string& range = "@127.0.0.0/8",
                        OutboundOptions options = {}) {
    options.resolve = [this](const std::string& host) -> Result<std::vector<std::string>> {
      ++num_resolved_;
      resolved_ = host;
      return addresses_;
    };
    auto rules = OutboundRules::Parse({"http://receiver.test:" + Port(server) + range});
    EXPECT_TRUE(rules.ok()) << rules.status().ToString();
    return OutboundClient(*std::move(rules), options);
  }
  static std::string Port(const StubHttpServer& server) {
    return server.url().substr(server.url().rfind(':') + 1);
  }
  static std::string Url(const StubHttpServer& server) {
    return "http://receiver.test:" + Port(server) + "/hook?a=b";
  }

  std::vector<std::string> addresses_ = {"127.0.0.1"};
  std::atomic<int> num_resolved_{0};
  std::string resolved_;
};

TEST_F(OutboundClientTest, PostsAndTellsTheStatus) {
  const StubHttpServer server([](const Request&) { return Answer{.status = 204}; });
  const auto status = Client(server).Send(
      {.url = Url(server), .headers = {"x-one: 1"}, .body = std::string("hello\0there", 11)}, {});
  ASSERT_TRUE(status.ok()) << status.status().ToString();
  EXPECT_EQ(*status, 204);
  EXPECT_EQ(resolved_, "receiver.test");
  EXPECT_EQ(num_resolved_, 1);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/hook?a=b");
  EXPECT_EQ(requests[0].headers.at("x-one"), "1");
  EXPECT_EQ(requests[0].headers.count("expect"), 0u);
  EXPECT_EQ(requests[0].body, std::string("hello\0there", 11));
}

TEST_F(OutboundClientTest, GetsIntoASink) {
  const StubHttpServer server([](const Request&) { return Answer{.body = "recording"}; });
  std::string body;
  const auto sink = [&body](std::string_view piece) {
    body += piece;
    return OkStatus();
  };
  const auto status = Client(server).Send({.url = Url(server), .sink = sink}, {});
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(body, "recording");
  EXPECT_EQ(server.requests().at(0).method, "GET");
}

TEST_F(OutboundClientTest, GoesNowhereAlongRedirects) {
  const StubHttpServer other([](const Request&) { return Answer{}; });
  const StubHttpServer server([&](const Request&) {
    return Answer{.status = 302, .headers = {{"Location", other.url() + "/inside"}}};
  });
  std::string body;
  const auto status = Client(server).Send({.url = Url(server),
                                           .sink =
                                               [&](std::string_view piece) {
                                                 body += piece;
                                                 return OkStatus();
                                               }},
                                          {});
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(*status, 302);
  EXPECT_EQ(body, "");
  EXPECT_TRUE(other.requests().empty());
}

TEST_F(OutboundClientTest, RefusesAddressesThatAreNotPublic) {
  const StubHttpServer server([](const Request&) { return Answer{}; });
  for (const char* address : {"127.0.0.1", "::ffff:127.0.0.1", "::1", "10.0.0.1", "0.0.0.0"}) {
    addresses_ = {address};
    const auto status = Client(server, "").Send({.url = Url(server)}, {});
    EXPECT_EQ(status.status().code(), StatusCode::kPermissionDenied) << address;
  }
  // One that would do does not make up for one that does not.
  addresses_ = {"8.8.8.8", "127.0.0.1"};
  EXPECT_EQ(Client(server, "").Send({.url = Url(server)}, {}).status().code(),
            StatusCode::kPermissionDenied);
  addresses_ = {};
  EXPECT_EQ(Client(server).Send({.url = Url(server)}, {}).status().code(),
            StatusCode::kUnavailable);
  EXPECT_TRUE(server.requests().empty());
}

// The first look shows an address that may be asked, every later one this machine: whoever looks
// twice falls for it. 192.0.2.1 is nobody, and here it may be asked.
TEST_F(OutboundClientTest, ANameServerThatChangesItsMindGetsNowhere) {
  const StubHttpServer server([](const Request&) { return Answer{}; });
  OutboundOptions options;
  options.connect_timeout_ms = 200;
  std::atomic<int> num_looks{0};
  options.resolve = [&](const std::string&) -> Result<std::vector<std::string>> {
    return std::vector<std::string>{num_looks++ == 0 ? "192.0.2.1" : "127.0.0.1"};
  };
  auto rules = OutboundRules::Parse({"http://localhost:" + Port(server) + "@192.0.2.0/24"});
  ASSERT_TRUE(rules.ok());
  const OutboundClient client(*std::move(rules), options);
  // The system would find `localhost` at once; what was pinned is asked instead.
  EXPECT_FALSE(client.Send({.url = "http://localhost:" + Port(server) + "/"}, {}).ok());
  EXPECT_EQ(client.Send({.url = "http://localhost:" + Port(server) + "/"}, {}).status().code(),
            StatusCode::kPermissionDenied);
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(OutboundClientTest, LimitsSizeAndTime) {
  const StubHttpServer large([](const Request&) { return Answer{.body = std::string(1001, 'x')}; });
  OutboundOptions options;
  options.max_reply_bytes = 1000;
  EXPECT_EQ(Client(large, "@127.0.0.0/8", options).Send({.url = Url(large)}, {}).status().code(),
            StatusCode::kResourceExhausted);
  const StubHttpServer silent([](const Request&) { return Answer{.hangs = true}; });
  options.total_timeout_ms = 100;
  EXPECT_EQ(Client(silent, "@127.0.0.0/8", options).Send({.url = Url(silent)}, {}).status().code(),
            StatusCode::kDeadlineExceeded);
}

TEST_F(OutboundClientTest, AnAnswerThatEndsTooSoonIsNone) {
  const StubHttpServer server(
      [](const Request&) { return Answer{.body = "recording", .cut_after_bytes = 4}; });
  EXPECT_EQ(Client(server).Send({.url = Url(server)}, {}).status().code(),
            StatusCode::kUnavailable);
}

TEST_F(OutboundClientTest, StopsWhenItIsToldTo) {
  std::stop_source stop;
  const StubHttpServer server([&](const Request&) {
    stop.request_stop();
    return Answer{.hangs = true};
  });
  EXPECT_EQ(Client(server).Send({.url = Url(server)}, stop.get_token()).status().code(),
            StatusCode::kCancelled);
}

// The resolver answers only when the test is over, as one does whose name server is gone.
TEST_F(OutboundClientTest, StopsWhileANameIsLookedUp) {
  auto asked = std::make_shared<std::promise<void>>();
  auto answer = std::make_shared<std::promise<void>>();
  OutboundOptions options;
  options.resolve_timeout_ms = 600'000;
  options.resolve = [asked, answer](const std::string&) -> Result<std::vector<std::string>> {
    asked->set_value();
    answer->get_future().wait();
    return std::vector<std::string>{"127.0.0.1"};
  };
  auto rules = OutboundRules::Parse({"http://receiver.test"});
  ASSERT_TRUE(rules.ok());
  auto client = std::make_unique<OutboundClient>(*std::move(rules), options);
  std::stop_source stop;
  const std::jthread stops([&] {
    asked->get_future().wait();
    stop.request_stop();
  });
  EXPECT_EQ(client->Send({.url = "http://receiver.test/"}, stop.get_token()).status().code(),
            StatusCode::kCancelled);
  client.reset();  // Nor does its end wait.
  answer->set_value();
}

TEST_F(OutboundClientTest, ErrorsNameNothing) {
  const StubHttpServer server([](const Request&) { return Answer{}; });
  const std::string port = Port(server);
  addresses_ = {"10.9.8.7"};
  for (const std::string& url : {Url(server), std::string("https://elsewhere.test/secret"),
                                 std::string("receiver.test secret")}) {
    const std::string message = Client(server).Send({.url = url}, {}).status().message();
    for (const char* word : {"receiver", "elsewhere", "secret", "10.9.8.7", "hook"}) {
      EXPECT_EQ(message.find(word), std::string::npos) << message;
    }
  }
}

}  // namespace
}  // namespace ironscribe::net
