// An HTTP server for tests: answers on 127.0.0.1 what a function says, one connection at a time,
// and can misbehave on purpose. Records the requests.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ironscribe::net {

class StubHttpServer {
 public:
  struct Request {
    std::string method;
    std::string target;                          // Path with query.
    std::map<std::string, std::string> headers;  // Names in lower case.
    std::string body;                            // Of a Content-Length.
  };
  struct Answer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    // Closes the connection after so many bytes of the body; Content-Length promises all.
    std::optional<size_t> cut_after_bytes = {};
    bool hangs = false;  // Says nothing until the client goes away.
    bool without_length = false;
  };
  using Handler = std::function<Answer(const Request&)>;

  explicit StubHttpServer(Handler handler);
  ~StubHttpServer();
  StubHttpServer(const StubHttpServer&) = delete;
  StubHttpServer& operator=(const StubHttpServer&) = delete;

  std::string url() const;
  std::vector<Request> requests() const;

  // The answer that serves `body`, honouring a Range header.
  static Answer Serve(const Request& request, const std::string& body);

 private:
  void Run();
  void HandleConnection(int connection);

  Handler handler_;
  int listener_ = -1;
  int stop_pipe_[2] = {-1, -1};
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::thread thread_;
};

}  // namespace ironscribe::net
