// Small rules of the wire: fields, reply heads, rates.
#include <gtest/gtest.h>

#include "server/http/field_rules.h"
#include "server/http/progress_guard.h"
#include "server/http/reply_head.h"
#include "server/http/token_bucket.h"

namespace ironscribe::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(FieldRules, RequestIds) {
  EXPECT_TRUE(IsSaneRequestId("req-7_A:b"));
  EXPECT_TRUE(IsSaneRequestId(std::string(128, 'a')));
  EXPECT_FALSE(IsSaneRequestId(""));
  EXPECT_FALSE(IsSaneRequestId(std::string(129, 'a')));
  EXPECT_FALSE(IsSaneRequestId("a b"));
  EXPECT_FALSE(IsSaneRequestId("a\tb"));
  EXPECT_FALSE(IsSaneRequestId("gr\xc3\xbc\xc3\x9f"));
  EXPECT_TRUE(IsSaneRequestId(MakeRequestId()));
  EXPECT_EQ(MakeRequestId().size(), 32u);
  EXPECT_NE(MakeRequestId(), MakeRequestId());
}

TEST(FieldRules, Lists) {
  const api::Headers headers{{"connection", "a, Close"}, {"connection", "Keep-Alive"}};
  EXPECT_TRUE(ListHas(headers, "connection", "close"));
  EXPECT_TRUE(ListHas(headers, "connection", "keep-alive"));
  EXPECT_FALSE(ListHas(headers, "connection", "clos"));
  EXPECT_FALSE(ListHas(headers, "te", "close"));
}

TEST(FieldRules, MethodsOfClientsAreNoLabels) {
  EXPECT_EQ(MethodLabel("DELETE"), "DELETE");
  EXPECT_EQ(MethodLabel("SECRET"), "OTHER");
  EXPECT_EQ(MethodLabel("get"), "OTHER");
  EXPECT_EQ(MethodLabel(""), "OTHER");
}

TEST(ReplyHead, TheTransportDecidesOnFraming) {
  ReplyHead head{200,
                 {{"Content-Length", "99"},
                  {"connection", "upgrade"},
                  {"transfer-encoding", "chunked"},
                  {"Server", "other"},
                  {"X-Request-Id", "other"},
                  {"Retry-After", "1"}},
                 5};
  CompleteHead("id-1", "the date", head);
  EXPECT_EQ(EncodeHttp1Head(head, Framing::kLength, /*close=*/false),
            "HTTP/1.1 200 OK\r\nretry-after: 1\r\ndate: the date\r\nserver: ironscribe\r\n"
            "x-request-id: id-1\r\ncontent-length: 5\r\n\r\n");
  EXPECT_EQ(EncodeHttp1Head({299, {}, {}}, Framing::kChunked, /*close=*/true),
            "HTTP/1.1 299 Status\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n");
}

TEST(ReplyHead, DatesAreThoseOfHttp) {
  DateText date;
  const std::string& text = date.Now();
  EXPECT_EQ(text.size(), std::string("Sun, 06 Nov 1994 08:49:37 GMT").size());
  EXPECT_EQ(text.substr(25), " GMT");
  EXPECT_EQ(text.substr(3, 2), ", ");
}

TEST(ProgressGuard, APauseEndsIt) {
  const Clock::time_point start{};
  ProgressGuard guard({.idle = seconds(10), .grace = seconds(100), .min_bytes_per_second = 1});
  EXPECT_FALSE(guard.Expired(start + seconds(1000)));
  guard.Begin(start);
  EXPECT_FALSE(guard.Expired(start + seconds(10)));
  EXPECT_TRUE(guard.Expired(start + seconds(11)));
  guard.Advance(1, start + seconds(10));
  EXPECT_FALSE(guard.Expired(start + seconds(20)));
  guard.End();
  EXPECT_FALSE(guard.Expired(start + seconds(1000)));
}

TEST(ProgressGuard, ADripEndsItToo) {
  const Clock::time_point start{};
  ProgressGuard guard({.idle = seconds(10), .grace = seconds(30), .min_bytes_per_second = 100});
  guard.Begin(start);
  int lasted = 0;
  for (int second = 1; second < 100; ++second) {
    guard.Advance(1, start + seconds(second));
    if (!guard.Expired(start + seconds(second))) {
      lasted = second;
    }
  }
  EXPECT_EQ(lasted, 30);

  guard.End();
  guard.Begin(start);
  for (int second = 1; second < 100; ++second) {
    guard.Advance(100, start + seconds(second));
    ASSERT_FALSE(guard.Expired(start + seconds(second)));
  }
}

TEST(TokenBucket, ABurstThenATenthEachSecond) {
  const Clock::time_point start{};
  TokenBucket bucket(20, start);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(bucket.Take(start));
  }
  EXPECT_FALSE(bucket.Take(start));
  // One below zero; a second brings two.
  EXPECT_TRUE(bucket.Take(start + seconds(1)));
  EXPECT_FALSE(bucket.Take(start + seconds(1)));
}

}  // namespace
}  // namespace ironscribe::server
