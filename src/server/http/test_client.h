// For tests: a client that writes the very bytes it is told and reads replies of HTTP/1.1 whole.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "io/descriptor.h"

namespace ironscribe::server {

// No test waits longer for a server that has gone silent.
inline constexpr int kClientPatienceSeconds = 20;

struct ClientReply {
  int status = 0;  // 0: the connection ended first
  std::string head;
  std::string body;
  bool whole = false;

  // The value of a field, "" if it is missing.
  std::string Field(const std::string& name) const {
    const size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class TestClient {
 public:
  // A small receive buffer makes a reader slow to fill up sooner.
  explicit TestClient(uint16_t port, int receive_buffer_bytes = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{kClientPatienceSeconds, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (receive_buffer_bytes > 0) {
      ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                   sizeof(receive_buffer_bytes));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }

  bool connected() const { return connected_; }

  // False if the server has closed the connection.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }

  // At least one byte more into the buffer; false at the end, on an error or out of patience.
  bool Fill() {
    char bytes[16 * 1024];
    const ssize_t count = ::recv(socket_.get(), bytes, sizeof(bytes), 0);
    if (count <= 0) return false;
    received_.append(bytes, static_cast<size_t>(count));
    return true;
  }

  // One reply, interim ones included. `no_body`: it answers a HEAD.
  ClientReply Read(bool no_body = false) {
    ClientReply reply;
    if (!FillUntil("\r\n\r\n")) return reply;
    reply.head = Take(received_.find("\r\n\r\n") + 4);
    reply.status = std::atoi(reply.head.c_str() + std::string_view("HTTP/1.1 ").size());
    if (no_body || reply.status < 200 || reply.status == 204 || reply.status == 304) {
      reply.whole = true;
    } else if (reply.Field("transfer-encoding") == "chunked") {
      reply.whole = ReadChunks(reply.body);
    } else if (!reply.Field("content-length").empty()) {
      const size_t size = std::stoul(reply.Field("content-length"));
      while (received_.size() < size && Fill()) {
      }
      reply.body = Take(std::min(size, received_.size()));
      reply.whole = reply.body.size() == size;
    } else {
      reply.body = ReadAll();
      reply.whole = true;
    }
    return reply;
  }

  // Sends one request and reads its reply.
  ClientReply Ask(std::string_view bytes) {
    Send(bytes);
    return Read();
  }

  // What is left until the server closes.
  std::string ReadAll() {
    while (Fill()) {
    }
    return Take(received_.size());
  }

  // Whether the server has closed, without another byte.
  bool AtEnd() { return received_.empty() && !Fill() && received_.empty(); }

  bool FillUntil(std::string_view text) {
    while (received_.find(text) == std::string::npos) {
      if (!Fill()) return false;
    }
    return true;
  }

  std::string& received() { return received_; }
  std::string Take(size_t size) {
    std::string taken = received_.substr(0, size);
    received_.erase(0, size);
    return taken;
  }

  // Whether the connection ends with RST in the time of patience, whatever was not read yet.
  bool IsReset() {
    pollfd entry{.fd = socket_.get(), .events = 0, .revents = 0};
    return ::poll(&entry, 1, kClientPatienceSeconds * 1000) == 1 && (entry.revents & POLLERR) != 0;
  }

  void CloseSending() { ::shutdown(socket_.get(), SHUT_WR); }
  void Close() { socket_.Reset(); }
  // The connection ends with RST.
  void Reset() {
    const linger now{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    socket_.Reset();
  }

 private:
  bool ReadChunks(std::string& body) {
    for (;;) {
      if (!FillUntil("\r\n")) return false;
      const std::string line = Take(received_.find("\r\n") + 2);
      const size_t size = std::stoul(line, nullptr, 16);
      while (received_.size() < size + 2) {
        if (!Fill()) return false;
      }
      body += Take(size);
      if (Take(2) != "\r\n") return false;
      if (size == 0) return true;
    }
  }

  io::Descriptor socket_;
  bool connected_ = false;
  std::string received_;
};

}  // namespace ironscribe::server
