// HTTP/1 requests: no input may crash the parser, and how it is cut into pieces may not change what
// is read.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "server/http/http1_parser.h"

namespace {

using ironscribe::server::Http1Event;
using ironscribe::server::Http1Limits;
using ironscribe::server::Http1Parser;
using ironscribe::server::Http1Step;

struct Reading {
  Http1Event last = Http1Event::kNeedMore;
  std::string body;
  std::string path;
};

Reading Read(std::string_view text, size_t piece_bytes) {
  Http1Parser parser(Http1Limits{200, 2000, 20});
  Reading reading;
  std::string pending;
  for (;;) {
    const Http1Step step = parser.Next(pending);
    if (step.event == Http1Event::kHead) {
      reading.path = parser.head().path;
    }
    reading.body += step.piece;
    pending.erase(0, step.consumed_bytes);
    if (step.event != Http1Event::kNeedMore) {
      reading.last = step.event;
      if (step.event == Http1Event::kEnd || step.event == Http1Event::kRefused) {
        return reading;
      }
      continue;
    }
    if (text.empty()) {
      return reading;
    }
    pending += text.substr(0, piece_bytes);
    text.remove_prefix(std::min(piece_bytes, text.size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Reading whole = Read(text, text.size() + 1);
  const Reading pieces = Read(text, 1 + data[0] % 32);
  // A refusal may come before or behind the last piece of a body; the rest is the same.
  IRONSCRIBE_CHECK(whole.path == pieces.path);
  if (whole.last == Http1Event::kEnd || pieces.last == Http1Event::kEnd) {
    IRONSCRIBE_CHECK(whole.last == pieces.last && whole.body == pieces.body);
  }
  return 0;
}
