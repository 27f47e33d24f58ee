// The head of an HTTP/2 request, put together field by field under the same limits as HTTP/1.1's.
#pragma once

#include <optional>
#include <string_view>

#include "api/request_head.h"
#include "server/http/http_options.h"

namespace ironscribe::server {

struct Http2Refusal {
  int status = 400;
  std::string_view reason{};
};

class Http2Request {
 public:
  explicit Http2Request(const HttpOptions& options) : options_(options) {
    head_.version = api::HttpVersion::kHttp2;
  }

  void Add(std::string_view name, std::string_view value);
  void MarkBad() { Refuse(400, "a header field with bytes that do not belong there"); }

  // No more fields come. Nothing if the head is good.
  std::optional<Http2Refusal> Complete(bool has_body);
  api::RequestHead& head() { return head_; }

 private:
  void Refuse(int status, std::string_view reason);

  const HttpOptions& options_;
  api::RequestHead head_;
  std::optional<Http2Refusal> refusal_;
  std::optional<std::string> authority_;
  size_t size_bytes_ = 0;
  size_t fields_ = 0;
};

}  // namespace ironscribe::server
