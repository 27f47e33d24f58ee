// The head of a reply as it goes over the wire: checked, completed, and written for HTTP/1.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/headers.h"
#include "api/reply.h"

namespace ironscribe::server {

struct ReplyHead {
  int status = 200;
  api::Headers headers{};
  std::optional<uint64_t> content_length{};
};

// Whether this head may go out: a final status, names and values that cannot break out of their
// line.
bool IsSendable(int status, const api::Headers& headers);

// 204 and 304 have no body whatever the service says; nor has a reply to HEAD.
bool StatusForbidsBody(int status);

// Takes out what the transport decides alone (framing, hop by hop) and adds date, server and
// x-request-id.
void CompleteHead(std::string_view request_id, std::string_view date, ReplyHead& head);

enum class Framing { kNone, kLength, kChunked, kUntilClose };

// Status line and fields of HTTP/1.1, up to the empty line.
std::string EncodeHttp1Head(const ReplyHead& head, Framing framing, bool close);

// "Tue, 15 Nov 1994 08:12:31 GMT" for now; computed once a second. One thread.
class DateText {
 public:
  const std::string& Now();

 private:
  int64_t second_ = -1;
  std::string text_;
};

// The transport's own refusals: a status, and why, in plain text.
api::Reply PlainReply(int status, std::string_view reason);

}  // namespace ironscribe::server
