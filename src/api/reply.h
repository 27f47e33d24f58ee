// What a request is answered with: at once and complete (Reply) or piece by piece (ReplyWriter).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/headers.h"
#include "base/status.h"

namespace ironscribe::api {

// A complete answer. The transport adds content-length, date, server and x-request-id, and leaves
// the body out where HTTP forbids it (HEAD, 204, 304).
struct Reply {
  int status = 200;
  Headers headers{};
  std::string body{};
};

// Writes the answer of one call. Used by one thread at a time, off the network thread.
//
// Each function waits while the client reads slowly and more than a bound is buffered. When the
// client is gone, or has not read for too long, it returns CANCELLED at once and from then on.
// Requires: Start once, then Write any number of times, then Finish; or Send alone.
class ReplyWriter {
 public:
  virtual ~ReplyWriter() = default;

  // With a length, exactly so many bytes have to be written; without one the reply is chunked
  // (HTTP/1.1) or ends with its stream (HTTP/2).
  virtual Status Start(int status, Headers headers,
                       std::optional<uint64_t> content_length = std::nullopt) = 0;
  // Sent on without waiting for more: an event of a stream is one Write.
  virtual Status Write(std::string_view bytes) = 0;
  virtual Status Finish() = 0;

  virtual Status Send(Reply reply) = 0;
};

}  // namespace ironscribe::api
