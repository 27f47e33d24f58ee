#include "server/http/http1_parser.h"

// Beast 1.74 asserts that a last chunk whose line has come is never shorter than five bytes, which
// is wrong for a body of that chunk alone: without this, builds with assertions would die of
// "0\r\n" and one more byte. Builds without them, which is what is shipped, behave the same either
// way.
#define BOOST_DISABLE_ASSERTS

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <limits>
#include <utility>

#include "server/http/field_rules.h"
#include "server/http/http1_head_scan.h"
#include "server/http/target.h"

namespace ironscribe::server {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

// Collects what Beast reads.
class Reader final : public http::basic_parser<true> {
 public:
  Reader() {
    // The limits are ours, and counted elsewhere.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(std::numeric_limits<std::uint64_t>::max());
  }

  api::RequestHead head;
  std::string_view piece;

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code&) override {
    head.method = View(method);
    head.raw_target = View(target);
    head.version = version == 10 ? api::HttpVersion::kHttp10 : api::HttpVersion::kHttp11;
  }
  void on_field_impl(http::field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    if (!head_done_) {  // trailers are read and dropped
      head.headers.Add(LowerCase(View(name)), std::string(View(value)));
    }
  }
  void on_header_impl(error_code&) override { head_done_ = true; }
  std::size_t on_body_impl(beast::string_view body, error_code&) override {
    piece = View(body);
    return body.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    piece = View(body);
    return body.size();
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  bool head_done_ = false;
};

bool HasLoneLineFeed(std::string_view bytes) {
  for (size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') {
      return true;
    }
  }
  return false;
}

// "GET / HTTP/3.0": a request line, of another version.
bool IsOtherVersion(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  return std::count(line.begin(), line.end(), ' ') == 2 && line.size() > 8 &&
         line.substr(line.size() - 8, 5) == "HTTP/";
}

std::optional<uint64_t> ParseLength(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole ? std::optional(value) : std::nullopt;
}

// What the two framing fields say together; every doubt is a refusal.
std::optional<Http1Refusal> CheckFraming(api::RequestHead& head) {
  const auto lengths = head.headers.FindAll("content-length");
  const auto codings = head.headers.FindAll("transfer-encoding");
  if (!lengths.empty() && !codings.empty()) {
    return Http1Refusal{400, "both content-length and transfer-encoding"};
  }
  if (lengths.size() > 1 || codings.size() > 1) {
    return Http1Refusal{400, "content-length or transfer-encoding twice"};
  }
  if (!codings.empty()) {
    if (head.version == api::HttpVersion::kHttp10) {
      return Http1Refusal{400, "transfer-encoding in HTTP/1.0"};
    }
    if (!EqualsIgnoringCase(codings[0], "chunked")) {
      return Http1Refusal{501, "the only transfer-encoding taken is chunked"};
    }
    head.has_body = true;
  }
  if (!lengths.empty()) {
    head.content_length = ParseLength(lengths[0]);
    if (!head.content_length.has_value()) {
      return Http1Refusal{400, "content-length is not a number"};
    }
    head.has_body = *head.content_length > 0;
  }
  return std::nullopt;
}

std::optional<Http1Refusal> CheckHead(const Http1Limits& limits, api::RequestHead& head) {
  if (head.raw_target.size() > limits.max_target_bytes) {
    return Http1Refusal{414, "the target is too long"};
  }
  const auto hosts = head.headers.FindAll("host");
  if (hosts.size() > 1 || (hosts.empty() && head.version == api::HttpVersion::kHttp11)) {
    return Http1Refusal{400, "not exactly one host field"};
  }
  if (!hosts.empty() && !IsHost(hosts[0])) {
    return Http1Refusal{400, "the host field is not a host"};
  }
  if (auto refusal = CheckFraming(head)) {
    return refusal;
  }
  Result<Target> target = ParseTarget(head.raw_target);
  if (!target.ok()) {
    return Http1Refusal{400, "the target is not a valid path and query"};
  }
  head.path = std::move(target->path);
  head.query = std::move(target->query);
  return std::nullopt;
}

}  // namespace

class Http1Parser::Impl {
 public:
  explicit Impl(const Http1Limits& limits) : limits_(limits), scan_(limits) {}

  Http1Step Next(std::string_view bytes) {
    return reader_.is_header_done() ? NextOfBody(bytes) : NextOfHead(bytes);
  }

  Reader reader_;
  Http1Refusal refusal_{};

 private:
  Http1Step Refuse(const Http1Refusal& refusal) {
    refusal_ = refusal;
    return {Http1Event::kRefused};
  }

  Http1Step NextOfHead(std::string_view bytes) {
    // An empty line before a request is tolerated once: old clients end their bodies with one.
    if (!skipped_line_ && scan_.size_bytes() == 0 && bytes.starts_with('\r')) {
      if (bytes.size() < 2) {
        return {Http1Event::kNeedMore};
      }
      if (bytes[1] == '\n') {
        skipped_line_ = true;
        Http1Step step = NextOfHead(bytes.substr(2));
        step.consumed_bytes += 2;
        return step;
      }
    }
    switch (scan_.Scan(bytes)) {
      case Http1HeadScan::Result::kNeedMore:
        return {Http1Event::kNeedMore};
      case Http1HeadScan::Result::kRefused:
        return Refuse(scan_.refusal());
      case Http1HeadScan::Result::kComplete:
        return ReadHead(bytes.substr(0, scan_.size_bytes()));
    }
    return {};
  }

  Http1Step ReadHead(std::string_view bytes) {
    error_code error;
    const size_t consumed = reader_.put({bytes.data(), bytes.size()}, error);
    if (error == http::error::bad_version && IsOtherVersion(bytes)) {
      return Refuse({505, "HTTP/1.1, HTTP/1.0 and HTTP/2 are spoken here"});
    }
    if (error == http::error::bad_transfer_encoding) {
      return Refuse({400, "transfer-encoding twice, or beside content-length"});
    }
    if (error || consumed != bytes.size()) {
      return Refuse({400, "the head is not HTTP/1.1"});
    }
    if (auto refusal = CheckHead(limits_, reader_.head)) {
      return Refuse(*refusal);
    }
    return {Http1Event::kHead, consumed};
  }

  Http1Step NextOfBody(std::string_view bytes) {
    size_t consumed = 0;
    while (!reader_.is_done()) {
      const std::string_view rest = bytes.substr(consumed);
      if (rest.empty()) {
        return {Http1Event::kNeedMore, consumed};
      }
      error_code error;
      reader_.piece = {};
      consumed += reader_.put({rest.data(), rest.size()}, error);
      if (error == http::error::need_more) {
        return WaitInBody(bytes, consumed);
      }
      if (error) {
        return Refuse({400, "the body is not chunked as it should be"});
      }
      if (!reader_.piece.empty()) {
        return {Http1Event::kBody, consumed, reader_.piece};
      }
    }
    return {Http1Event::kEnd, consumed};
  }

  // Between two chunks: their sizes, extensions and trailers have to be whole, and small.
  Http1Step WaitInBody(std::string_view bytes, size_t consumed) {
    const std::string_view rest = bytes.substr(consumed);
    if (HasLoneLineFeed(rest) || rest.size() > limits_.max_header_bytes) {
      return Refuse({400, "the body is not chunked as it should be"});
    }
    return {Http1Event::kNeedMore, consumed};
  }

  const Http1Limits limits_;
  Http1HeadScan scan_;
  bool skipped_line_ = false;
};

Http1Parser::Http1Parser(const Http1Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}
Http1Parser::~Http1Parser() = default;

Http1Step Http1Parser::Next(std::string_view bytes) { return impl_->Next(bytes); }
api::RequestHead& Http1Parser::head() { return impl_->reader_.head; }
bool Http1Parser::keep_alive() const { return impl_->reader_.keep_alive(); }
const Http1Refusal& Http1Parser::refusal() const { return impl_->refusal_; }

}  // namespace ironscribe::server
