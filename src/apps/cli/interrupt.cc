#include "apps/cli/interrupt.h"

#include <pthread.h>
#include <signal.h>

namespace ironscribe::cli {
namespace {

sigset_t WatchedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

InterruptWatcher::InterruptWatcher() {
  const sigset_t signals = WatchedSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { Watch(); });
}

InterruptWatcher::~InterruptWatcher() {
  ending_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);  // Wakes sigwait.
  thread_.join();
  const sigset_t signals = WatchedSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void InterruptWatcher::Watch() {
  const sigset_t signals = WatchedSignals();
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0 || ending_) return;
    if (source_.request_stop()) continue;
    // The second one: the default action, death by this signal, which the shell must see.
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    raise(signal);
  }
}

}  // namespace ironscribe::cli
