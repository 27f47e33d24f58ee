// The network thread's loop: runs callbacks one after the other, when posted or when it is time.
//
// Post may be called from any thread, the rest from the thread in Run or before it. A callback may
// not block. Boost.Asio behind it stays out of headers.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace ironscribe::server {

using Clock = std::chrono::steady_clock;

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs callbacks until Stop. What is still waiting then is dropped with the loop.
  void Run();
  void Stop();

  void Post(std::function<void()> callback);
  void After(Clock::duration delay, std::function<void()> callback);
  // Again and again until the loop ends.
  void Every(Clock::duration period, std::function<void()> callback);

  boost::asio::io_context& context();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ironscribe::server
