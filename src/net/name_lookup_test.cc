#include "net/name_lookup.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

namespace ironscribe::net {
namespace {

using std::chrono::milliseconds;
using Addresses = Result<std::vector<std::string>>;

constexpr milliseconds kLong{600'000};

// Answers when it is told to. Shared, because lookups may outlive what asked for them.
class HangingResolver {
 public:
  Resolver resolver() const {
    return [answer = answer_](const std::string& host) -> Addresses {
      answer.wait();
      return std::vector<std::string>{host};
    };
  }
  void Answer() { promise_.set_value(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> answer_ = promise_.get_future().share();
};

TEST(NameLookup, TellsWhatTheResolverSays) {
  const NameLookup names([](const std::string& host) -> Addresses {
    if (host == "none.test") return UnavailableError("none");
    return std::vector<std::string>{"192.0.2.1", "2001:db8::1"};
  });
  const auto found = names.Find("some.test", kLong, {});
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, (std::vector<std::string>{"192.0.2.1", "2001:db8::1"}));
  EXPECT_EQ(names.Find("none.test", kLong, {}).status().code(), StatusCode::kUnavailable);
}

TEST(NameLookup, GivesUpInTimeAndWhenStopped) {
  HangingResolver hanging;
  const NameLookup names(hanging.resolver());
  EXPECT_EQ(names.Find("some.test", milliseconds(1), {}).status().code(),
            StatusCode::kDeadlineExceeded);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(names.Find("some.test", kLong, stop.get_token()).status().code(),
            StatusCode::kCancelled);
  hanging.Answer();
}

TEST(NameLookup, HangsInNoMoreThreadsThanItMay) {
  HangingResolver hanging;
  const NameLookup names(hanging.resolver());
  for (int i = 0; i < NameLookup::kMaxLookups; ++i) {
    EXPECT_EQ(names.Find("some.test", milliseconds(0), {}).status().code(),
              StatusCode::kDeadlineExceeded);
  }
  EXPECT_EQ(names.Find("some.test", kLong, {}).status().code(), StatusCode::kUnavailable);
  hanging.Answer();
  // They end by themselves, and there is room again.
  while (!names.Find("some.test", kLong, {}).ok()) std::this_thread::yield();
}

TEST(ResolveBySystem, KnowsThisMachine) {
  const auto addresses = ResolveBySystem("127.0.0.1");
  ASSERT_TRUE(addresses.ok());
  EXPECT_EQ(addresses->front(), "127.0.0.1");
  EXPECT_EQ(ResolveBySystem("no-such-host.invalid").status().code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace ironscribe::net
