#include "server/http/http2_request.h"

#include <charconv>
#include <string>
#include <utility>

#include "server/http/field_rules.h"
#include "server/http/target.h"

namespace ironscribe::server {
namespace {

// What a field counts beside its bytes (RFC 9113, section 6.5.2).
constexpr size_t kFieldOverheadBytes = 32;

}  // namespace

void Http2Request::Refuse(int status, std::string_view reason) {
  if (!refusal_.has_value()) {
    refusal_ = Http2Refusal{status, reason};
  }
}

void Http2Request::Add(std::string_view name, std::string_view value) {
  size_bytes_ += name.size() + value.size() + kFieldOverheadBytes;
  if (name == ":path" && value.size() > options_.max_target_bytes) {
    Refuse(414, "the target is too long");
  } else if (size_bytes_ > options_.max_header_bytes) {
    Refuse(431, "the header fields are too large");
  } else if (!name.starts_with(':') && ++fields_ > options_.max_header_fields) {
    Refuse(431, "too many header fields");
  }
  if (refusal_.has_value()) {
    return;  // the rest is read and dropped
  }
  if (name == ":method") {
    head_.method = value;
  } else if (name == ":path") {
    head_.raw_target = value;
  } else if (name == ":authority") {
    authority_ = value;
  } else if (!name.starts_with(':')) {
    head_.headers.Add(std::string(name), std::string(value));
  }
}

std::optional<Http2Refusal> Http2Request::Complete(bool has_body) {
  head_.has_body = has_body;
  if (refusal_.has_value()) {
    return refusal_;
  }
  const auto hosts = head_.headers.FindAll("host");
  if (hosts.size() > 1 || (!hosts.empty() && authority_.has_value() && hosts[0] != *authority_)) {
    return Http2Refusal{400, "more than one host"};
  }
  if (!IsHost(authority_.value_or(hosts.empty() ? "" : std::string(hosts[0])))) {
    return Http2Refusal{400, "the host field is not a host"};
  }
  if (authority_.has_value() && hosts.empty()) {
    head_.headers.Add("host", *authority_);
  }
  // nghttp2 has seen to it that there is one length at most and that it is a number.
  if (const auto length = head_.headers.Find("content-length")) {
    uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(length->data(), length->data() + length->size(), value);
    if (error != std::errc() || end != length->data() + length->size()) {
      return Http2Refusal{400, "content-length is not a number"};
    }
    head_.content_length = value;
  }
  Result<Target> target = ParseTarget(head_.raw_target);
  if (!target.ok()) {
    return Http2Refusal{400, "the target is not a valid path and query"};
  }
  head_.path = std::move(target->path);
  head_.query = std::move(target->query);
  return std::nullopt;
}

}  // namespace ironscribe::server
