#include "server/http/http1_head_scan.h"

namespace ironscribe::server {
namespace {

// A request line is the target, the version and a method; the longest registered one has 17
// letters.
constexpr size_t kLineBesidesTarget = 32;

}  // namespace

Http1HeadScan::Result Http1HeadScan::Refuse(int status, std::string_view reason) {
  refusal_ = {status, reason};
  return Result::kRefused;
}

Http1HeadScan::Result Http1HeadScan::Scan(std::string_view bytes) {
  while (position_ < bytes.size()) {
    const Result result = TakeByte(bytes[position_]);
    if (result != Result::kNeedMore) {
      return result;
    }
  }
  return Result::kNeedMore;
}

Http1HeadScan::Result Http1HeadScan::TakeByte(char byte) {
  const size_t column = position_ - line_start_;
  ++position_;
  if (position_ > limits_.max_header_bytes) {
    return Refuse(431, "the header fields are too large");
  }
  if (byte == '\n') {
    return after_return_ ? TakeLineEnd() : Refuse(400, "a line feed without carriage return");
  }
  if (after_return_) {
    return Refuse(400, "a carriage return without line feed");
  }
  if (byte == '\r') {
    after_return_ = true;
    return Result::kNeedMore;
  }
  const auto value = static_cast<unsigned char>(byte);
  if ((value < 0x20 && byte != '\t') || value == 0x7f) {
    return Refuse(400, "a control character in the head");
  }
  if (lines_ == 0) {
    if (column >= limits_.max_target_bytes + kLineBesidesTarget) {
      return Refuse(414, "the target is too long");
    }
  } else if (column == 0 && (byte == ' ' || byte == '\t')) {
    return Refuse(400, "a header field that goes on in the next line");
  }
  return Result::kNeedMore;
}

Http1HeadScan::Result Http1HeadScan::TakeLineEnd() {
  const size_t length = position_ - line_start_ - 2;
  after_return_ = false;
  line_start_ = position_;
  if (length == 0) {
    return lines_ == 0 ? Refuse(400, "an empty request line") : Result::kComplete;
  }
  ++lines_;
  if (lines_ > limits_.max_header_fields + 1) {
    return Refuse(431, "too many header fields");
  }
  return Result::kNeedMore;
}

}  // namespace ironscribe::server
