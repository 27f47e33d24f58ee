// A connection that has just come in: TLS handshake first, then the question which protocol it
// speaks.
//
// HTTP/2 is known by its first bytes, on plain and TLS ports alike: clients exist that speak it
// without ALPN (the Java SDK of Amazon). Network thread only.
#pragma once

#include <memory>
#include <string>

#include "server/http/connection.h"
#include "server/http/server_core.h"
#include "server/http/stream.h"

namespace ironscribe::server {

class Arrival final : public Connection {
 public:
  Arrival(ServerCore& core, std::unique_ptr<Stream> stream, ConnectionOrigin origin);

  // Requires: it is on the server's list. Puts another connection in its place at last.
  void Begin() { Drive(); }

  void CheckDeadlines(Clock::time_point now) override;
  void Drain() override { Close(); }
  void Close() override;

 private:
  void Drive();
  void WaitForBytes();
  void HandOver();

  ServerCore& core_;
  std::unique_ptr<Stream> stream_;
  ConnectionOrigin origin_;
  bool handshake_done_ = false;
  std::string bytes_;
};

// One connection too many: says 503 (over plain sockets) and goes.
class Overflow final : public Connection {
 public:
  Overflow(ServerCore& core, std::unique_ptr<Stream> stream);

  void Begin();

  void CheckDeadlines(Clock::time_point now) override;
  void Drain() override { Close(); }
  void Close() override;

 private:
  void OnReadable();

  ServerCore& core_;
  std::unique_ptr<Stream> stream_;
  const Clock::time_point opened_;
};

}  // namespace ironscribe::server
