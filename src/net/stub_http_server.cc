#include "net/stub_http_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <sstream>
#include <string>

#include "base/check.h"

namespace ironscribe::net {
namespace {

constexpr size_t kMaxRequestBytes = 64 << 10;

StubHttpServer::Request Parse(const std::string& head) {
  std::istringstream lines(head);
  StubHttpServer::Request request;
  std::string line;
  lines >> request.method >> request.target;
  std::getline(lines, line);
  while (std::getline(lines, line) && line != "\r") {
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    request.headers[name] = line.substr(colon + 2, line.size() - colon - 3);
  }
  return request;
}

void SendAll(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

}  // namespace

StubHttpServer::StubHttpServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  IRONSCRIBE_CHECK(::bind(listener_, generic, size) == 0);
  IRONSCRIBE_CHECK(::listen(listener_, SOMAXCONN) == 0);
  IRONSCRIBE_CHECK(::getsockname(listener_, generic, &size) == 0);
  IRONSCRIBE_CHECK(::pipe(stop_pipe_) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

StubHttpServer::~StubHttpServer() {
  ::close(stop_pipe_[1]);
  thread_.join();
  ::close(stop_pipe_[0]);
  ::close(listener_);
}

std::string StubHttpServer::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

std::vector<StubHttpServer::Request> StubHttpServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void StubHttpServer::Run() {
  while (true) {
    pollfd waits[2] = {{listener_, POLLIN, 0}, {stop_pipe_[0], POLLIN, 0}};
    if (::poll(waits, 2, -1) < 0) continue;
    if (waits[1].revents != 0) return;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    HandleConnection(connection);
    ::close(connection);
  }
}

void StubHttpServer::HandleConnection(int connection) {
  std::string head;
  char chunk[4096];
  while (head.find("\r\n\r\n") == std::string::npos && head.size() < kMaxRequestBytes) {
    const ssize_t count = ::recv(connection, chunk, sizeof(chunk), 0);
    if (count <= 0) return;
    head.append(chunk, static_cast<size_t>(count));
  }
  const size_t end = head.find("\r\n\r\n") + 4;
  Request request = Parse(head);
  request.body = head.substr(std::min(end, head.size()));
  const auto length = request.headers.find("content-length");
  const size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
  while (request.body.size() < size) {
    const ssize_t count = ::recv(connection, chunk, sizeof(chunk), 0);
    if (count <= 0) return;
    request.body.append(chunk, static_cast<size_t>(count));
  }
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  const Answer answer = handler_(request);
  if (answer.hangs) {
    pollfd waits[2] = {{connection, POLLIN | POLLRDHUP, 0}, {stop_pipe_[0], POLLIN, 0}};
    ::poll(waits, 2, -1);
    return;
  }
  std::string text = fmt::format("HTTP/1.1 {} Stub\r\nConnection: close\r\n", answer.status);
  for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\r\n";
  if (!answer.without_length) text += fmt::format("Content-Length: {}\r\n", answer.body.size());
  SendAll(
      connection,
      text + "\r\n" + answer.body.substr(0, answer.cut_after_bytes.value_or(std::string::npos)));
}

StubHttpServer::Answer StubHttpServer::Serve(const Request& request, const std::string& body) {
  const auto range = request.headers.find("range");
  if (range == request.headers.end()) return {.body = body};
  const std::string& value = range->second;
  const size_t equals = value.find('=') + 1;
  size_t start = 0;
  std::from_chars(value.data() + equals, value.data() + value.size(), start);
  if (start >= body.size()) return {.status = 416, .body = ""};
  return {.status = 206,
          .headers = {{"Content-Range",
                       fmt::format("bytes {}-{}/{}", start, body.size() - 1, body.size())}},
          .body = body.substr(start)};
}

}  // namespace ironscribe::net
