#include "audio/frame_chain.h"

#include <algorithm>
#include <span>

namespace ironscribe::audio {
namespace {

struct Chain {
  int whole_frames = 0;
  size_t end = 0;              // Behind the last whole frame.
  uint64_t missing_bytes = 0;  // From the frame behind it.
};

Chain FollowChain(std::string_view tail, size_t start, FrameParser parse) {
  Chain chain;
  chain.end = start;
  uint32_t identity = kAnyIdentity;
  while (chain.end < tail.size()) {
    const auto frame = parse(tail.substr(chain.end));
    if (!frame || frame->size_bytes == 0) break;
    if (identity != kAnyIdentity && frame->identity != kAnyIdentity &&
        frame->identity != identity) {
      break;
    }
    const size_t left = tail.size() - chain.end;
    if (frame->size_bytes > left) {
      chain.missing_bytes = frame->size_bytes - left;
      break;
    }
    if (frame->identity != kAnyIdentity) identity = frame->identity;
    ++chain.whole_frames;
    chain.end += frame->size_bytes;
  }
  return chain;
}

}  // namespace

std::string ReadTail(const io::InputFile& file, size_t max_bytes) {
  const uint64_t size = std::min<uint64_t>(file.size_bytes(), max_bytes);
  std::string tail(static_cast<size_t>(size), '\0');
  const auto count = file.ReadAt(file.size_bytes() - size, std::as_writable_bytes(std::span(tail)));
  tail.resize(count.ok() ? *count : 0);
  return tail;
}

std::optional<uint64_t> MissingFromLastFrame(std::string_view tail, FrameParser parse,
                                             int min_frames) {
  bool found = false;
  for (size_t start = 0; start < tail.size();) {
    const Chain chain = FollowChain(tail, start, parse);
    if (chain.whole_frames < min_frames) {
      ++start;
      continue;
    }
    found = true;
    if (chain.missing_bytes > 0) return chain.missing_bytes;
    start = chain.end;
  }
  return found ? std::optional<uint64_t>(0) : std::nullopt;
}

}  // namespace ironscribe::audio
