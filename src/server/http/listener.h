// A port on which connections come in.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/status.h"
#include "io/descriptor.h"
#include "server/http/event_loop.h"
#include "server/http/http_options.h"

namespace ironscribe::server {

// Called on the network thread with a non-blocking socket and the address of the other side.
using AcceptCallback = std::function<void(io::Descriptor socket, std::string peer_address)>;

class Listener {
 public:
  // Binds and listens; connections are accepted once the loop runs. Looks `host` up, which may
  // block.
  static Result<std::unique_ptr<Listener>> Open(EventLoop& loop, const ListenerOptions& options,
                                                AcceptCallback callback);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  uint16_t port() const;
  // Network thread. Nothing is accepted any more.
  void Close();

 private:
  struct Impl;
  explicit Listener(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace ironscribe::server
