#include "apps/cli/background_parts.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace ironscribe::cli {

bool SleepUnlessStopped(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

void WaitUntilStopped(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait(lock, stop, [] { return false; });
}

void BackgroundParts::Start(std::function<void(std::stop_token)> work) {
  threads_.emplace_back(std::move(work));
}

void BackgroundParts::Every(std::chrono::milliseconds interval,
                            std::function<void(std::stop_token)> work) {
  Start([interval, work = std::move(work)](const std::stop_token& stop) {
    while (SleepUnlessStopped(interval, stop)) work(stop);
  });
}

void BackgroundParts::Stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  while (!threads_.empty()) threads_.pop_back();
}

}  // namespace ironscribe::cli
