#include "server/http/event_loop.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace ironscribe::server {
namespace {

namespace asio = boost::asio;

void Repeat(std::shared_ptr<asio::steady_timer> timer, Clock::duration period,
            std::shared_ptr<std::function<void()>> callback) {
  timer->expires_after(period);
  timer->async_wait([timer, period, callback](const boost::system::error_code& error) {
    if (!error) {
      (*callback)();
      Repeat(timer, period, callback);
    }
  });
}

}  // namespace

struct EventLoop::Impl {
  // One thread runs it; Post from others stays safe.
  asio::io_context context{1};
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::Run() {
  const auto work = asio::make_work_guard(impl_->context);
  impl_->context.run();
}

void EventLoop::Stop() { impl_->context.stop(); }

void EventLoop::Post(std::function<void()> callback) {
  asio::post(impl_->context, std::move(callback));
}

void EventLoop::After(Clock::duration delay, std::function<void()> callback) {
  auto timer = std::make_shared<asio::steady_timer>(impl_->context, delay);
  timer->async_wait([timer, callback = std::move(callback)](const auto& error) {
    if (!error) {
      callback();
    }
  });
}

void EventLoop::Every(Clock::duration period, std::function<void()> callback) {
  Repeat(std::make_shared<asio::steady_timer>(impl_->context), period,
         std::make_shared<std::function<void()>>(std::move(callback)));
}

asio::io_context& EventLoop::context() { return impl_->context; }

}  // namespace ironscribe::server
