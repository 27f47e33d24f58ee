// The HTTP server of an api::Service: HTTP/1.1 and HTTP/2 on every port, plain or TLS.
//
// Goals: refusals leave at once, clients that leave stop what runs for them, no client can hold
// more than its share of time or memory, and the server goes down without dropping what it has
// begun. Non-goals: HTTP/3, the h2c upgrade of HTTP/1.1 (clients fall back), compression, serving
// files.
//
// One network thread of its own, and workers for calls. Functions are safe from every thread unless
// noted; none may be called from the service's own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/service.h"
#include "base/status.h"
#include "server/http/access_observer.h"
#include "server/http/http_options.h"

namespace ironscribe::server {

struct HttpCounts {
  int connections = 0;
  int calls_running = 0;
  int calls_waiting = 0;  // for a worker
  int worker_threads = 0;
};

class HttpServer {
 public:
  // Listens and begins to serve. `service` outlives the server. Errors name the listener: a port in
  // use, a host nobody knows, a certificate that cannot be read.
  static Result<std::unique_ptr<HttpServer>> Start(const std::vector<ListenerOptions>& listeners,
                                                   const HttpOptions& options,
                                                   api::Service& service,
                                                   AccessObserver observer = {});
  ~HttpServer();  // Stop
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Where the listener of that name listens; 0 if there is none.
  uint16_t Port(std::string_view listener) const;
  HttpCounts counts() const;

  // Reads the certificates again, for connections to come. After an error all stay as they were.
  Status ReloadCertificates();

  // Begins to go down, see DrainTimes. At once, replies ask clients to close their connections.
  void StartDrain(const DrainTimes& times);
  // Waits until nothing runs and nobody is connected, or the drain's deadline has passed; true in
  // the first case. Requires: StartDrain.
  bool WaitUntilDrained();

  // Closes everything at once and waits for calls to notice. Idempotent; one thread at a time.
  void Stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ironscribe::server
