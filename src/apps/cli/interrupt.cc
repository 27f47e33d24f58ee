#include "apps/cli/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

#include "apps/cli/exit_code.h"

namespace ironscribe::cli {
namespace {

sigset_t WatchedSignals(bool hangup) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  if (hangup) sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace

InterruptWatcher::InterruptWatcher(std::function<void()> on_hangup)
    : on_hangup_(std::move(on_hangup)) {
  const sigset_t signals = WatchedSignals(on_hangup_ != nullptr);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { Watch(); });
}

InterruptWatcher::~InterruptWatcher() {
  ending_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);  // Wakes sigwait.
  thread_.join();
  const sigset_t signals = WatchedSignals(on_hangup_ != nullptr);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void InterruptWatcher::Watch() {
  const sigset_t signals = WatchedSignals(on_hangup_ != nullptr);
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0 || ending_) return;
    if (signal == SIGHUP) {
      on_hangup_();
      continue;
    }
    if (source_.request_stop()) continue;
    // The second one: at once, but with the status that scripts know. Nothing is half written:
    // outputs appear under their names only when they are complete.
    _exit(static_cast<int>(ExitCode::kInterrupted));
  }
}

}  // namespace ironscribe::cli
