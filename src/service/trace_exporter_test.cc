#include "service/trace_exporter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace ironscribe::service {
namespace {

std::vector<TraceSpan> Spans(size_t count) {
  TraceSpan span;
  span.trace_id = "t";
  return std::vector<TraceSpan>(count, span);
}

// How often `text` stands in `where`.
int Count(const std::string& where, const std::string& text) {
  int count = 0;
  for (size_t at = where.find(text); at != std::string::npos; at = where.find(text, at + 1)) {
    ++count;
  }
  return count;
}

TEST(TraceExporter, SendsEverythingAtTheEnd) {
  std::atomic<int> sent{0};
  {
    TraceExporter exporter({.post =
                                [&](const std::string& body, const std::stop_token&) {
                                  sent += Count(body, "\"traceId\"");
                                  return OkStatus();
                                },
                            .version = "1"});
    exporter.Add(Spans(3));
    exporter.Add(Spans(2));
  }
  EXPECT_EQ(sent, 5);
}

TEST(TraceExporter, HoldsOnToNoMoreThanItMay) {
  TraceExporter exporter(
      {.post = [](const std::string&, const std::stop_token&) { return OkStatus(); },
       .version = "1",
       .max_waiting = 10});
  exporter.Add(Spans(11));
  EXPECT_EQ(exporter.dropped(), 11u);
}

TEST(TraceExporter, TellsOnceWhenItFailsAndWhenItGoesAgain) {
  std::atomic<bool> works{false};
  std::atomic<int> posts{0};
  std::vector<bool> told;
  {
    TraceExporter exporter({.post =
                                [&](const std::string&, const std::stop_token&) {
                                  const bool goes = works;
                                  ++posts;
                                  return goes ? OkStatus() : UnavailableError("no");
                                },
                            .version = "1",
                            .on_change = [&](const Status& status) { told.push_back(status.ok()); },
                            .interval = std::chrono::milliseconds(1)});
    const auto post_once = [&] {
      const int before = posts;
      exporter.Add(Spans(1));
      while (posts == before) std::this_thread::yield();
    };
    post_once();
    post_once();
    works = true;
    post_once();
    post_once();
    EXPECT_GE(exporter.dropped(), 2u);
  }
  EXPECT_EQ(told, (std::vector<bool>{false, true}));
}

TEST(TraceExporter, PostsToUrlsOfHttpOnly) {
  for (const char* url : {"", "collector:4318", "file:///etc/passwd", "ftp://h/x"}) {
    EXPECT_EQ(MakeTracePost(url).status().code(), StatusCode::kInvalidArgument) << url;
  }
  const auto post = MakeTracePost("http://127.0.0.1:1/v1/traces");
  ASSERT_TRUE(post.ok());
  EXPECT_EQ((*post)("{}", {}).code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace ironscribe::service
