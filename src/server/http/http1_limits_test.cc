// HTTP/1.1 through real sockets: what clients get that are wrong, slow or too many.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "server/http/test_client.h"
#include "server/http/test_service.h"

namespace ironscribe::server {
namespace {

using std::chrono::milliseconds;

// Times short enough for a test; only those a test is about are changed.
constexpr milliseconds kShort{150};

std::string Post(const std::string& target, const std::string& fields) {
  return "POST " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

struct Refused {
  std::string name;
  int status;
  std::string request;
};

TEST(Http1Limits, RefusalsAreSentAndTheConnectionCloses) {
  HttpOptions options;
  options.max_body_bytes = 1000;
  options.max_dropped_body_bytes = 0;
  TestServer server(options);
  const std::string chunk = "200\r\n" + std::string(0x200, 'x') + "\r\n";
  for (const Refused& refused : {
           Refused{"malformed", 400, "nonsense\r\n\r\n"},
           Refused{"line feeds", 400, "GET /hello HTTP/1.1\nHost: h\n\n"},
           Refused{"two framings", 400,
                   Post("/echo", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")},
           Refused{"bad chunk in an admitted body", 400,
                   Post("/echo", "Transfer-Encoding: chunked\r\n") + "3\r\nabcXY\r\n"},
           Refused{"announced body", 413, Post("/echo", "Content-Length: 1001\r\n")},
           Refused{"body without end", 413,
                   Post("/echo", "Transfer-Encoding: chunked\r\n") + chunk + chunk},
           Refused{"target", 414, "GET /" + std::string(9000, 'a')},
           Refused{"compressed", 415,
                   Post("/echo", "Content-Length: 3\r\nContent-Encoding: gzip\r\n")},
           Refused{"fields", 431, "GET / HTTP/1.1\r\nA: " + std::string(40'000, 'a')},
           Refused{"coding", 501, Post("/echo", "Transfer-Encoding: gzip\r\n")},
           Refused{"version", 505, "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
           Refused{"TLS", 400, "\x16\x03\x01"},
       }) {
    TestClient client(server.port());
    const ClientReply reply = client.Ask(refused.request);
    EXPECT_EQ(reply.status, refused.status) << refused.name;
    EXPECT_EQ(reply.Field("connection"), "close") << refused.name;
    EXPECT_EQ(reply.Field("x-request-id").size(), 32u) << refused.name;
    EXPECT_TRUE(client.AtEnd()) << refused.name;
  }
  EXPECT_EQ(server.events.count("run"), 0);
  EXPECT_TRUE(server.Answers());
}

TEST(Http1Limits, AuthorizationComesBeforeRulesOnBodies) {
  TestServer server;
  TestClient client(server.port());
  EXPECT_EQ(
      client.Ask(Post("/deny", "Content-Length: 99999999999\r\nContent-Encoding: gzip\r\n")).status,
      429);
}

TEST(Http1Limits, IdentityIsNoCompression) {
  TestServer server;
  TestClient client(server.port());
  EXPECT_EQ(
      client.Ask(Post("/echo", "Content-Length: 3\r\nContent-Encoding: Identity\r\n") + "abc").body,
      "abc");
}

TEST(Http1Limits, AHeadMustComeInTime) {
  HttpOptions options;
  options.header_timeout = kShort;
  options.linger_timeout = kShort;
  TestServer server(options);
  TestClient slow(server.port());
  EXPECT_EQ(slow.Ask("GET /hello HT").status, 408);
  EXPECT_TRUE(slow.AtEnd());

  TestClient silent(server.port());
  EXPECT_TRUE(silent.AtEnd());

  // A byte now and then does not help.
  TestClient drip(server.port());
  while (drip.Send("a")) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_TRUE(server.Answers());
}

TEST(Http1Limits, AnIdleConnectionCloses) {
  HttpOptions options;
  options.keep_alive_timeout = kShort;
  TestServer server(options);
  TestClient client(server.port());
  EXPECT_EQ(client.Ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n").body, "hello\n");
  EXPECT_TRUE(client.AtEnd());
}

TEST(Http1Limits, ABodyThatPausesGets408) {
  HttpOptions options;
  options.body_idle_timeout = kShort;
  TestServer server(options);
  TestClient client(server.port());
  const ClientReply reply = client.Ask(Post("/echo", "Content-Length: 10\r\n") + "half");
  EXPECT_EQ(reply.status, 408);
  EXPECT_TRUE(client.AtEnd());
  EXPECT_EQ(server.events.count("destroyed"), 1);
  EXPECT_EQ(server.events.count("run"), 0);
}

TEST(Http1Limits, ABodyThatDripsGets408) {
  HttpOptions options;
  options.rate_grace = kShort;
  options.min_bytes_per_second = 100'000;
  TestServer server(options);
  TestClient client(server.port());
  client.Send(Post("/echo", "Content-Length: 100000000\r\n"));
  while (server.events.count("destroyed") == 0) {
    ASSERT_TRUE(client.Send("a"));
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(client.Read().status, 408);
}

TEST(Http1Limits, ARefusedBodyThatPausesLosesItsConnection) {
  HttpOptions options;
  options.body_idle_timeout = kShort;
  TestServer server(options);
  TestClient client(server.port());
  // Small enough to be dropped for the sake of the connection.
  EXPECT_EQ(client.Ask(Post("/deny", "Content-Length: 10\r\n") + "half").status, 429);
  EXPECT_TRUE(client.AtEnd());
}

TEST(Http1Limits, AReaderThatPausesIsGone) {
  HttpOptions options;
  options.write_idle_timeout = kShort;
  TestServer server(options);
  TestClient client(server.port(), 4096);
  client.Send("GET /bytes?n=100000 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(server.events.WaitFor("stopped write"));
  EXPECT_FALSE(client.Read().whole);
}

// What lies in the buffers of the system would be kept for it, the replies sent ahead too.
TEST(Http1Limits, NothingIsKeptForAReaderThatPauses) {
  HttpOptions options;
  options.write_idle_timeout = kShort;
  TestServer server(options);
  TestClient client(server.port(), 4096);
  client.Send("GET /send?n=100000000 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.IsReset());
}

TEST(Http1Limits, AReaderThatDripsIsGone) {
  HttpOptions options;
  options.rate_grace = kShort;
  options.min_bytes_per_second = 1e9;
  TestServer server(options);
  TestClient client(server.port(), 4096);
  client.Send("GET /send?n=100000000 HTTP/1.1\r\nHost: h\r\n\r\n");
  size_t received = 0;
  while (client.Fill()) {
    received += client.received().size();
    client.Take(client.received().size());
    std::this_thread::sleep_for(milliseconds(2));
  }
  EXPECT_LT(received, 100'000'000u);
  EXPECT_TRUE(server.WaitForRecords(1));
  EXPECT_FALSE(server.records()[0].complete);
}

TEST(Http1Limits, AStreamWithPausesIsNoSlowReader) {
  HttpOptions options;
  options.write_idle_timeout = milliseconds(50);
  options.rate_grace = milliseconds(50);
  options.min_bytes_per_second = 1e9;
  TestServer server(options);
  TestClient client(server.port());
  EXPECT_TRUE(client.Ask("GET /stream?n=50&gap=1 HTTP/1.1\r\nHost: h\r\n\r\n").whole);
}

TEST(Http1Limits, AClientThatIgnoresTheEndIsLeft) {
  HttpOptions options;
  options.linger_timeout = kShort;
  TestServer server(options);
  TestClient client(server.port());
  EXPECT_EQ(client.Ask(Post("/deny", "Transfer-Encoding: chunked\r\n")).status, 429);
  // Goes on sending a body that nobody wants.
  while (client.Send("4\r\nabcd\r\n")) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(server.server->counts().connections, 0);
}

TEST(Http1Limits, TooManyConnectionsAreTurnedAway) {
  HttpOptions options;
  options.max_connections = 2;
  TestServer server(options);
  TestClient first(server.port());
  auto second = std::make_unique<TestClient>(server.port());
  const std::string request = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_EQ(first.Ask(request).status, 200);
  EXPECT_EQ(second->Ask(request).status, 200);
  TestClient third(server.port());
  const ClientReply away = third.Ask(request);
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(away.Field("retry-after"), "1");
  EXPECT_TRUE(third.AtEnd());
  EXPECT_EQ(first.Ask(request).status, 200);

  second.reset();
  int status = 0;
  for (int tries = 0; tries < 1000 && status != 200; ++tries) {
    TestClient fourth(server.port());
    status = fourth.Ask(request).status;
  }
  EXPECT_EQ(status, 200);
}

TEST(Http1Limits, ReadingAheadIsBounded) {
  TestServer server;
  TestClient client(server.port());
  client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(server.events.WaitFor("run"));
  // Far more than is read ahead, in requests that will be answered all the same.
  const std::string request = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
  constexpr int kRequests = 5000;
  std::thread sender([&] {
    for (int i = 0; i < kRequests; ++i) {
      client.Send(request);
    }
  });
  server.events.Release();
  EXPECT_EQ(client.Read().body, "waited\n");
  int answered = 0;
  while (answered < kRequests && client.Read().body == "hello\n") {
    ++answered;
  }
  sender.join();
  EXPECT_EQ(answered, kRequests);
}

}  // namespace
}  // namespace ironscribe::server
