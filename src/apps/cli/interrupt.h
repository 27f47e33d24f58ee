// Ctrl-C (SIGINT) and SIGTERM as a request to stop in an orderly way; the second one ends the
// process at once with ExitCode::kInterrupted. SIGHUP, where asked for, calls a function.
#pragma once

#include <atomic>
#include <functional>
#include <stop_token>
#include <thread>

namespace ironscribe::cli {

// Blocks the signals and waits for them on a thread of its own, so that no code has to be safe
// inside a signal handler. Threads started while it lives inherit the block.
// Requires: made before any other thread of the process, and once at a time.
class InterruptWatcher {
 public:
  // `on_hangup` is called on the watcher's thread for every SIGHUP; without one it is left alone.
  explicit InterruptWatcher(std::function<void()> on_hangup = {});
  ~InterruptWatcher();
  InterruptWatcher(const InterruptWatcher&) = delete;
  InterruptWatcher& operator=(const InterruptWatcher&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  void Watch();

  const std::function<void()> on_hangup_;
  std::stop_source source_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace ironscribe::cli
