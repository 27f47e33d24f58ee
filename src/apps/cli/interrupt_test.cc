#include "apps/cli/interrupt.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

namespace ironscribe::cli {
namespace {

void WaitForStop(const InterruptWatcher& watcher) {
  while (!watcher.token().stop_requested()) std::this_thread::yield();
}

TEST(InterruptWatcher, TurnsTheFirstSignalIntoAStopRequest) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const InterruptWatcher watcher;
    EXPECT_FALSE(watcher.token().stop_requested());
    ASSERT_EQ(::kill(::getpid(), signal), 0);
    WaitForStop(watcher);
  }
}

TEST(InterruptWatcher, EndsWithoutASignal) {
  const std::stop_token token = InterruptWatcher().token();
  EXPECT_FALSE(token.stop_requested());
}

void InterruptTwice(int signal) {
  const InterruptWatcher watcher;
  ::kill(::getpid(), signal);
  WaitForStop(watcher);
  ::kill(::getpid(), signal);
  while (true) ::pause();
}

TEST(InterruptWatcherDeathTest, TheSecondSignalEndsTheProcessWithTheStatusOfTheFirst) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(InterruptTwice(SIGINT), testing::ExitedWithCode(3), "");
  EXPECT_EXIT(InterruptTwice(SIGTERM), testing::ExitedWithCode(3), "");
}

}  // namespace
}  // namespace ironscribe::cli
