// Writes the blocks of audio/decode_protocol.h to a descriptor. A reader that went away ends the
// process by SIGPIPE; other write errors are kept and reported by every later call.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "audio/decode_protocol.h"
#include "base/status.h"

namespace ironscribe::decode {

class BlockWriter {
 public:
  explicit BlockWriter(int descriptor) : descriptor_(descriptor) {}

  Status WriteHeader(const audio::StreamHeader& header, std::string_view description);
  // Interleaved samples, any number of whole frames of `channels` samples.
  Status WriteSamples(std::span<const float> samples, int channels);
  Status WriteEnd();
  Status WriteError(const Status& error);

 private:
  Status WriteBlock(audio::BlockKind kind, std::span<const std::byte> payload);
  Status WriteAll(std::span<const std::byte> bytes);

  int descriptor_;
};

}  // namespace ironscribe::decode
