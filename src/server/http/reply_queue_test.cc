#include "server/http/reply_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace ironscribe::server {
namespace {

struct Fixture {
  explicit Fixture(ReplyQueue::Rules rules) : queue(rules, [this] { ++wakes; }) {}

  std::string TakeAll() {
    std::string text;
    while (queue.TakeBytes(3, text) > 0) {
    }
    return text;
  }

  std::atomic<int> wakes{0};
  ReplyQueue queue;
};

TEST(ReplyQueue, PassesAReplyOn) {
  Fixture f({.bound_bytes = 100});
  ASSERT_TRUE(f.queue.Start(201, {{"a", "b"}}, std::nullopt).ok());
  ASSERT_TRUE(f.queue.Write("hello ").ok());
  ASSERT_TRUE(f.queue.Write("world").ok());

  const std::optional<ReplyHead> head = f.queue.TakeHead();
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->status, 201);
  EXPECT_EQ(head->headers.Find("a"), "b");
  EXPECT_FALSE(f.queue.TakeHead().has_value());
  EXPECT_EQ(f.TakeAll(), "hello world");
  EXPECT_EQ(f.queue.state(), ReplyQueue::State::kOpen);
  ASSERT_TRUE(f.queue.Finish().ok());
  EXPECT_EQ(f.queue.state(), ReplyQueue::State::kEnded);
}

TEST(ReplyQueue, WakesOnceUntilAwake) {
  Fixture f({.bound_bytes = 100});
  ASSERT_TRUE(f.queue.Start(200, {}, std::nullopt).ok());
  ASSERT_TRUE(f.queue.Write("a").ok());
  EXPECT_EQ(f.wakes, 1);
  f.queue.Awake();
  ASSERT_TRUE(f.queue.Write("b").ok());
  EXPECT_EQ(f.wakes, 2);
}

TEST(ReplyQueue, WaitsForRoom) {
  Fixture f({.bound_bytes = 4});
  const std::string sent(1000, 'x');
  std::thread worker([&] {
    EXPECT_TRUE(f.queue.Start(200, {}, sent.size()).ok());
    EXPECT_TRUE(f.queue.Write(sent).ok());
    EXPECT_TRUE(f.queue.Finish().ok());
  });
  std::string taken;
  while (f.queue.state() != ReplyQueue::State::kEnded) {
    f.queue.TakeHead();
    EXPECT_LE(f.queue.TakeBytes(100, taken), 4u);
    std::this_thread::yield();
  }
  worker.join();
  EXPECT_EQ(taken, sent);
}

TEST(ReplyQueue, CancelFreesAWaitingWorker) {
  Fixture f({.bound_bytes = 4});
  ASSERT_TRUE(f.queue.Start(200, {}, std::nullopt).ok());
  ASSERT_TRUE(f.queue.Write("abcd").ok());
  Status written;
  std::thread worker([&] { written = f.queue.Write("e"); });
  f.queue.Cancel();
  worker.join();
  EXPECT_EQ(written.code(), StatusCode::kCancelled);
  EXPECT_EQ(f.queue.Finish().code(), StatusCode::kCancelled);
}

TEST(ReplyQueue, ACallThatDoesNotAnswerIsAnError) {
  Fixture f({.bound_bytes = 4});
  f.queue.CallReturned();
  EXPECT_EQ(f.queue.TakeHead()->status, 500);
}

TEST(ReplyQueue, ACallThatDoesNotFinishBreaksOff) {
  Fixture f({.bound_bytes = 4});
  ASSERT_TRUE(f.queue.Start(200, {}, std::nullopt).ok());
  f.queue.CallReturned();
  EXPECT_EQ(f.queue.state(), ReplyQueue::State::kBroken);
}

TEST(ReplyQueue, TheLengthGivenIsKept) {
  Fixture longer({.bound_bytes = 100});
  ASSERT_TRUE(longer.queue.Start(200, {}, 3).ok());
  EXPECT_FALSE(longer.queue.Write("abcd").ok());
  EXPECT_EQ(longer.queue.state(), ReplyQueue::State::kBroken);

  Fixture shorter({.bound_bytes = 100});
  ASSERT_TRUE(shorter.queue.Start(200, {}, 3).ok());
  ASSERT_TRUE(shorter.queue.Write("ab").ok());
  EXPECT_FALSE(shorter.queue.Finish().ok());
  EXPECT_EQ(shorter.queue.state(), ReplyQueue::State::kBroken);
}

TEST(ReplyQueue, NothingBreaksOutOfItsLine) {
  for (const api::Header& field : {api::Header{"a", "b\r\nset-cookie: c"}, api::Header{"a b", "c"},
                                   api::Header{"", "c"}, api::Header{"a", std::string("\0", 1)}}) {
    Fixture f({.bound_bytes = 100});
    api::Reply reply;
    reply.headers.Add(field.name, field.value);
    reply.body = "body";
    EXPECT_FALSE(f.queue.Send(std::move(reply)).ok());
    const std::optional<ReplyHead> head = f.queue.TakeHead();
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->status, 500);
    EXPECT_EQ(head->headers.Find("a"), std::nullopt);
    EXPECT_EQ(f.TakeAll().find("body"), std::string::npos);
  }
  Fixture f({.bound_bytes = 100});
  EXPECT_FALSE(f.queue.Start(100, {}, std::nullopt).ok());
  EXPECT_EQ(f.queue.TakeHead()->status, 500);
}

TEST(ReplyQueue, DropsTheBodyWhereThereMayBeNone) {
  Fixture head({.bound_bytes = 2, .drop_body = true});
  ASSERT_TRUE(head.queue.Send({200, {}, "hello"}).ok());
  EXPECT_EQ(head.queue.TakeHead()->content_length, 5u);
  EXPECT_EQ(head.TakeAll(), "");
  EXPECT_EQ(head.queue.state(), ReplyQueue::State::kEnded);

  Fixture empty({.bound_bytes = 2});
  ASSERT_TRUE(empty.queue.Start(204, {}, std::nullopt).ok());
  ASSERT_TRUE(empty.queue.Write("more than the bound").ok());
  ASSERT_TRUE(empty.queue.Finish().ok());
  EXPECT_EQ(empty.TakeAll(), "");
}

TEST(ReplyQueue, OrderIsChecked) {
  Fixture f({.bound_bytes = 100});
  EXPECT_EQ(f.queue.Write("a").code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(f.queue.Finish().code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(f.queue.Send({200, {}, "a"}).ok());
  EXPECT_FALSE(f.queue.Send({200, {}, "b"}).ok());
  EXPECT_FALSE(f.queue.Write("c").ok());
}

}  // namespace
}  // namespace ironscribe::server
