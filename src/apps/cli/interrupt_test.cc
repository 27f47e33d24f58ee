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

void InterruptTwice() {
  const InterruptWatcher watcher;
  ::kill(::getpid(), SIGINT);
  WaitForStop(watcher);
  ::kill(::getpid(), SIGINT);
  while (true) ::pause();
}

TEST(InterruptWatcherDeathTest, TheSecondSignalEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(InterruptTwice(), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace ironscribe::cli
