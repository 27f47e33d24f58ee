// What all connections of one server share. Network thread only, unless noted.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "api/service.h"
#include "server/http/access_observer.h"
#include "server/http/event_loop.h"
#include "server/http/http_options.h"
#include "server/http/progress_guard.h"
#include "server/http/reply_head.h"
#include "server/http/worker_pool.h"

namespace ironscribe::server {

class Connection;

// Takes connections in and out of the server's list, which keeps them alive.
class ConnectionList {
 public:
  virtual ~ConnectionList() = default;
  virtual void Add(std::shared_ptr<Connection> connection) = 0;
  virtual void Remove(const Connection* connection) = 0;
};

struct ServerCore {
  ServerCore(EventLoop& event_loop, api::Service& api_service, WorkerPool& worker_pool,
             HttpOptions http_options, AccessObserver access_observer)
      : loop(event_loop),
        service(api_service),
        workers(worker_pool),
        options(std::move(http_options)),
        observer(std::move(access_observer)) {}

  ProgressRules BodyRules() const {
    return {options.body_idle_timeout, options.rate_grace, options.min_bytes_per_second};
  }
  ProgressRules WriteRules() const {
    return {options.write_idle_timeout, options.rate_grace, options.min_bytes_per_second};
  }

  EventLoop& loop;
  api::Service& service;
  WorkerPool& workers;
  const HttpOptions options;
  const AccessObserver observer;
  ConnectionList* connections = nullptr;
  DateText date{};
  // Replies say that their connection ends.
  bool draining = false;
  // Where every connection reads into: only one reads at a time. A TLS record holds 16 KiB.
  std::array<char, 32 * 1024> scratch{};
};

// What a connection knows of where it came from.
struct ConnectionOrigin {
  std::string listener;
  std::string peer_address;
  bool tls = false;
  Clock::time_point opened{};
};

}  // namespace ironscribe::server
