// The bytes of HTTP/1.x requests taken apart, strictly: what another server might read differently
// is refused, never repaired (request smuggling).
//
// Boost.Beast's incremental parser does the reading (its headers stay in the .cc); before and
// behind it stand rules that it lacks: lone line feeds, folded lines, limits, one framing and only
// one. One object per request. The caller keeps the bytes that have not been consumed and offers
// them again with more behind them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/request_head.h"

namespace ironscribe::server {

struct Http1Limits {
  size_t max_target_bytes = 0;
  size_t max_header_bytes = 0;
  size_t max_header_fields = 0;
};

enum class Http1Event {
  kNeedMore,  // offer what was not consumed again, with more bytes behind it
  kHead,      // head() is complete
  kBody,      // `piece` is a part of the body
  kEnd,       // the request is whole; what follows is another one
  kRefused,   // refusal() says why; nothing more can be read from this connection
};

struct Http1Step {
  Http1Event event = Http1Event::kNeedMore;
  size_t consumed_bytes = 0;
  std::string_view piece{};  // of the bytes offered
};

struct Http1Refusal {
  int status = 400;
  std::string_view reason{};
};

class Http1Parser {
 public:
  explicit Http1Parser(const Http1Limits& limits);
  ~Http1Parser();

  // Requires: no event kEnd or kRefused before.
  Http1Step Next(std::string_view bytes);

  // Method, target, query, headers, version, content_length and has_body; valid from kHead on.
  api::RequestHead& head();
  // Whether the client wants to send another request on this connection; valid from kHead on.
  bool keep_alive() const;
  const Http1Refusal& refusal() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ironscribe::server
