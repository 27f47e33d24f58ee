// What may be known of a request after it has ended: nothing that the client wrote but the method.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ironscribe::server {

struct AccessRecord {
  std::string_view method;  // one of HTTP's, or "OTHER"
  std::string route;        // the label of api::Admission; "" when refused before admission
  std::string listener;
  std::string_view protocol;  // "HTTP/1.0", "HTTP/1.1", "HTTP/2"
  int status = 0;             // 499 for a client that left before there was any (nginx's code)
  bool complete = false;      // the whole reply was given to the connection
  uint64_t bytes_in = 0;      // of the body
  uint64_t bytes_out = 0;     // of the body
  std::chrono::nanoseconds duration{0};  // from the last header byte to the last byte of the reply
};

// Called on the network thread; may not block.
using AccessObserver = std::function<void(const AccessRecord&)>;

}  // namespace ironscribe::server
