// HTTP/2 through real sockets: what a correct client sees.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "server/http/test_http2_client.h"
#include "server/http/test_service.h"

namespace ironscribe::server {
namespace {

using h2::Data;
using h2::Headers;
using h2::Request;
using std::chrono::milliseconds;

TEST(Http2Server, Answers) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("GET", "/hello?a=b", {{"x-request-id", "req-1"}})));
  const Http2Reply& reply = client.Read(1);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello\n");
  EXPECT_TRUE(reply.ended);
  EXPECT_EQ(reply.Field("content-length"), "6");
  EXPECT_EQ(reply.Field("server"), "ironscribe");
  EXPECT_EQ(reply.Field("date").size(), 29u);
  EXPECT_EQ(reply.Field("x-request-id"), "req-1");
  ASSERT_TRUE(server.WaitForRecords(1));
  EXPECT_EQ(server.records()[0].protocol, "HTTP/2");
  EXPECT_TRUE(server.records()[0].complete);
}

TEST(Http2Server, ThePrefaceMayComeInPieces) {
  TestServer server;
  TestClient client(server.port());
  const std::string bytes =
      std::string(h2::kPreface) + h2::Settings() + Headers(1, Request("GET", "/hello"));
  for (const char byte : bytes) {
    ASSERT_TRUE(client.Send({&byte, 1}));
  }
  EXPECT_TRUE(client.FillUntil("hello\n"));
}

TEST(Http2Server, StreamsDoNotWaitForEachOther) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("GET", "/wait")));
  client.Send(Headers(3, Request("POST", "/echo"), h2::kEndHeaders));
  client.Send(Headers(5, Request("GET", "/hello")));
  EXPECT_EQ(client.Read(5).body, "hello\n");
  client.Send(Data(3, "first ") + Data(3, "second", true));
  EXPECT_EQ(client.Read(3).body, "first second");
  EXPECT_FALSE(client.reply(1).ended);
  server.events.Release();
  EXPECT_EQ(client.Read(1).body, "waited\n");
}

TEST(Http2Server, TheServiceSeesTheRequest) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("GET", "/inspect?q=%2B", {{"x-two", "2"}})));
  EXPECT_EQ(client.Read(1).body,
            "GET /inspect from 127.0.0.1 on plain h2\n? q=+\nx-two: 2\nhost: h\n");
}

TEST(Http2Server, HeadAnd204HaveNoBody) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("HEAD", "/hello")) + Headers(3, Request("GET", "/empty")));
  EXPECT_EQ(client.Read(1).Field("content-length"), "6");
  EXPECT_EQ(client.reply(1).body, "");
  EXPECT_EQ(client.Read(3).status, 204);
  EXPECT_TRUE(client.reply(3).ended);
}

TEST(Http2Server, ContinuesOnlyIfItWantsTheBody) {
  TestServer server;
  Http2TestClient client(server.port());
  const h2::Fields expect{{"expect", "100-continue"}};
  client.Send(Headers(1, Request("POST", "/echo", expect), h2::kEndHeaders));
  while (client.reply(1).interim_status == 0 && client.Step()) {
  }
  EXPECT_EQ(client.reply(1).interim_status, 100);
  client.Send(Data(1, "body", true));
  EXPECT_EQ(client.Read(1).body, "body");
  client.Send(Headers(3, Request("POST", "/deny", expect), h2::kEndHeaders));
  EXPECT_EQ(client.Read(3).status, 429);
  EXPECT_EQ(client.reply(3).interim_status, 0);
}

TEST(Http2Server, TrailersEndABody) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("POST", "/echo"), h2::kEndHeaders) + Data(1, "body") +
              Headers(1, {{"x-trailer", "t"}}));
  EXPECT_EQ(client.Read(1).body, "body");
}

TEST(Http2Server, AWindowHoldsTheWriterBack) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("GET", "/bytes?n=100")));  // a megabyte
  EXPECT_EQ(client.ReadBody(1, 65535).body.size(), 65535u);
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(server.events.count("answered"), 0);
  client.Send(Headers(3, Request("HEAD", "/hello")));
  EXPECT_EQ(client.Read(3).status, 200);
  EXPECT_EQ(client.reply(1).body.size(), 65535u);
  client.Send(h2::WindowUpdate(1, 1'000'000) + h2::WindowUpdate(0, 1'000'000));
  EXPECT_EQ(client.Read(1).body.size(), 1'000'000u);
}

TEST(Http2Server, AResetStopsItsCall) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("GET", "/wait")) + Headers(3, Request("GET", "/wait")));
  ASSERT_TRUE(server.events.WaitFor("run", 2));
  client.Send(h2::Reset(1));
  EXPECT_TRUE(server.events.WaitFor("gone", 1));
  server.events.Release();
  EXPECT_EQ(client.Read(3).body, "waited\n");
  EXPECT_EQ(server.events.count("gone"), 1);
}

TEST(Http2Server, AClientThatLeavesStopsAllItsCalls) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("GET", "/wait")) + Headers(3, Request("GET", "/wait")) +
              Headers(5, Request("POST", "/echo"), h2::kEndHeaders));
  ASSERT_TRUE(server.events.WaitFor("admit", 3));
  ASSERT_TRUE(server.events.WaitFor("run", 2));
  client.Close();
  EXPECT_TRUE(server.events.WaitFor("gone", 2));
  EXPECT_TRUE(server.events.WaitFor("destroyed", 3));
}

TEST(Http2Server, RefusalsDoNotWaitForTheBody) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("POST", "/deny"), h2::kEndHeaders));
  while (!client.reply(1).ended && client.Step()) {
  }
  EXPECT_EQ(client.reply(1).status, 429);
  client.Send(Headers(3, Request("POST", "/full"), h2::kEndHeaders) + Data(3, "abc"));
  while (!client.reply(3).ended && client.Step()) {
  }
  EXPECT_EQ(client.reply(3).status, 507);
  // A client that goes on sending is asked to stop, without blame.
  while (!client.reply(3).reset && client.Step()) {
  }
  EXPECT_EQ(client.reply(3).reset_error, h2::kNoError);
  client.Send(Headers(5, Request("GET", "/hello")));
  EXPECT_EQ(client.Read(5).status, 200);
}

TEST(Http2Server, CallsThatMisbehave) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("GET", "/silent")) + Headers(3, Request("GET", "/split")) +
              Headers(5, Request("GET", "/short")));
  EXPECT_EQ(client.Read(1).status, 500);
  EXPECT_EQ(client.Read(3).status, 500);
  EXPECT_EQ(client.reply(3).Field("set-cookie"), "");
  EXPECT_TRUE(client.Read(5).reset);
  EXPECT_EQ(client.reply(5).reset_error, h2::kInternalError);
}

TEST(Http2Server, ManyStreamsOneAfterTheOther) {
  TestServer server;
  Http2TestClient client(server.port());
  for (int32_t stream = 1; stream < 2000; stream += 2) {
    client.Send(Headers(stream, Request("POST", "/echo"), h2::kEndHeaders) +
                Data(stream, "x", true));
    ASSERT_EQ(client.Read(stream).body, "x") << stream;
  }
  EXPECT_TRUE(server.events.WaitFor("destroyed", 1000));
}

}  // namespace
}  // namespace ironscribe::server
