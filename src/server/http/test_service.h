// For tests: a service with a route for everything a transport has to carry, and a server of it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "api/service.h"
#include "server/http/http_server.h"

namespace ironscribe::server {

// What calls of the service tell the test, and the other way round. Safe from every thread.
class TestEvents {
 public:
  TestEvents();
  ~TestEvents();

  void Count(const std::string& what);
  int count(const std::string& what) const;
  // False if it does not happen so often within the patience of a test.
  bool WaitFor(const std::string& what, int times = 1) const;

  // Lets calls of /wait answer.
  void Release();
  // Until Release, or until the token is stopped; true in the first case.
  bool WaitForRelease(const std::stop_token& gone);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// GET /hello, GET /inspect (the head as text), POST /echo (the body back), GET /stream?n=N&gap=1,
// GET /bytes?n=N (in pieces), /send?n=N (at once), /wait (until released or the client is gone),
// /silent (never answers), /short (breaks off), POST /full (refuses the body's first piece with
// 507), /deny (429), /empty (204), /split (a header that tries to add another); the rest is 404.
// Counted events: "admit", "run", "gone" (a /wait whose client left), "stopped write", "destroyed".
class TestService final : public api::Service {
 public:
  explicit TestService(TestEvents& events) : events_(events) {}
  api::Admission Admit(const api::RequestHead& head) override;

 private:
  TestEvents& events_;
};

// A server on free ports: "plain" without TLS, and "tls" with a self-signed certificate if asked
// for.
struct TestServer {
  explicit TestServer(const HttpOptions& options = {}, bool with_tls = false);
  ~TestServer();

  uint16_t port() const { return server->Port("plain"); }
  uint16_t tls_port() const { return server->Port("tls"); }
  std::vector<AccessRecord> records() const;
  bool WaitForRecords(size_t count) const;
  // Whether a fresh connection is still answered.
  bool Answers() const;

  TestEvents events;
  TestService service{events};
  std::unique_ptr<HttpServer> server;

 private:
  struct Log;
  std::shared_ptr<Log> log_;
};

}  // namespace ironscribe::server
