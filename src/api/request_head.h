// What a request says before its body: the line, the header fields, and where it came from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/headers.h"

namespace ironscribe::api {

enum class HttpVersion { kHttp10, kHttp11, kHttp2 };

// `name=value` of a query, percent-decoded, `+` read as a space.
struct QueryParameter {
  std::string name;
  std::string value;
};

// A plain value. The transport has checked it: `path` is valid UTF-8 without control characters and
// without `.` and `..` segments, names and values of header fields hold no control characters
// (values may hold tabs), framing is settled (`content-length` and `transfer-encoding` need not be
// looked at). None of it may be logged but `method`, once it is known to be one of HTTP's.
struct RequestHead {
  std::string method{};  // as sent: "GET", "POST"; HEAD is passed on, its body is dropped behind
  std::string path{};    // begins with '/', percent-decoded once
  std::vector<QueryParameter> query{};
  Headers headers{};  // HTTP/2's :authority is `host`
  // As sent, path and query undecoded: for signatures that cover the very bytes.
  std::string raw_target{};
  // What the client announced; absent for a body whose end is only known when it is there.
  std::optional<uint64_t> content_length{};
  bool has_body = false;
  HttpVersion version = HttpVersion::kHttp11;
  std::string peer_address{};  // "192.0.2.1", "2001:db8::1": no port, IPv4 never mapped into IPv6
  std::string listener{};      // the name the operator's configuration gives the listener
  bool tls = false;
  std::string request_id{};  // the client's own if sane, otherwise made by the transport

  // The first query parameter of that name.
  std::optional<std::string_view> FindQuery(std::string_view name) const {
    for (const QueryParameter& parameter : query) {
      if (parameter.name == name) {
        return parameter.value;
      }
    }
    return std::nullopt;
  }
};

}  // namespace ironscribe::api
