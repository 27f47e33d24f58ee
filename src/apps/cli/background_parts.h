// What a server does beside answering: threads that are started in one place and stop together.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

namespace ironscribe::cli {

// To be used by one thread. Stands behind everything that its work refers to.
class BackgroundParts {
 public:
  ~BackgroundParts() { Stop(); }

  // Runs `work` on a thread of its own; it has to return soon after the token is stopped.
  void Start(std::function<void(std::stop_token stop)> work);
  // Runs `work` again and again, for the first time after `interval`, which lies between two runs.
  void Every(std::chrono::milliseconds interval, std::function<void(std::stop_token stop)> work);
  // Asks all of them to stop, then waits for them, those that were started last first.
  void Stop();

 private:
  std::vector<std::jthread> threads_;
};

// True: the time has passed; false: stopped before.
bool SleepUnlessStopped(std::chrono::milliseconds time, const std::stop_token& stop);
void WaitUntilStopped(const std::stop_token& stop);

}  // namespace ironscribe::cli
