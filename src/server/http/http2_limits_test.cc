// HTTP/2 through real sockets: what clients get that are wrong, slow or hostile.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

#include "server/http/test_http2_client.h"
#include "server/http/test_service.h"

namespace ironscribe::server {
namespace {

using h2::Data;
using h2::Headers;
using h2::Request;
using std::chrono::milliseconds;

constexpr milliseconds kShort{150};

struct Refused {
  std::string name;
  int status;
  h2::Fields fields;
};

TEST(Http2Limits, RefusalsLeaveTheConnectionAlone) {
  HttpOptions options;
  options.max_body_bytes = 1000;
  TestServer server(options);
  Http2TestClient client(server.port());
  int32_t stream = 1;
  h2::Fields many;
  for (int i = 0; i < 101; ++i) {
    many.emplace_back("a", "b");
  }
  for (const Refused& refused : {
           Refused{"path", 400, Request("POST", "/a%00b")},
           Refused{"bad UTF-8", 400, Request("POST", "/%ff")},
           Refused{"two hosts", 400, Request("POST", "/echo", {{"host", "other"}})},
           Refused{"announced body", 413, Request("POST", "/echo", {{"content-length", "1001"}})},
           Refused{"target", 414, Request("POST", "/" + std::string(9000, 'a'))},
           Refused{"compressed", 415, Request("POST", "/echo", {{"content-encoding", "gzip"}})},
           Refused{"expectation", 417, Request("POST", "/echo", {{"expect", "a pony"}})},
           Refused{"many fields", 431, Request("POST", "/echo", many)},
           Refused{"large fields", 431,
                   Request("POST", "/echo",
                           {{"a", std::string(15'000, 'a')},
                            {"b", std::string(15'000, 'a')},
                            {"c", std::string(9'000, 'a')}})},
       }) {
    // A block may be larger than a frame.
    const std::string block = h2::Block(refused.fields);
    std::string frames = h2::Frame(h2::kHeaders, block.size() > 16384 ? 0 : h2::kEndHeaders, stream,
                                   block.substr(0, 16384));
    for (size_t at = 16384; at < block.size(); at += 16384) {
      frames += h2::Frame(h2::kContinuation, at + 16384 >= block.size() ? h2::kEndHeaders : 0,
                          stream, block.substr(at, 16384));
    }
    client.Send(frames);
    EXPECT_EQ(client.Read(stream).status, refused.status) << refused.name;
    stream += 2;
  }
  client.Send(Headers(stream, Request("POST", "/echo"), h2::kEndHeaders) +
              Data(stream, std::string(1001, 'x')));
  EXPECT_EQ(client.Read(stream).status, 413);
  stream += 2;
  client.Send(Headers(stream, Request("GET", "/hello")));
  EXPECT_EQ(client.Read(stream).body, "hello\n");
}

TEST(Http2Limits, BrokenRequestsAreReset) {
  TestServer server;
  Http2TestClient client(server.port());
  int32_t stream = 1;
  for (const h2::Fields& fields : {
           h2::Fields{{":method", "GET"}, {":scheme", "http"}},
           h2::Fields{{":method", "GET"}, {":method", "GET"}, {":scheme", "http"}, {":path", "/"}},
           Request("GET", "/hello", {{":late", "x"}}),
           Request("GET", "/hello", {{"connection", "close"}}),
           Request("GET", "/hello", {{"transfer-encoding", "chunked"}}),
           Request("GET", "/hello", {{"content-length", "1"}, {"content-length", "1"}}),
           Request("GET", "/hello", {{"content-length", "x"}}),
           Request("GET", "/hello", {{"X-Upper", "a"}}),
           Request("GET", ""),
       }) {
    client.Send(Headers(stream, fields));
    const Http2Reply& reply = client.Read(stream);
    EXPECT_TRUE(reply.reset) << stream;
    EXPECT_NE(reply.status, 200) << stream;
    stream += 2;
  }
  client.Send(Headers(stream, Request("GET", "/hello", {{"x-note", "a\r\nb: c"}})));
  EXPECT_EQ(client.Read(stream).status, 400);
  stream += 2;
  client.Send(Headers(stream, Request("GET", "/hello")));
  EXPECT_EQ(client.Read(stream).status, 200);
  EXPECT_EQ(server.events.count("admit"), 1);
}

TEST(Http2Limits, ABodyOfAnotherLengthIsReset) {
  TestServer server;
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("POST", "/echo", {{"content-length", "3"}}), h2::kEndHeaders) +
              Data(1, "abcd", true));
  EXPECT_TRUE(client.Read(1).reset);
  EXPECT_EQ(server.events.count("run"), 0);
}

TEST(Http2Limits, BreachesEndTheConnection) {
  const std::string whole = h2::Frame(h2::kHeaders, h2::kEndHeaders | h2::kEndStream, 1,
                                      h2::Block(Request("GET", "/hello")));
  const std::vector<std::string> breaches = {
      h2::Frame(h2::kHeaders, h2::kEndHeaders, 2, h2::Block(Request("GET", "/"))),
      h2::Frame(h2::kHeaders, h2::kEndHeaders, 0, h2::Block(Request("GET", "/"))),
      h2::Frame(h2::kHeaders, h2::kEndHeaders, 1, "\xff\xff\xff\xff"),
      h2::Frame(h2::kData, 0, 0, "abc"),
      h2::Frame(h2::kData, 0, 7, "abc"),
      h2::Frame(h2::kWindowUpdate, 0, 0, h2::Number(0, 4)),
      h2::Frame(h2::kSettings, 0, 0, "abc"),
      h2::Frame(h2::kPing, 0, 0, "abc"),
      h2::Frame(h2::kContinuation, h2::kEndHeaders, 1, "abc"),
      h2::Frame(h2::kReset, 0, 9, h2::Number(0, 4)),
      h2::Number(0xffffff, 3) + h2::Number(0, 6),
      h2::WindowUpdate(0, 0x7fffffff),
      whole.substr(0, 4) + std::string(1, '\0') + whole.substr(5) +
          h2::Frame(h2::kPing, 0, 0, "12345678"),
  };
  TestServer server;
  for (size_t i = 0; i < breaches.size(); ++i) {
    Http2TestClient client(server.port());
    client.Send(breaches[i]);
    EXPECT_GT(client.ReadGoaway(), 0) << i;
    client.ReadToEnd();
  }
  EXPECT_TRUE(server.Answers());
}

TEST(Http2Limits, TooManyStreamsAreRefused) {
  HttpOptions options;
  options.max_streams_per_connection = 3;
  TestServer server(options);
  Http2TestClient client(server.port());
  for (int32_t stream = 1; stream <= 7; stream += 2) {
    client.Send(Headers(stream, Request("GET", "/wait")));
  }
  EXPECT_TRUE(client.Read(7).reset);
  EXPECT_EQ(client.reply(7).reset_error, h2::kRefusedStream);
  server.events.Release();
  EXPECT_EQ(client.Read(1).body, "waited\n");
  EXPECT_EQ(client.Read(5).body, "waited\n");
}

TEST(Http2Limits, AHeadMustComeInTime) {
  HttpOptions options;
  options.header_timeout = kShort;
  TestServer server(options);
  Http2TestClient client(server.port());
  client.AcknowledgeNothing();  // nothing may come between the parts of a head
  client.Send(h2::Frame(h2::kHeaders, 0, 1, h2::Block(Request("GET", "/hello"))));
  EXPECT_EQ(client.ReadGoaway(), h2::kEnhanceYourCalm);

  // Other streams that end meanwhile make no difference.
  Http2TestClient busy(server.port());
  busy.AcknowledgeNothing();
  const std::string second = h2::Headers(3, h2::Request("GET", "/hello"));
  busy.Send(Headers(1, Request("GET", "/stream?n=5&gap=1")) + second.substr(0, second.size() - 5));
  EXPECT_EQ(busy.ReadGoaway(), h2::kEnhanceYourCalm);
  EXPECT_TRUE(busy.reply(1).ended);

  // Half a preface is no better than half a request line.
  TestClient half(server.port());
  half.Send(h2::kPreface.substr(0, 10));
  EXPECT_TRUE(half.AtEnd());
}

TEST(Http2Limits, AnIdleConnectionGoesAway) {
  HttpOptions options;
  options.keep_alive_timeout = kShort;
  TestServer server(options);
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("GET", "/hello")));
  EXPECT_EQ(client.Read(1).status, 200);
  EXPECT_EQ(client.ReadGoaway(), h2::kNoError);
  client.ReadToEnd();
}

TEST(Http2Limits, ABodyThatPausesOrDripsGets408) {
  HttpOptions options;
  options.body_idle_timeout = kShort;
  TestServer pausing(options);
  Http2TestClient client(pausing.port());
  client.Send(Headers(1, Request("POST", "/echo"), h2::kEndHeaders) + Data(1, "half"));
  EXPECT_EQ(client.Read(1).status, 408);

  options = {};
  options.rate_grace = kShort;
  options.min_bytes_per_second = 100'000;
  TestServer dripping(options);
  Http2TestClient drip(dripping.port());
  drip.Send(Headers(1, Request("POST", "/echo"), h2::kEndHeaders));
  while (dripping.events.count("destroyed") == 0) {
    drip.Send(Data(1, "a"));
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(drip.Read(1).status, 408);
}

TEST(Http2Limits, AStreamThatIsNotReadIsReset) {
  HttpOptions options;
  options.write_idle_timeout = kShort;
  TestServer server(options);
  // Its windows are never opened again.
  Http2TestClient client(server.port());
  client.Send(Headers(1, Request("GET", "/bytes?n=1000")));
  const Http2Reply& reply = client.Read(1);
  EXPECT_TRUE(reply.reset);
  EXPECT_EQ(reply.body.size(), 65535u);
  EXPECT_TRUE(server.events.WaitFor("stopped write"));
}

TEST(Http2Limits, AConnectionThatIsNotReadIsClosed) {
  HttpOptions options;
  options.write_idle_timeout = kShort;
  TestServer server(options);
  constexpr uint32_t kHuge = 0x7fffffff;
  Http2TestClient client(server.port(), h2::Settings({{4, kHuge}}));
  client.Send(h2::WindowUpdate(0, kHuge - 65535) + Headers(1, Request("GET", "/bytes?n=100000")));
  EXPECT_TRUE(server.events.WaitFor("stopped write"));
  EXPECT_TRUE(server.WaitForRecords(1));
}

struct Flood {
  std::string name;
  std::function<std::string(int)> frames;
};

TEST(Http2Limits, FloodsAreCutShort) {
  const std::string request = h2::Block(Request("GET", "/wait"));
  const std::vector<Flood> floods = {
      {"resets",
       [&](int i) {
         return h2::Frame(h2::kHeaders, h2::kEndHeaders | h2::kEndStream, 2 * i + 3, request) +
                h2::Reset(2 * i + 3);
       }},
      {"broken streams",
       [&](int i) {
         return Headers(2 * i + 3, {{":method", "GET"}, {":scheme", "http"}});
       }},
      {"pings", [](int) { return h2::Frame(h2::kPing, 0, 0, "12345678"); }},
      {"settings",
       [](int) {
         return h2::Settings({{4, 65535}});
       }},
      {"priorities",
       [](int i) { return h2::Frame(h2::kPriority, 0, 2 * i + 3, std::string("\0\0\0\0\1", 5)); }},
      {"empty data", [](int) { return Data(1, ""); }},
      {"window updates", [](int) { return h2::WindowUpdate(0, 1); }},
      {"continuations",
       [](int i) {
         return i == 0 ? h2::Frame(h2::kHeaders, 0, 3, h2::Block({{":method", "GET"}}))
                       : h2::Frame(h2::kContinuation, 0, 3, h2::Block({{"a", "b"}}));
       }},
  };
  HttpOptions options;
  options.max_window_updates = 200;
  TestServer server(options);
  for (const Flood& flood : floods) {
    Http2TestClient client(server.port());
    client.Send(Headers(1, Request("POST", "/wait"), h2::kEndHeaders));
    bool open = true;
    for (int i = 0; i < 3000 && open; ++i) {
      open = client.Send(flood.frames(i));
    }
    EXPECT_EQ(client.ReadGoaway(), h2::kEnhanceYourCalm) << flood.name;
  }
  EXPECT_TRUE(server.Answers());
  // Nothing of what was begun goes on.
  server.events.Release();
  while (server.server->counts().calls_running > 0) {
    std::this_thread::yield();
  }
}

TEST(Http2Limits, AFewControlFramesAreFine) {
  TestServer server;
  Http2TestClient client(server.port());
  for (int i = 0; i < 50; ++i) {
    client.Send(h2::Frame(h2::kPing, 0, 0, "12345678"));
  }
  client.Send(Headers(1, Request("GET", "/hello")));
  EXPECT_EQ(client.Read(1).status, 200);
  while (client.pings_answered() < 50 && client.Step()) {
  }
  EXPECT_EQ(client.pings_answered(), 50);
}

}  // namespace
}  // namespace ironscribe::server
