// Finds the end of the head of an HTTP/1 request as its bytes come in, and refuses at the first
// byte what no good client sends. Holds a position only, no bytes.
#pragma once

#include <cstddef>
#include <string_view>

#include "server/http/http1_parser.h"

namespace ironscribe::server {

class Http1HeadScan {
 public:
  enum class Result { kNeedMore, kComplete, kRefused };

  explicit Http1HeadScan(const Http1Limits& limits) : limits_(limits) {}

  // `bytes` begins with the request line and has grown since the last call. kComplete: the head is
  // the first size_bytes().
  Result Scan(std::string_view bytes);

  size_t size_bytes() const { return position_; }
  const Http1Refusal& refusal() const { return refusal_; }

 private:
  Result Refuse(int status, std::string_view reason);
  Result TakeByte(char byte);
  Result TakeLineEnd();

  const Http1Limits limits_;
  size_t position_ = 0;
  size_t line_start_ = 0;
  size_t lines_ = 0;  // complete ones
  bool after_return_ = false;
  Http1Refusal refusal_{};
};

}  // namespace ironscribe::server
