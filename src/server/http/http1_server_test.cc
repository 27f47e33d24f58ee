// HTTP/1.1 through real sockets: what a correct client sees.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "server/http/test_client.h"
#include "server/http/test_service.h"

namespace ironscribe::server {
namespace {

using std::chrono::milliseconds;

std::string Get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

std::string Post(const std::string& target, const std::string& body,
                 const std::string& fields = "") {
  return "POST " + target +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         fields + "\r\n" + body;
}

TEST(Http1Server, AnswersAndKeepsTheConnection) {
  TestServer server;
  TestClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    const ClientReply reply = client.Ask(Get("/hello"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "hello\n");
    EXPECT_EQ(reply.Field("content-length"), "6");
    EXPECT_EQ(reply.Field("content-type"), "text/plain");
    EXPECT_EQ(reply.Field("server"), "ironscribe");
    EXPECT_EQ(reply.Field("date").size(), 29u);
    EXPECT_EQ(reply.Field("x-request-id").size(), 32u);
    EXPECT_EQ(reply.Field("connection"), "");
  }
}

TEST(Http1Server, TheServiceSeesTheRequest) {
  TestServer server;
  TestClient client(server.port());
  const ClientReply reply = client.Ask(Get("/inspect?a=%20b", "X-Two: 2\r\n"));
  EXPECT_EQ(reply.body, "GET /inspect from 127.0.0.1 on plain\n? a= b\nhost: h\nx-two: 2\n");
}

TEST(Http1Server, RequestIdsComeBackIfTheyAreSane) {
  TestServer server;
  TestClient client(server.port());
  EXPECT_EQ(client.Ask(Get("/hello", "X-Request-Id: req-1\r\n")).Field("x-request-id"), "req-1");
  EXPECT_EQ(client.Ask(Get("/deny", "X-Request-Id: req-2\r\n")).Field("x-request-id"), "req-2");
  EXPECT_EQ(client.Ask(Get("/hello", "X-Request-Id: a b\r\n")).Field("x-request-id").size(), 32u);
}

TEST(Http1Server, BodiesArriveWhole) {
  TestServer server;
  TestClient client(server.port());
  const std::string body(300'000, 'b');
  EXPECT_EQ(client.Ask(Post("/echo", body)).body, body);
  EXPECT_EQ(client.Ask(Post("/echo", "")).body, "");
  const ClientReply chunked = client.Ask(
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "6\r\nhello \r\n5;x=y\r\nworld\r\n0\r\nTrailer: t\r\n\r\n");
  EXPECT_EQ(chunked.body, "hello world");
  ASSERT_TRUE(server.WaitForRecords(3));
  EXPECT_EQ(server.records()[0].bytes_in, body.size());
  EXPECT_EQ(server.records()[0].bytes_out, body.size());
}

TEST(Http1Server, PipelinedRequestsAreAnsweredInOrder) {
  TestServer server;
  TestClient client(server.port());
  client.Send(Get("/stream?n=2&gap=1") + Post("/echo", "second") + Get("/deny") + Get("/hello"));
  EXPECT_EQ(client.Read().body, "data: 0\n\ndata: 1\n\n");
  EXPECT_EQ(client.Read().body, "second");
  EXPECT_EQ(client.Read().status, 429);
  EXPECT_EQ(client.Read().body, "hello\n");
}

TEST(Http1Server, ContinuesOnlyIfItWantsTheBody) {
  TestServer server;
  TestClient client(server.port());
  const std::string head =
      " HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_EQ(client.Ask("POST /echo" + head).status, 100);
  EXPECT_EQ(client.Ask("body").body, "body");
  const ClientReply denied = client.Ask("POST /deny" + head);
  EXPECT_EQ(denied.status, 429);
  EXPECT_EQ(denied.Field("connection"), "close");
  EXPECT_TRUE(client.AtEnd());

  TestClient other(server.port());
  EXPECT_EQ(
      other.Ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: a pony\r\n\r\n")
          .status,
      417);
}

TEST(Http1Server, HeadAnd204HaveNoBody) {
  TestServer server;
  TestClient client(server.port());
  client.Send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n" + Get("/empty") + Get("/hello"));
  const ClientReply head = client.Read(/*no_body=*/true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Field("content-length"), "6");
  const ClientReply empty = client.Read();
  EXPECT_EQ(empty.status, 204);
  EXPECT_EQ(empty.Field("content-length"), "");
  EXPECT_EQ(client.Read().body, "hello\n");
}

TEST(Http1Server, Http10ClosesUnlessAskedNotTo) {
  TestServer server;
  TestClient client(server.port());
  const ClientReply kept = client.Ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.Field("connection"), "keep-alive");
  const ClientReply stream = client.Ask("GET /stream HTTP/1.0\r\n\r\n");
  EXPECT_EQ(stream.Field("transfer-encoding"), "");
  EXPECT_EQ(stream.body, "data: 0\n\ndata: 1\n\ndata: 2\n\n");
}

TEST(Http1Server, EventsLeaveWhenTheyAreWritten) {
  TestServer server;
  TestClient client(server.port());
  client.Send(Get("/stream?n=100000&gap=1"));
  // They take minutes altogether; the first ones are there at once.
  EXPECT_TRUE(client.FillUntil("data: 3\n\n"));
  client.Close();
  EXPECT_TRUE(server.events.WaitFor("stopped write"));
}

TEST(Http1Server, AWriterWaitsForASlowReader) {
  TestServer server;
  TestClient client(server.port(), 4096);
  client.Send(Get("/bytes?n=2000"));  // 20 MB: more than any buffer on the way holds
  ASSERT_TRUE(server.events.WaitFor("run"));
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(server.events.count("answered"), 0);
  const ClientReply reply = client.Read();
  EXPECT_TRUE(reply.whole);
  EXPECT_EQ(reply.body.size(), 20'000'000u);
  EXPECT_TRUE(server.events.WaitFor("answered"));
}

TEST(Http1Server, ACompleteReplyNeedsNoWorkerToBeRead) {
  TestServer server;
  TestClient client(server.port(), 4096);
  client.Send(Get("/send?n=20000000"));
  EXPECT_TRUE(server.events.WaitFor("destroyed"));
  EXPECT_EQ(client.Read().body.size(), 20'000'000u);
}

TEST(Http1Server, AClientThatLeavesStopsItsCall) {
  TestServer server;
  TestClient polite(server.port());
  polite.Send(Get("/wait"));
  ASSERT_TRUE(server.events.WaitFor("run", 1));
  polite.Close();
  EXPECT_TRUE(server.events.WaitFor("gone", 1));

  TestClient rude(server.port());
  rude.Send(Post("/wait", "body"));
  ASSERT_TRUE(server.events.WaitFor("run", 2));
  rude.Reset();
  EXPECT_TRUE(server.events.WaitFor("gone", 2));

  ASSERT_TRUE(server.WaitForRecords(2));
  EXPECT_EQ(server.records()[0].status, 499);
  EXPECT_FALSE(server.records()[0].complete);
  EXPECT_EQ(server.records()[0].route, "/wait");
}

TEST(Http1Server, AClientThatLeavesInItsBodyLeavesNothing) {
  TestServer server;
  TestClient client(server.port());
  client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  ASSERT_TRUE(server.events.WaitFor("piece"));
  client.Close();
  EXPECT_TRUE(server.events.WaitFor("destroyed"));
  EXPECT_EQ(server.events.count("run"), 0);
}

TEST(Http1Server, ACallThatWaitsForAWorkerIsTakenBack) {
  HttpOptions options;
  options.max_workers = 1;
  TestServer server(options);
  TestClient first(server.port());
  first.Send(Get("/wait"));
  ASSERT_TRUE(server.events.WaitFor("run"));
  TestClient second(server.port());
  second.Send(Get("/hello"));
  ASSERT_TRUE(server.events.WaitFor("admit", 2));
  TestClient third(server.port());
  third.Send(Get("/hello"));
  ASSERT_TRUE(server.events.WaitFor("admit", 3));
  second.Close();
  EXPECT_TRUE(server.events.WaitFor("destroyed"));
  server.events.Release();
  EXPECT_EQ(first.Read().body, "waited\n");
  EXPECT_EQ(third.Read().body, "hello\n");
  EXPECT_EQ(server.events.count("run"), 2);
}

TEST(Http1Server, RefusalsDoNotWaitForTheBody) {
  TestServer server;
  // Nothing of a large body is there yet.
  TestClient client(server.port());
  client.Send("POST /deny HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
  const ClientReply denied = client.Read();
  EXPECT_EQ(denied.status, 429);
  EXPECT_EQ(denied.Field("retry-after"), "7");
  EXPECT_EQ(denied.Field("connection"), "close");
  // A client that reads only when it has sent everything finds the reply too.
  EXPECT_TRUE(client.Send(std::string(1'000'000, 'x')));

  TestClient full(server.port());
  full.Send("POST /full HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  EXPECT_EQ(full.Read().status, 507);
  EXPECT_EQ(server.events.count("run"), 0);
}

TEST(Http1Server, ASmallRefusedBodyKeepsTheConnection) {
  TestServer server;
  TestClient client(server.port());
  EXPECT_EQ(client.Ask(Post("/deny", std::string(50'000, 'x'))).status, 429);
  EXPECT_EQ(client.Ask(Post("/full", std::string(50'000, 'x'))).status, 507);
  EXPECT_EQ(client.Ask(Get("/hello")).body, "hello\n");
}

TEST(Http1Server, CallsThatMisbehave) {
  TestServer server;
  TestClient client(server.port());
  EXPECT_EQ(client.Ask(Get("/silent")).status, 500);
  const ClientReply split = client.Ask(Get("/split"));
  EXPECT_EQ(split.status, 500);
  EXPECT_EQ(split.head.find("set-cookie"), std::string::npos);
  const ClientReply cut = client.Ask(Get("/short"));
  EXPECT_FALSE(cut.whole);
}

TEST(Http1Server, RecordsHoldNothingOfTheClient) {
  TestServer server;
  TestClient client(server.port());
  client.Ask("SECRET /secret?secret HTTP/1.1\r\nHost: secret\r\nX-Request-Id: secret\r\n\r\n");
  client.Ask(Get("/hello?secret"));
  client.Ask("secret\r\n\r\n");
  ASSERT_TRUE(server.WaitForRecords(3));
  const auto records = server.records();
  EXPECT_EQ(records[0].method, "OTHER");
  EXPECT_EQ(records[0].status, 404);
  EXPECT_EQ(records[1].route, "/hello");
  EXPECT_EQ(records[1].protocol, "HTTP/1.1");
  EXPECT_EQ(records[1].bytes_out, 6u);
  EXPECT_TRUE(records[1].complete);
  EXPECT_EQ(records[2].status, 400);
  EXPECT_EQ(records[2].route, "");
  for (const AccessRecord& record : records) {
    EXPECT_EQ(record.route.find("secret"), std::string::npos);
    EXPECT_EQ(record.listener, "plain");
  }
}

TEST(Http1Server, TwoHundredConnectionsAtOnce) {
  TestServer server;
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<TestClient>(server.port()));
    ASSERT_TRUE(clients.back()->connected());
    ASSERT_TRUE(clients.back()->Send(Get("/wait")));
  }
  ASSERT_TRUE(server.events.WaitFor("admit", 200));
  EXPECT_EQ(server.server->counts().connections, 200);
  server.events.Release();
  for (const auto& client : clients) {
    EXPECT_EQ(client->Read().body, "waited\n");
  }
  EXPECT_EQ(server.events.count("run"), 200);
  EXPECT_LE(server.server->counts().worker_threads, HttpOptions().max_workers);
}

}  // namespace
}  // namespace ironscribe::server
