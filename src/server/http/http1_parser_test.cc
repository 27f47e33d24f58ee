#include "server/http/http1_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ironscribe::server {
namespace {

constexpr Http1Limits kLimits{200, 1000, 10};

struct Reading {
  std::vector<Http1Event> events;  // without kNeedMore; kBody once
  std::string body;
  Http1Refusal refusal;
  api::RequestHead head;
  size_t left_bytes = 0;
};

// Offers `text` in pieces of so many bytes, as a connection does.
Reading Read(std::string_view text, size_t piece_bytes = 1 << 20) {
  Http1Parser parser(kLimits);
  Reading reading;
  std::string pending;
  size_t offered = 0;
  for (;;) {
    const Http1Step step = parser.Next(pending);
    if (step.event == Http1Event::kBody) {
      reading.body += step.piece;
    }
    if (step.event != Http1Event::kNeedMore &&
        (reading.events.empty() || reading.events.back() != step.event)) {
      reading.events.push_back(step.event);
    }
    pending.erase(0, step.consumed_bytes);
    if (step.event == Http1Event::kNeedMore) {
      if (offered == text.size()) {
        break;
      }
      const std::string_view piece = text.substr(offered, piece_bytes);
      pending += piece;
      offered += piece.size();
    } else if (step.event == Http1Event::kEnd || step.event == Http1Event::kRefused) {
      break;
    }
  }
  reading.refusal = parser.refusal();
  reading.head = parser.head();
  reading.left_bytes = pending.size() + text.size() - offered;
  return reading;
}

const std::vector<Http1Event> kPlain = {Http1Event::kHead, Http1Event::kEnd};
const std::vector<Http1Event> kWithBody = {Http1Event::kHead, Http1Event::kBody, Http1Event::kEnd};
const std::vector<Http1Event> kNothing = {};

TEST(Http1Parser, ReadsTheHead) {
  const Reading reading = Read(
      "GET /v1/models/a%2Fb?x=1&y=a+b HTTP/1.1\r\nHost: speech:80\r\nX-Tag:  two words \r\n"
      "Accept: a\r\naccept: b\r\n\r\n");

  EXPECT_EQ(reading.events, kPlain);
  EXPECT_EQ(reading.head.method, "GET");
  EXPECT_EQ(reading.head.path, "/v1/models/a/b");
  EXPECT_EQ(reading.head.raw_target, "/v1/models/a%2Fb?x=1&y=a+b");
  EXPECT_EQ(reading.head.FindQuery("y"), "a b");
  EXPECT_EQ(reading.head.headers.Find("x-tag"), "two words");
  EXPECT_EQ(reading.head.headers.FindAll("accept").size(), 2u);
  EXPECT_EQ(reading.head.version, api::HttpVersion::kHttp11);
  EXPECT_FALSE(reading.head.has_body);
}

TEST(Http1Parser, LeavesTheNextRequestAlone) {
  const Reading reading =
      Read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /next");

  EXPECT_EQ(reading.events, kWithBody);
  EXPECT_EQ(reading.body, "abc");
  EXPECT_EQ(reading.head.content_length, 3u);
  EXPECT_EQ(reading.left_bytes, 9u);
}

TEST(Http1Parser, EveryCutGivesTheSame) {
  const std::string request =
      "\r\nPOST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5;name=value\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nNEXT";
  for (size_t piece_bytes = 1; piece_bytes <= request.size(); ++piece_bytes) {
    const Reading reading = Read(request, piece_bytes);
    ASSERT_EQ(reading.events, kWithBody) << piece_bytes;
    ASSERT_EQ(reading.body, "hello 0123456789") << piece_bytes;
    ASSERT_EQ(reading.left_bytes, 4u) << piece_bytes;
    ASSERT_EQ(reading.head.headers.Find("trailer"), std::nullopt);
  }
}

TEST(Http1Parser, AnEmptyBodyInChunks) {
  const std::string request =
      "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nNEXT";
  for (size_t piece_bytes = 1; piece_bytes <= request.size(); ++piece_bytes) {
    const Reading reading = Read(request, piece_bytes);
    ASSERT_EQ(reading.events, kPlain) << piece_bytes;
    ASSERT_EQ(reading.left_bytes, 4u) << piece_bytes;
  }
}

TEST(Http1Parser, KnowsWhetherTheConnectionStays) {
  const auto keep_alive = [](const std::string& head) {
    Http1Parser parser(kLimits);
    EXPECT_EQ(parser.Next(head).event, Http1Event::kHead);
    return parser.keep_alive();
  };
  EXPECT_TRUE(keep_alive("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keep_alive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(Http1Parser, ATruncatedRequestIsNeverWhole) {
  const std::string request =
      "POST /a?b=c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\n\r\n";
  for (size_t size = 0; size < request.size(); ++size) {
    const Reading reading = Read(std::string_view(request).substr(0, size));
    ASSERT_TRUE(reading.events.empty() || reading.events.back() != Http1Event::kEnd) << size;
    ASSERT_TRUE(reading.events.empty() || reading.events.back() != Http1Event::kRefused) << size;
  }
}

struct BadRequest {
  std::string name;
  int status;
  std::string text;
};

std::string WithFields(const std::string& fields) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

std::string Chunked(const std::string& body) {
  return WithFields("Transfer-Encoding: chunked\r\n") + body;
}

const std::vector<BadRequest>& BadRequests() {
  static const std::vector<BadRequest> table = {
      {"lone line feeds", 400, "GET / HTTP/1.1\nHost: h\n\n"},
      {"a lone line feed among fields", 400, "GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n"},
      {"a lone carriage return", 400, "GET / HTTP/1.1\r\nHost: h\rA: b\r\n\r\n"},
      {"NUL in a value", 400, WithFields(std::string("A: b\0c\r\n", 8))},
      {"TLS on a plain port", 400, "\x16\x03\x01\x02"},
      {"two empty lines first", 400, "\r\n\r\nGET / HTTP/1.1\r\n"},
      {"space before the colon", 400, WithFields("A : b\r\n")},
      {"space before the name", 400, WithFields(" A: b\r\n")},
      {"a folded field", 400, WithFields("A: b\r\n c\r\n")},
      {"no name", 400, WithFields(": b\r\n")},
      {"no colon", 400, WithFields("nothing\r\n")},
      {"a name with a bracket", 400, WithFields("A[]: b\r\n")},
      {"both framings", 400, WithFields("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")},
      {"both, other order", 400, WithFields("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")},
      {"two lengths", 400, WithFields("Content-Length: 3\r\nContent-Length: 4\r\n")},
      {"two equal lengths", 400, WithFields("Content-Length: 3\r\nContent-Length: 3\r\n")},
      {"a list of lengths", 400, WithFields("Content-Length: 3, 3\r\n")},
      {"a negative length", 400, WithFields("Content-Length: -1\r\n")},
      {"a length with a sign", 400, WithFields("Content-Length: +1\r\n")},
      {"a hexadecimal length", 400, WithFields("Content-Length: 0x10\r\n")},
      {"an empty length", 400, WithFields("Content-Length:\r\n")},
      {"a length beyond 64 bits", 400, WithFields("Content-Length: 18446744073709551616\r\n")},
      {"two codings", 400,
       WithFields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {"an unknown coding", 501, WithFields("Transfer-Encoding: gzip, chunked\r\n")},
      {"a hidden coding", 501, WithFields("Transfer-Encoding: xchunked\r\n")},
      {"chunked in HTTP/1.0", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"no host", 400, "GET / HTTP/1.1\r\n\r\n"},
      {"two hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
      {"a host that is none", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {"a space in the target", 400, "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"an unknown version", 505, "GET / HTTP/3.0\r\nHost: h\r\n\r\n"},
      {"no version", 400, "GET /\r\nHost: h\r\n\r\n"},
      {"another protocol", 400, "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
      {"a target that is no path", 400, "GET * HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"NUL in the path", 400, "GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"bad UTF-8 in the path", 400, "GET /%ff%fe HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"a long target", 414, "GET /" + std::string(300, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"a long target without end", 414, "GET /" + std::string(300, 'a')},
      {"a slightly long target", 414,
       "GET /" + std::string(200, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"large fields", 431, WithFields("A: " + std::string(2000, 'b') + "\r\n")},
      {"large fields without end", 431, WithFields("A: " + std::string(2000, 'b'))},
      {"many fields", 431,
       WithFields("a:\r\nb:\r\nc:\r\nd:\r\ne:\r\nf:\r\ng:\r\nh:\r\ni:\r\nj:\r\n")},
      {"a chunk without size", 400, Chunked("\r\nabc\r\n0\r\n\r\n")},
      {"a chunk size that is no number", 400, Chunked("xyz\r\nabc")},
      {"a negative chunk size", 400, Chunked("-1\r\nabc")},
      {"a chunk size with a prefix", 400, Chunked("0x3\r\nabc\r\n0\r\n\r\n")},
      {"a chunk size beyond 64 bits", 400, Chunked("10000000000000000\r\nabc")},
      {"a chunk longer than its size", 400, Chunked("3\r\nabcd\r\n0\r\n\r\n")},
      {"a chunk size behind a space", 400, Chunked(" 3\r\nabc\r\n0\r\n\r\n")},
      {"a chunk size with a lone line feed", 400, Chunked("3\nabc\r\n0\r\n\r\n")},
      {"the same without more", 400, Chunked("3\nabc")},
      {"a bad chunk extension", 400, Chunked("3;=\r\nabc\r\n0\r\n\r\n")},
      {"an endless chunk extension", 400, Chunked("3;" + std::string(2000, 'a'))},
      {"endless trailers", 400, Chunked("0\r\nA: " + std::string(2000, 'a'))},
      {"a bad trailer", 400, Chunked("0\r\nA : b\r\n\r\n")},
      {"framing in a trailer", 400, Chunked("0\r\nContent-Length: 5\r\n\r\n")},
  };
  return table;
}

TEST(Http1Parser, RefusesWhatCouldBeReadInTwoWays) {
  for (const BadRequest& bad : BadRequests()) {
    for (const size_t piece_bytes : {size_t{1}, size_t{7}, size_t{1} << 20}) {
      const Reading reading = Read(bad.text, piece_bytes);
      ASSERT_FALSE(reading.events.empty()) << bad.name;
      EXPECT_EQ(reading.events.back(), Http1Event::kRefused) << bad.name << ", " << piece_bytes;
      EXPECT_EQ(reading.refusal.status, bad.status) << bad.name << ": " << reading.refusal.reason;
    }
  }
}

TEST(Http1Parser, TakesWhatIsAtTheLimit) {
  const std::string head = "GET /" + std::string(199, 'a') + " HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(Read(head + "\r\n").events, kPlain);
  const size_t rest = kLimits.max_header_bytes - head.size() - std::string("A: \r\n\r\n").size();
  EXPECT_EQ(Read(head + "A: " + std::string(rest, 'b') + "\r\n\r\n").events, kPlain);
  EXPECT_EQ(Read(WithFields("a:\r\nb:\r\nc:\r\nd:\r\ne:\r\nf:\r\ng:\r\nh:\r\ni:\r\n")).events,
            kPlain);
}

TEST(Http1Parser, WaitsForMore) {
  EXPECT_EQ(Read("").events, kNothing);
  EXPECT_EQ(Read("\r").events, kNothing);
  EXPECT_EQ(Read("GET / HTT").events, kNothing);
}

}  // namespace
}  // namespace ironscribe::server
