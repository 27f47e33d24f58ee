// What a transport asks of the server behind it: to admit requests, take their bodies, answer them.
//
// The life of a request: Service::Admit as soon as the header fields are there; Call::TakeBody
// piece by piece; Call::Run when the body is whole. A refusal leaves at once, even while the client
// still sends. Nothing here throws.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "api/reply.h"
#include "api/request_head.h"

namespace ironscribe::api {

// One admitted request. The transport owns it and uses it on one thread at a time: TakeBody on the
// network thread, Run on a worker. It is destroyed after Run, on the worker; or without Run, on the
// network thread, when the client leaves or is refused before: the destructor may not block.
class Call {
 public:
  virtual ~Call() = default;

  // The next piece of the body, in order; never empty. May not block. A Reply refuses (400, 413,
  // 507): it is sent at once, the rest of the body is not read and Run is not called.
  virtual std::optional<Reply> TakeBody(std::string_view piece) = 0;

  // Answers. Called once, when the whole body has been taken (at once if there is none).
  // `client_gone` is requested the moment the client leaves or the server gives up on it; what is
  // computed for it should stop then. Returning without having answered is answered with 500, or
  // with a broken connection if the reply had begun.
  virtual void Run(ReplyWriter& writer, std::stop_token client_gone) = 0;
};

// The decision on a request: refused by a Reply, or a Call.
struct Admission {
  // A label for metrics and access logs from a fixed table ("/v1/models/{id}"), never text of the
  // client.
  std::string route;
  std::variant<Reply, std::unique_ptr<Call>> outcome;
};

class Service {
 public:
  virtual ~Service() = default;

  // Called on the network thread. May not block: what it refuses (401, 404, 405, 429, 503) leaves
  // within the same turn.
  virtual Admission Admit(const RequestHead& head) = 0;
};

}  // namespace ironscribe::api
